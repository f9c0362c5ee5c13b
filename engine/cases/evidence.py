"""What must be on file before a decision may be signed: the office bears the burden of proof."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.cases.errors import Refusal
from engine.cases.flow import Turn
from engine.statute.decisions import EVIDENCE_TITLES, DecisionError, Evidence, evidence_required
from engine.statute.said import said
from engine.store.tables import CaseItem, Document, FormRecord

# What a search record has to say where Art. 36(4) is relied on: places, words, time, result, two different names.
_SEARCH_RECORD = ("search_scope", "search_words", "search_dates", "search_result", "searcher", "second_searcher")


_ANSWERS = (
    select(FormRecord.item_id, FormRecord.answers)
    .where(FormRecord.case_id == bindparam("case_id"))
    .order_by(FormRecord.id)
)


def latest_answers(
    session: Session, case_id: int, item_id: int | None = None, *, of_any_item: bool = False
) -> dict[str, Any]:
    """The newest answer to every field of the case's own forms, or of one list member on top of them.

    With `of_any_item` a field that only list members answered (a unit's search record) gives the newest of those.
    """
    found: dict[str, Any] = {}
    records = session.execute(_ANSWERS, {"case_id": case_id}).all()
    if of_any_item:
        for record in records:
            found.update(record.answers if record.item_id is not None else {})
    for record in records:
        found.update(record.answers if record.item_id is None else {})
    for record in records:
        found.update(record.answers if item_id is not None and record.item_id == item_id else {})
    return found


def missing_evidence(turn: Turn, given: Mapping[str, Any] = MappingProxyType({})) -> list[Evidence]:
    """The evidence that the case's decision requires and the file does not hold. Raises Refusal without a decision.

    `given`: answers of the form that is being handed in and not on file yet.
    """
    case = turn.case
    if case.decision is None:
        raise Refusal("还没有拟定处理决定，不能提交。")
    try:
        required = evidence_required(case.decision, case.ground)
    except DecisionError as error:
        raise Refusal(f"{error}。") from error
    answers = {**latest_answers(turn.session, case.id), **given}
    return [one for one in required if not _ON_FILE[one](turn, answers)]


def needs_evidence(turn: Turn, given: Mapping[str, Any]) -> None:
    """Raise Refusal, naming what is missing, unless file and answers `given` now hold what the decision requires."""
    missing = missing_evidence(turn, given)
    if missing:
        names = "；".join(EVIDENCE_TITLES[one] for one in missing)
        raise Refusal(said("材料不全，不能提交：缺少%(names)s。请先补齐再办理。", names=names))


def _answered(*fields: str) -> Callable[[Turn, dict[str, Any]], bool]:
    def check(_turn: Turn, answers: dict[str, Any]) -> bool:
        return all(str(answers.get(name) or "").strip() for name in fields)

    return check


def _any_answered(*fields: str) -> Callable[[Turn, dict[str, Any]], bool]:
    def check(_turn: Turn, answers: dict[str, Any]) -> bool:
        return any(str(answers.get(name) or "").strip() for name in fields)

    return check


def _event(*types: str) -> Callable[[Turn, dict[str, Any]], bool]:
    def check(turn: Turn, _answers: dict[str, Any]) -> bool:
        return turn.ledger.last(*types) is not None

    return check


def _searched(turn: Turn, answers: dict[str, Any]) -> bool:
    records = turn.session.scalars(
        select(FormRecord).where(FormRecord.case_id == turn.case.id, FormRecord.form == "search")
    ).all()
    filled = [record.answers for record in records] or [answers]
    return any(
        all(str(record.get(name) or "").strip() for name in _SEARCH_RECORD)
        and record["searcher"] != record["second_searcher"]
        for record in filled
    )


def _consulted(turn: Turn, _answers: dict[str, Any]) -> bool:
    """A third party was asked and has answered, or its fifteen working days have run out (Art. 32)."""
    result = turn.ledger.clock()
    ended = {row.data.get("id") for row in turn.ledger.live if row.type in {"opinion", "consult_returned"}}
    for row in turn.ledger.live:
        if row.type == "consult_sent" and row.data.get("to") == "third_party":
            deadline = result.consult_deadline.get(str(row.data.get("id")))
            if row.data.get("id") in ended or (deadline is not None and turn.today > deadline.value):
                return True
    return False


def _redacted(turn: Turn, answers: dict[str, Any]) -> bool:
    filed = turn.session.scalar(
        select(Document.id).where(Document.case_id == turn.case.id, Document.kind == "redaction_record").limit(1)
    )
    return filed is not None or bool(answers.get("severance"))


_ON_FILE: dict[Evidence, Callable[[Turn, dict[str, Any]], bool]] = {
    Evidence.SEARCH_RECORD: _searched,
    Evidence.CLASSIFICATION_BASIS: _answered("classification_basis"),
    Evidence.CONSULTATION_RECORD: _consulted,
    Evidence.REDACTION_RECORD: _redacted,
    Evidence.LEGAL_PROVISION: _any_answered("provision", "statute"),
    Evidence.REASONS: _any_answered("reason", "end_facts", "assessment"),
    Evidence.CORRECTION_SERVICE_PROOF: _event("correction_notice_served"),
    Evidence.CORRECTION_HISTORY: _event("correction_notice_served"),
    Evidence.FEE_SERVICE_PROOF: _event("fee_notice_served"),
    Evidence.EARLIER_REPLY: _answered("earlier_number", "earlier_date"),
    Evidence.RESPONSIBLE_AGENCY: _answered("other_agency_name", "other_agency_contact"),
    Evidence.REASONS_REQUESTED: _event("reasons_requested"),
}


def items_of(session: Session, case_id: int) -> list[CaseItem]:
    """The members of all lists of a case, in order."""
    return list(session.scalars(select(CaseItem).where(CaseItem.case_id == case_id).order_by(CaseItem.id)))

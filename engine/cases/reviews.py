"""Reconsideration and suit on a case: registered, followed stage by stage, concluded, voided. Legal staff only."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, Refusal
from engine.cases.flow import Turn
from engine.cases.messages import holders, tell
from engine.cases.permissions import Permission, require
from engine.cases.reopening import reopen
from engine.cases.steps import open_turn
from engine.statute.dates import parse_iso_date
from engine.statute.period import REPLY_WORKING_DAYS
from engine.statute.reviews import COPY_EVENTS, REVIEW_TITLES, Procedure, ReviewKind, ReviewResult
from engine.statute.said import said
from engine.store.tables import Case, Letter, Review, ReviewStage

STAGES: Mapping[str, str] = {
    "accepted": "复议机关受理",
    "answered": "提交答复（答辩）和证据",
    "filed": "向主管部门备案",
    "summoned": "通知在这一天听证、开庭",
    "heard": "听证、开庭",
    "decided": "收到决定或者裁判文书",
    "appealed": "上诉",
    "lesson": "总结和整改",
    "other": "其他进展",
}
"""What can happen to a reconsideration or suit, in the order it usually does."""

Given = Mapping[str, str]
_TEXT_MAX = 4000
_MOST_DAYS = 60
_FARTHEST_DAYS = 366


def register_review(desk: Desk, actor: Actor, case_id: int, given: Given) -> int:
    """Register a reconsideration or suit; returns its id.

    `given`: kind, forum, docket, letter (id, or empty when silence is challenged), issue, procedure, received_on,
    agent. Raises AnswerErrors, NotPermitted, NotFound, Refusal.
    """
    require(actor, Permission.CASES_REVIEW_MANAGE)

    def work(session: Session) -> int:
        turn = _turn(desk, session, actor, case_id)
        case = turn.case
        if case.drill:
            raise Refusal("模拟测试的申请不登记复议、诉讼。")
        clean = _read_registration(session, case, given, turn.today)
        kind = ReviewKind(clean["kind"])
        event = turn.ledger.append(COPY_EVENTS[kind], clean["received_on"], {}, turn.at, actor.id)
        review = Review(
            agency_id=case.agency_id,
            case_id=case.id,
            registered_at=turn.at,
            registered_by=actor.id,
            event_seq=event.seq,
            **clean,
        )
        session.add(review)
        session.flush()
        data = {"review": review.id, "kind": kind, "forum": review.forum, "received_on": str(review.received_on)}
        turn.record("review_registered", data=data)
        turn.ledger.index(case, turn.today)
        people = set(holders(session, case.agency_id, ["disclosure_head", "legal"]))
        people |= {case.handler_id} if case.handler_id is not None else set()
        tell(
            session,
            people - {actor.id},
            key=f"review:{review.id}",
            text=said(
                "%(number)s：已登记%(kind)s，请配合准备答复和证据。", number=case.number, kind=REVIEW_TITLES[kind]
            ),
            at=turn.at,
            case=case,
            level="warning",
        )
        return review.id

    return desk.write(work)


def record_stage(desk: Desk, actor: Actor, review_id: int, given: Given) -> int:
    """Record a stage; returns the case id.

    `given`: stage (of STAGES), on, note; for `decided` result and, when a new reply is ordered, `again` = yes with
    `again_days`; for `lesson` lesson and correction. Raises AnswerErrors, NotPermitted, NotFound, Refusal.
    """
    require(actor, Permission.CASES_REVIEW_MANAGE)

    def work(session: Session) -> int:
        review = _live(session, actor, review_id)
        turn = _turn(desk, session, actor, review.case_id)
        clean = _read_stage(review, given, turn.today)
        stage, on = clean["stage"], clean["on"]
        row = ReviewStage(
            review_id=review.id, stage=stage, on=on, note=clean["note"], recorded_at=turn.at, recorded_by=actor.id
        )
        session.add(row)
        data = {"review": review.id, "stage": stage, "on": str(on)}
        if stage == "decided":
            review.result, review.decided_on = clean["result"], on
            data["result"] = clean["result"]
            if review.kind == ReviewKind.RECONSIDERATION:
                turn.ledger.append("reconsideration_decision_received", on, {}, turn.at, actor.id)
        elif stage == "lesson":
            review.lesson, review.correction = clean["lesson"], clean["correction"]
        turn.record("review_stage", data=data)
        if clean["again"]:
            reopen(turn, on, clean["again_days"])
        else:
            turn.ledger.index(turn.case, turn.today)
        return turn.case.id

    return desk.write(work)


def void_review(desk: Desk, actor: Actor, review_id: int, reason: str) -> int:
    """Take a line registered by mistake out of the register, with its event in the ledger; returns the case id."""
    require(actor, Permission.CASES_REVIEW_MANAGE)
    if not reason.strip():
        raise Refusal("请填写作废的原因。")

    def work(session: Session) -> int:
        review = _live(session, actor, review_id)
        if review.result is not None:
            raise Refusal("已经有结果的复议、诉讼不能作废。")
        turn = _turn(desk, session, actor, review.case_id)
        review.voided_at, review.voided_by, review.void_reason = turn.at, actor.id, reason.strip()[:500]
        event = next((row for row in turn.ledger.live if row.seq == review.event_seq), None)
        if event is not None:
            turn.ledger.strike(event, turn.at, actor.id, reason.strip()[:500])
        turn.record("review_voided", data={"review": review.id, "reason": reason.strip()[:500]})
        turn.ledger.index(turn.case, turn.today)
        return turn.case.id

    return desk.write(work)


def _turn(desk: Desk, session: Session, actor: Actor, case_id: int) -> Turn:
    return open_turn(desk, session, find_case(session, actor, case_id), actor.author)


def _live(session: Session, actor: Actor, review_id: int) -> Review:
    found = session.scalar(select(Review).where(Review.id == review_id, Review.agency_id == actor.agency_id))
    if found is None or found.voided_at is not None:
        raise NotFound("没有找到这件复议、诉讼，或者它已经作废。")
    return found


def _read_registration(session: Session, case: Case, given: Given, today: date) -> dict[str, Any]:
    errors: dict[str, str] = {}
    kind, procedure = given.get("kind", ""), given.get("procedure", "")
    if kind not in set(ReviewKind):
        errors["kind"] = "请选择类别。"
    if kind == ReviewKind.RECONSIDERATION and procedure not in set(Procedure):
        errors["procedure"] = "请选择复议适用的程序；通知书没有写明的，选“没有写明”。"
    letter = _letter(session, case, given.get("letter", ""), errors)
    received = _day(given, "received_on", case.received_on or case.arrived_on, today, errors)
    texts = {
        "forum": _text(given, "forum", errors, "请填写复议机关或者人民法院的名称。", 200),
        "issue": _text(given, "issue", errors, "请写明对方的请求和理由。", _TEXT_MAX),
        "docket": _text(given, "docket", errors, "", 80),
        "agent": _text(given, "agent", errors, "", 100),
    }
    if errors:
        raise AnswerErrors(errors)
    return {
        "kind": kind,
        "procedure": procedure if kind == ReviewKind.RECONSIDERATION else None,
        "letter_id": letter,
        "received_on": received,
        **texts,
    }


def _letter(session: Session, case: Case, wanted: str, errors: dict[str, str]) -> int | None:
    if wanted == "":
        return None
    letter = session.get(Letter, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    if letter is None or letter.case_id != case.id or letter.voided_at is not None:
        errors["letter"] = "请选择本件出具过的文书；针对逾期不答复的，选“没有文书”。"
        return None
    return letter.id


def _read_stage(review: Review, given: Given, today: date) -> dict[str, Any]:
    errors: dict[str, str] = {}
    stage, result = given.get("stage", ""), given.get("result", "")
    if stage not in STAGES:
        errors["stage"] = "请选择进展。"
    settled = stage == "decided"
    if settled and result not in set(ReviewResult) - {ReviewResult.PENDING}:
        errors["result"] = "请选择结果。"
    again = settled and given.get("again") == "yes"
    days = given.get("again_days", "").strip() or str(REPLY_WORKING_DAYS)
    if again and (not days.isascii() or not days.isdigit() or not 1 <= int(days[:4]) <= _MOST_DAYS):
        errors["again_days"] = said(
            "请填写重新答复的期限，1 至 %(most_days)s 个工作日，以决定或者裁判文书为准。", most_days=_MOST_DAYS
        )
    if again and result != ReviewResult.CORRECTED:
        errors["again"] = "只有结果纠正的，才会责令重新答复。"
    # A body accepts before it sends the copy; a hearing is announced for a day to come.
    first = None if stage == "accepted" else review.received_on
    last = today + timedelta(days=_FARTHEST_DAYS) if stage == "summoned" else today
    on = _day(given, "on", first, last, errors)
    lesson = _text(given, "lesson", errors, "请写明问题和教训。" if stage == "lesson" else "", _TEXT_MAX)
    correction = _text(given, "correction", errors, "", _TEXT_MAX)
    note = _text(given, "note", errors, "请写明进展。" if stage == "other" else "", _TEXT_MAX)
    if errors:
        raise AnswerErrors(errors)
    return {
        "stage": stage,
        "on": on,
        "note": note,
        "result": result,
        "again": again,
        "again_days": int(days) if again else 0,
        "lesson": lesson,
        "correction": correction,
    }


def _text(given: Given, name: str, errors: dict[str, str], missing: str, longest: int) -> str | None:
    """A text of the form; `missing` is the sentence when it must not be empty."""
    value = given.get(name, "").strip()
    if missing and not value:
        errors[name] = missing
    elif len(value) > longest:
        errors[name] = said("最多 %(longest)s 个字，现有 %(len)s 个。", longest=longest, len=len(value))
    return value or None


def _day(given: Given, name: str, first: date | None, last: date, errors: dict[str, str]) -> date | None:
    try:
        day = parse_iso_date(given.get(name, "").strip())
    except ValueError:
        errors[name] = "请填写日期，例如 2026-09-16。"
        return None
    if day > last:
        errors[name] = said("日期不能晚于今天（%(day)s）。", day=last.isoformat())
    elif first is not None and day < first:
        errors[name] = said("日期不能早于 %(day)s。", day=first.isoformat())
    return day

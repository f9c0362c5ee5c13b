"""Everything the page of one case shows, read in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, sees_all
from engine.cases.answer_words import show_answer
from engine.cases.audit import record_case_event
from engine.cases.definitions import definition_then
from engine.cases.desk import Actor, Desk
from engine.cases.documents import documents_of
from engine.cases.doers import may_do
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.evidence import items_of
from engine.cases.flow import Turn
from engine.cases.identity import mask_address, mask_email, mask_id, mask_phone
from engine.cases.lanes import Lane, lanes
from engine.cases.steps import open_turn
from engine.cases.strip import Cell, strip
from engine.process import Action, Definition, waits
from engine.statute.events import EVENT_TYPES
from engine.statute.light import LightReading, light
from engine.statute.result import ClockResult
from engine.store.tables import (
    Account,
    Case,
    CaseEvent,
    CaseItem,
    Document,
    FormRecord,
    Letter,
    Party,
    Unit,
    WorkItem,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work item that waits: `mine` when the actor may do it now, else `why_not` says why."""

    id: int
    element: str
    name: str
    role: str
    holder: str
    item: str
    limit_on: date | None
    opened_at: datetime
    mine: bool
    claimed: bool
    claimable: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Done:
    """A line of the flow record: who did what, when, with what result."""

    id: int
    element: str
    name: str
    who: str
    opened_at: datetime
    done_at: datetime | None
    outcome: str | None
    note: str | None
    status: str
    item: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One legal event as people read it."""

    seq: int
    type: str
    title: str
    on: date
    details: tuple[tuple[str, str], ...]
    recorded_at: datetime
    recorded_by: str
    void_reason: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A filled-in form: label and shown answer of each field, in the form's order."""

    title: str
    who: str
    at: datetime
    item: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party with personal data masked (unless revealed by permission, with a log entry)."""

    part: str
    kind: str | None
    category: str | None
    name: str
    id_kind: str | None
    id_number: str
    contact_person: str
    phone: str
    email: str
    address: str
    postcode: str
    assistance: str
    revealed: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of one case; `item_names` tells consultees and units by their id in the ledger (c1, c2…)."""

    case: Case
    type_title: str
    applicant: PartyView | None
    clock: ClockResult
    light: LightReading
    strip: tuple[Cell, ...]
    today: date
    waiting: tuple[Waiting, ...]
    flow: tuple[Done, ...]
    ledger: tuple[LedgerLine, ...]
    answered: tuple[Answered, ...]
    documents: tuple[Document, ...]
    letters: tuple[Letter, ...]
    actions: tuple[Action, ...]
    handler: str
    earlier: tuple[Case, ...]
    definition: Definition
    item_names: Mapping[str, str]
    current_elements: tuple[str, ...]
    done_elements: tuple[str, ...]
    lanes: tuple[Lane, ...]


def case_page(desk: Desk, actor: Actor, case_id: int, *, revealed: bool = False) -> CasePage:
    """The case as the actor may see it. Raises NotFound. `revealed` only after `reveal` has been recorded."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        turn = open_turn(desk, session, case, actor.author)
        names = dict(session.execute(select(Account.id, Account.name).where(Account.agency_id == case.agency_id)).all())
        units = dict(session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == case.agency_id)).all())
        items = {one.id: one for one in items_of(session, case.id)}
        work = session.scalars(select(WorkItem).where(WorkItem.case_id == case.id).order_by(WorkItem.id)).all()
        clock = turn.ledger.ruling()
        return CasePage(
            case=case,
            type_title=turn.definition.case_type.title,
            applicant=_party(session, case.id, revealed=revealed),
            clock=clock,
            light=light(clock, turn.today, turn.calendar, closed=case.closed_at is not None),
            strip=strip(clock, turn.calendar, turn.today),
            today=turn.today,
            waiting=tuple(_waiting(turn, actor, one, names, units, items) for one in work if one.status == "open"),
            flow=tuple(_done(one, names, units, items) for one in work if one.status != "open"),
            ledger=tuple(_ledger_lines(turn, names, items)),
            answered=tuple(_answered(turn, names, units, items)),
            documents=tuple(documents_of(session, case.id)),
            letters=tuple(session.scalars(select(Letter).where(Letter.case_id == case.id).order_by(Letter.id))),
            actions=_actions(turn, actor),
            handler=names.get(case.handler_id, "") if case.handler_id else "",
            earlier=_earlier(session, actor, case),
            definition=turn.definition,
            item_names={one.public_id: _item_title(one, units) for one in items.values()},
            current_elements=tuple(one.element for one in waits(turn.definition, case.state)) if case.state else (),
            done_elements=_passed(session, case.id),
            lanes=lanes(turn, actor),
        )


def reveal(desk: Desk, actor: Actor, case_id: int, reason: str) -> PartyView | None:
    """The applicant's personal data in full, for a stated reason that goes into the audit trail."""
    if actor.roles.isdisjoint({"intake", "handler", "legal", "disclosure_head"}):
        raise NotPermitted("只有收件、经办、法制和公开机构负责人可以查看完整的个人信息。")
    if not reason.strip():
        raise Refusal("请填写查看完整个人信息的理由。")

    def work(session: Session) -> PartyView | None:
        case = find_case(session, actor, case_id)
        record_case_event(session, case, actor.author, desk.now(), "reveal", data={"reason": reason.strip()[:300]})
        return _party(session, case.id, revealed=True)

    return desk.write(work)


def _party(session: Session, case_id: int, *, revealed: bool) -> PartyView | None:
    party = session.scalar(select(Party).where(Party.case_id == case_id, Party.part == "applicant"))
    if party is None:
        return None
    return PartyView(
        part=party.part,
        kind=party.kind,
        category=party.category,
        name=party.name,
        id_kind=party.id_kind,
        id_number=(party.id_number or "") if revealed else mask_id(party.id_number),
        contact_person=party.contact_person or "",
        phone=(party.phone or "") if revealed else mask_phone(party.phone),
        email=(party.email or "") if revealed else mask_email(party.email),
        address=(party.address or "") if revealed else mask_address(party.address),
        postcode=party.postcode or "",
        assistance=party.assistance or "",
        revealed=revealed,
    )


def _item_title(item: CaseItem | None, units: dict[int, str]) -> str:
    if item is None:
        return ""
    if item.unit_id is not None:
        return units.get(item.unit_id, "")
    return str(item.data.get("name", item.public_id))


def _waiting(
    turn: Turn,
    actor: Actor,
    work: WorkItem,
    names: dict[int, str],
    units: dict[int, str],
    items: dict[int, CaseItem],
) -> Waiting:
    why_not = ""
    try:
        may_do(turn.session, actor, work, turn.definition.steps[work.element])
    except NotPermitted as refusal:
        why_not = str(refusal)
    holder = names.get(work.assignee_id, "") if work.assignee_id else units.get(work.unit_id or 0, "")
    return Waiting(
        id=work.id,
        element=work.element,
        name=work.name,
        role=work.role,
        holder=holder,
        item=_item_title(items.get(work.item_id or 0), units),
        limit_on=work.limit_on,
        opened_at=work.opened_at,
        mine=not why_not,
        claimed=work.assignee_id == actor.id,
        claimable=not why_not and work.assignee_id is None,
        why_not=why_not,
    )


def _done(work: WorkItem, names: dict[int, str], units: dict[int, str], items: dict[int, CaseItem]) -> Done:
    return Done(
        id=work.id,
        element=work.element,
        name=work.name,
        who=names.get(work.done_by or 0, "系统"),
        opened_at=work.opened_at,
        done_at=work.done_at,
        outcome=work.outcome,
        note=work.note,
        status=work.status,
        item=_item_title(items.get(work.item_id or 0), units),
    )


_DETAIL_LABELS = {
    "channel": "渠道",
    "by": "方式",
    "signed_by": "签收人",
    "days": "工作日",
    "period_working_days": "期限（工作日）",
    "id": "编号",
    "to": "对象",
    "new_due": "新的答复日",
    "carrier": "寄送单位",
    "decision": "决定",
    "accepted": "逾期接受",
    "with_applicant": "与申请人确认",
}


def _ledger_lines(turn: Turn, names: dict[int, str], items: dict[int, CaseItem]) -> Sequence[LedgerLine]:
    by_public_id = {item.public_id: str(item.data.get("name", item.public_id)) for item in items.values()}
    return [
        LedgerLine(
            seq=row.seq,
            type=row.type,
            title=EVENT_TYPES[row.type].title,
            on=row.on,
            details=tuple(
                (_DETAIL_LABELS.get(key, key), by_public_id.get(str(value), str(value)) if key == "id" else str(value))
                for key, value in row.data.items()
            ),
            recorded_at=row.recorded_at,
            recorded_by=names.get(row.recorded_by or 0, "系统"),
            void_reason=row.void_reason,
        )
        for row in turn.ledger.rows
    ]


# Fields that hold personal data of the applicant: shown (masked) in the applicant's card only.
_PERSONAL = frozenset({"id_number", "phone", "email", "address", "postcode", "contact_person", "name", "id_kind"})


def _answered(
    turn: Turn, names: dict[int, str], units: dict[int, str], items: dict[int, CaseItem]
) -> Sequence[Answered]:
    records = turn.session.scalars(
        select(FormRecord).where(FormRecord.case_id == turn.case.id).order_by(FormRecord.id)
    ).all()
    then = definition_then(turn.session, turn.desk.library, turn.case)
    found = []
    for record in records:
        form = then(record.filled_at).forms.get(record.form)
        if form is None:
            continue
        hidden = _PERSONAL if form.keep and any(t.startswith("party.") for t in form.keep.values()) else frozenset()
        shown = tuple(
            (one.label, show_answer(one, record.answers[one.name], units, names))
            for one in form.fields
            if one.name not in hidden and record.answers.get(one.name, False) is not False
        )
        found.append(
            Answered(
                form.title,
                names.get(record.filled_by or 0, "系统"),
                record.filled_at,
                _item_title(items.get(record.item_id or 0), units),
                shown,
            )
        )
    return found


def _actions(turn: Turn, actor: Actor) -> tuple[Action, ...]:
    if turn.case.state is None:
        return ()
    awaited = {one.message for one in waits(turn.definition, turn.case.state) if one.kind == "message"}
    happened = {row.type for row in turn.ledger.rows if row.voided_at is None}
    return tuple(
        one
        for one in turn.definition.case_type.actions
        if one.message in awaited and not actor.roles.isdisjoint(one.roles) and happened.isdisjoint(one.unless)
    )


def _earlier(session: Session, actor: Actor, case: Case) -> tuple[Case, ...]:
    """Earlier and later requests of the same applicant, so that a repeat (Art. 36(6)) or a flood (Art. 35) is seen."""
    if not case.applicant_key or not sees_all(actor):
        return ()
    rows = session.scalars(
        select(Case)
        .where(
            Case.agency_id == case.agency_id,
            Case.applicant_key == case.applicant_key,
            Case.id != case.id,
            Case.drill.is_(case.drill),
        )
        .order_by(Case.id.desc())
        .limit(50)
    )
    return tuple(rows)


def _passed(session: Session, case_id: int) -> tuple[str, ...]:
    """Elements of the diagram that tokens have passed, in order, from the audit trail; since the last new beginning."""
    import json

    rows = session.execute(
        select(CaseEvent.action, CaseEvent.data)
        .where(CaseEvent.case_id == case_id, CaseEvent.action.in_(["start", "complete", "action", "timer", "reopen"]))
        .order_by(CaseEvent.seq)
    )
    passed: list[str] = []
    for action, data in rows:
        kept = [] if action == "reopen" else passed
        passed = kept + json.loads(data).get("passed", [])
    return tuple(passed)

"""Everything the page of one case shows, read in one go: as many queries for a long case as for a short one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only, undefer

from engine.cases.access import find_case, open_to, sees_all
from engine.cases.audit import record_case_event
from engine.cases.confidential import may_confide
from engine.cases.definitions import definition_then
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.evidence import items_of
from engine.cases.filled_in import Answered, Names, filled_in, records_of
from engine.cases.flow import Turn
from engine.cases.flow_record import Done, Waiting, flow_record, steps_of, waiting
from engine.cases.identity import mask_address, mask_email, mask_id, mask_phone
from engine.cases.lanes import Lane, lanes
from engine.cases.ledger_lines import LedgerLine, ledger_lines
from engine.cases.links import LinkLine, links_of
from engine.cases.names_by_id import member_names, names_of
from engine.cases.remedy_dates import RemedyDate, remedy_dates
from engine.cases.splitting import may_split
from engine.cases.steps import open_turn
from engine.cases.strip import Cell, strip
from engine.cases.watching import watchers_of
from engine.process import Action, Definition, waits
from engine.statute.light import LightReading, light
from engine.statute.result import ClockResult
from engine.store.tables import (
    Case,
    CaseComment,
    CaseItem,
    Document,
    FormRecord,
    Letter,
    Party,
    WorkItem,
)

SHOWN = 50
"""So many lines of each list are shown until all of them are asked for."""

_EARLIER = load_only(
    Case.number, Case.subject, Case.received_on, Case.arrived_on, Case.decision, Case.closed_at, raiseload=True
)


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
class Totals:
    """How many lines each list of the page has in all, shown or not."""

    flow: int
    ledger: int
    answered: int
    documents: int
    letters: int
    comments: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of one case; `item_names` tells consultees and units by their id in the ledger (c1, c2…).

    `watchers`: account id -> name; `may_confide`: the actor decides who sees the case.
    `may_split`: the actor can register parts of it.
    """

    case: Case
    type_title: str
    applicant: PartyView | None
    clock: ClockResult
    light: LightReading
    remedies: tuple[RemedyDate, ...]
    strip: tuple[Cell, ...]
    today: date
    waiting: tuple[Waiting, ...]
    flow: tuple[Done, ...]
    ledger: tuple[LedgerLine, ...]
    answered: tuple[Answered, ...]
    documents: tuple[Document, ...]
    letters: tuple[Letter, ...]
    totals: Totals
    actions: tuple[Action, ...]
    handler: str
    earlier: tuple[Case, ...]
    links: tuple[LinkLine, ...]
    watchers: Mapping[int, str]
    may_confide: bool
    may_split: bool
    definition: Definition
    item_names: Mapping[str, str]
    lanes: tuple[Lane, ...]


def case_page(desk: Desk, actor: Actor, case_id: int, *, revealed: bool = False, limit: int | None = None) -> CasePage:
    """The case as the actor may see it. Raises NotFound. `revealed` only after `reveal` has been recorded.

    `limit`: of each list only so many of the newest lines (of the forms the first one too).
    """
    with desk.reading() as session:
        case = find_case(session, actor, case_id, undefer(Case.state))
        turn = open_turn(desk, session, case, actor.author)
        items = items_of(session, case.id)
        steps, records = steps_of(session, case.id, limit), records_of(session, case.id, limit)
        names = _names(turn, items, steps, records)
        clock = turn.ledger.ruling()
        then = definition_then(session, desk.library, case)
        documents = _newest(session, Document, case.id, limit)
        letters = _newest(session, Letter, case.id, limit)
        flow = flow_record(steps, names)
        ledger = ledger_lines(turn.ledger.rows, names.people, items)
        shown = {"flow": len(flow), "answered": len(records), "documents": len(documents), "letters": len(letters)}
        return CasePage(
            case=case,
            type_title=turn.definition.case_type.title,
            applicant=_party(session, case.id, revealed=revealed),
            clock=clock,
            light=light(clock, turn.today, turn.calendar, closed=case.closed_at is not None),
            remedies=remedy_dates(turn, clock),
            strip=strip(clock, turn.calendar, turn.today),
            today=turn.today,
            waiting=waiting(turn, actor, steps, names),
            flow=flow,
            ledger=ledger if limit is None else ledger[-limit:],
            answered=filled_in(records, then, names),
            documents=documents,
            letters=letters,
            totals=_totals(session, case.id, len(ledger), shown, limit),
            actions=_actions(turn, actor),
            handler=names.people.get(case.handler_id, "") if case.handler_id else "",
            earlier=_earlier(session, actor, case),
            links=links_of(desk, session, actor, case),
            watchers=watchers_of(session, case),
            may_confide=may_confide(actor, case),
            may_split=may_split(actor, case, turn.definition),
            definition=turn.definition,
            item_names={one.public_id: names.members[one.id] for one in items},
            lanes=lanes(turn, actor),
        )


def _names(turn: Turn, items: Sequence[CaseItem], steps: Sequence[WorkItem], records: Sequence[FormRecord]) -> Names:
    """Of everybody who did or has something in these rows, and of every unit that it was given to."""
    people = {turn.case.handler_id, *(one.filled_by for one in records)}
    people.update(person for one in steps for person in (one.assignee_id, one.done_by, one.done_for))
    people.update(person for one in turn.ledger.rows for person in (one.recorded_by, one.voided_by))
    given = {one.unit_id for one in steps} | {one.unit_id for one in items}
    known, units = names_of(turn.session, [one for one in people if one], [one for one in given if one])
    return Names(known, units, member_names(items, units))


def _newest(session: Session, model: Any, case_id: int, limit: int | None) -> tuple[Any, ...]:
    """The newest rows of the case, in the order they came."""
    rows = session.scalars(select(model).where(model.case_id == case_id).order_by(model.id.desc()).limit(limit))
    return tuple(reversed(rows.all()))


def _totals(session: Session, case_id: int, events: int, shown: Mapping[str, int], limit: int | None) -> Totals:
    """How many there are; `shown`: how many of each list have been read. Only lists that were cut are counted."""
    rows: dict[str, tuple[InstrumentedAttribute[int], tuple[ColumnElement[bool], ...]]] = {
        "flow": (WorkItem.case_id, (WorkItem.status != "open",)),
        "answered": (FormRecord.case_id, ()),
        "documents": (Document.case_id, ()),
        "letters": (Letter.case_id, ()),
        "comments": (CaseComment.case_id, (CaseComment.struck_at.is_(None),)),
    }
    cut = [name for name in rows if name not in shown or (limit is not None and shown[name] >= limit)]
    counts = [select(func.count()).where(rows[name][0] == case_id, *rows[name][1]).scalar_subquery() for name in cut]
    counted = dict(zip(cut, session.execute(select(*counts)).one(), strict=True))
    return Totals(**{**shown, **counted}, ledger=events)


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
        .options(_EARLIER)
        .where(
            Case.agency_id == case.agency_id,
            Case.applicant_key == case.applicant_key,
            Case.id != case.id,
            open_to(Case.id, actor),
            Case.drill.is_(case.drill),
        )
        .order_by(Case.id.desc())
        .limit(50)
    )
    return tuple(rows)

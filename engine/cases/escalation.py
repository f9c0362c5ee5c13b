"""Remind people before a date and after it, rung by rung, each rung once; derived from ledger and calendar at each run.

Nothing is armed beforehand: a case that stops, starts again or gets another date is read as it stands. The unique key
of a message says case, period of the clock and rung, so that a run may be cut off, repeated or doubled.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import may_see
from engine.cases.audit import SYSTEM
from engine.cases.awaited import awaited_cases, awaited_reminders
from engine.cases.batch import PORTION, open_turns
from engine.cases.calendars import calendar_of
from engine.cases.definitions import load_definition
from engine.cases.desk import Desk
from engine.cases.digests import collect
from engine.cases.flow import Turn
from engine.cases.ladder import Reminder, due_text, rung_reached
from engine.cases.leave import deputies
from engine.cases.limit_rungs import limit_reminders
from engine.cases.messages import put
from engine.cases.own_dates import own_date_reminders
from engine.cases.people import People, people_of
from engine.settings import Ladder
from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.light import Light, LightReading, light, light_of_date
from engine.statute.outcome import CORRECTION_NOTICE_WORKING_DAYS
from engine.statute.result import ClockState
from engine.store.tables import WAITS, Agency, Case, CaseWatcher, InboxMessage, ProcessDefinition, WorkItem

_log = logging.getLogger(__name__)

# Statuses in which a reply date may press; whether it does on the day is read off the ledger.
_PRESSING = ("running", "unconfirmed", "suspended")

# Legal events that begin another period of the clock or resume it: each rung may be reached anew.
_BEGINS = frozenset(
    [
        "arrive",
        "confirm",
        "consult_returned",
        "consult_sent",
        "corrected_received",
        "delayed_reply_notice",
        "extension",
        "fee_paid",
        "opinion",
        "ordered_to_reply_again",
        "reasons_received",
        "sign_mail",
        "submit",
    ]
)
# The event whose absence the correction clock (Art. 30) is about.
_CORRECTION_NOTICE = "correction_notice_served"


def escalate(desk: Desk, stop: Callable[[], bool] = lambda: False) -> int:
    """Tell everybody what is due or overdue and has not been told; returns how many messages were new."""
    with desk.reading() as session:
        agencies = session.scalars(select(Agency.id).order_by(Agency.id)).all()
    told = 0
    for agency_id in agencies:
        for portion in _reminders(desk, agency_id):
            if stop():
                return told
            told += _tell(desk, portion)
    return told


def _reminders(desk: Desk, agency_id: int) -> Iterator[list[Reminder]]:
    with desk.reading() as session:
        calendar = calendar_of(session, agency_id, desk.settings)
        people = people_of(session, agency_id)
        pressing = _pressing(session, agency_id, desk, calendar)
        correcting = _correcting(session, agency_id, desk)
        afterwards = own_date_reminders(desk, session, agency_id, people)
        waiting = awaited_cases(desk, session, agency_id, calendar)
    yield from _of_cases(desk, pressing, calendar, people, reply_reminder)
    yield from _of_cases(desk, correcting, calendar, people, correction_reminder)
    yield from _of_cases(desk, waiting, calendar, people, awaited_reminders)
    yield afterwards
    yield from limit_reminders(desk, agency_id, people)


def _pressing(session: Session, agency_id: int, desk: Desk, calendar: Calendar) -> Sequence[int]:
    """Open cases whose date lies on the ladder, by the index of due dates."""
    highest = desk.settings.ladder.highest()
    last = calendar.add_working_days(desk.today(), highest) if highest else desk.today()
    return session.scalars(
        select(Case.id)
        .where(
            Case.agency_id == agency_id,
            Case.closed_at.is_(None),
            Case.sort_due_on <= last,
            Case.clock_status.in_(_PRESSING),
        )
        .order_by(Case.sort_due_on, Case.id)
    ).all()


def _correcting(session: Session, agency_id: int, desk: Desk) -> Sequence[int]:
    """Open cases that wait in a process which serves a correction notice."""
    elements: set[str] = set()
    for digest in session.scalars(select(ProcessDefinition.digest)).all():
        definition = load_definition(session, desk.library, digest)
        serving = {
            step.process
            for step in definition.steps.values()
            if any(event.type == _CORRECTION_NOTICE for event in definition.forms[step.form].events)
        }
        elements |= {step.element for step in definition.steps.values() if step.process in serving}
    return session.scalars(
        select(WorkItem.case_id)
        .where(WorkItem.agency_id == agency_id, WAITS, WorkItem.element.in_(elements))
        .distinct()
        .order_by(WorkItem.case_id)
    ).all()


_Rule = Callable[[Turn, People, frozenset[int], Ladder], Iterable[Reminder]]


def _of_cases(
    desk: Desk, case_ids: Sequence[int], calendar: Calendar, people: People, rule: _Rule
) -> Iterator[list[Reminder]]:
    for start in range(0, len(case_ids), PORTION):
        portion = case_ids[start : start + PORTION]
        with desk.reading() as session:
            cases = session.scalars(select(Case).where(Case.id.in_(portion))).all()
            holders = _assignees(session, portion, desk.today())
            turns = open_turns(desk, session, cases, calendar, SYSTEM)
            found = [one for turn in turns for one in _safely(rule, turn, people, holders)]
        yield found


def _safely(rule: _Rule, turn: Turn, people: People, holders: Mapping[int, set[int]]) -> list[Reminder]:
    try:
        return list(rule(turn, people, frozenset(holders.get(turn.case.id, ())), turn.desk.settings.ladder))
    except Exception:  # noqa: BLE001 - a case whose dates cannot be derived must not silence the others
        _log.exception("no reminder could be derived for case %d", turn.case.id)
        return []


def _assignees(session: Session, case_ids: Sequence[int], today: date) -> dict[int, set[int]]:
    """Who has an open step of each case in hand, his deputy during leave, and who watches it."""
    found: dict[int, set[int]] = {}
    query = select(WorkItem.case_id, WorkItem.assignee_id).where(
        WorkItem.case_id.in_(case_ids), WAITS, WorkItem.assignee_id.is_not(None)
    )
    watching = select(CaseWatcher.case_id, CaseWatcher.account_id).where(CaseWatcher.case_id.in_(case_ids))
    in_hand = [(case_id, account_id) for case_id, account_id in session.execute(query) if account_id is not None]
    standing_in = deputies(session, {account_id for _case_id, account_id in in_hand}, today)
    instead = [(case_id, standing_in[account_id]) for case_id, account_id in in_hand if account_id in standing_in]
    for case_id, account_id in [*in_hand, *instead, *session.execute(watching)]:
        found.setdefault(case_id, set()).add(account_id)
    return found


def reply_reminder(turn: Turn, people: People, holders: frozenset[int], ladder: Ladder) -> Iterator[Reminder]:
    """The rung of the reply date: provisional dates climb by their estimate, unconfirmed ones by the cautious date."""
    case, reading = turn.case, _reading(turn)
    reached = rung_reached(reading, ladder.of(turn.definition.case_type.clock))
    if reached is None:
        return
    told = case.told_due_on if case.told_due_on not in (None, case.due_on) else None
    cautious = turn.ledger.ruling().state is ClockState.UNCONFIRMED
    yield people.reminder(
        reached,
        key=f"due:{case.id}:{_period(turn)}:{reached.code}",
        text=due_text(case.number, _title(turn), reading, cautious=cautious, told=told),
        case_id=case.id,
        handler_id=case.handler_id,
        also=holders,
    )


def _title(turn: Turn) -> str:
    case_type = turn.definition.case_type
    return case_type.labels.get("due") or ("答复期限" if case_type.clock == "reply" else "办理期限")


def _reading(turn: Turn) -> LightReading:
    """The light of the working target: the date of the ledger, or an earlier one that the applicant was told."""
    target = turn.case.sort_due_on
    reading = light(turn.ledger.ruling(), turn.today, turn.calendar)
    if target is None or reading.light in {Light.STOPPED, Light.CLOSED}:
        return reading
    if reading.due is not None and target >= reading.due:
        return reading
    missing = () if turn.case.due_on is not None else (target.year,)
    return light_of_date(StatutoryDate(target, missing), turn.today, turn.calendar)


def correction_reminder(turn: Turn, people: People, holders: frozenset[int], ladder: Ladder) -> Iterator[Reminder]:
    """The rung of the seven working days for the correction notice (Art. 30); after them it is told once."""
    case, result = turn.case, turn.ledger.clock()
    due = result.correction_notice_due
    if due is None or result.correction_notice_late is not None or result.state is not ClockState.RUNNING:
        return
    reading = light_of_date(due, turn.today, turn.calendar)
    reached = rung_reached(reading, ladder.of("correction_notice"), CORRECTION_NOTICE_WORKING_DAYS)
    if reached is None:
        return
    code = "late" if reached.code.startswith("late") else reached.code
    yield people.reminder(
        reached,
        key=f"correction_notice:{case.id}:{_period(turn)}:{code}",
        text=due_text(case.number, "补正告知期限", reading),
        case_id=case.id,
        handler_id=case.handler_id,
        also=holders,
    )


def _period(turn: Turn) -> int:
    """Number of the event that began or resumed the running period."""
    rule = turn.definition.case_type.clocks.get(turn.definition.case_type.clock)
    begins = _BEGINS if rule is None else set(rule.after)
    return max((row.seq for row in turn.ledger.live if row.type in begins), default=0)


def _fresh(session: Session, reminders: Sequence[Reminder]) -> list[tuple[Reminder, frozenset[int]]]:
    """The reminders that are new to somebody, each with the people to whom it is."""
    people = frozenset[int]().union(*(one.people for one in reminders))
    query = select(InboxMessage.account_id, InboxMessage.key).where(
        InboxMessage.account_id.in_(people), InboxMessage.key.in_([one.key for one in reminders])
    )
    told = {(account_id, key) for account_id, key in session.execute(query)}
    reminders = _among_insiders(session, reminders)
    fresh = [(one, frozenset(person for person in one.people if (person, one.key) not in told)) for one in reminders]
    return [(one, missing) for one, missing in fresh if missing]


def _among_insiders(session: Session, reminders: Sequence[Reminder]) -> list[Reminder]:
    """Those of confidential cases with the people that may see them."""
    of_cases = {one.case_id for one in reminders}
    cases = {one.id: one for one in session.scalars(select(Case).where(Case.id.in_(of_cases), Case.confidential))}
    return [
        replace(one, people=may_see(session, cases[one.case_id], one.people)) if one.case_id in cases else one
        for one in reminders
    ]


def _tell(desk: Desk, reminders: Sequence[Reminder]) -> int:
    """Put what is new into the inboxes; asked before writing too, so that a run with nothing to say locks nothing."""
    with desk.reading() as session:
        if not _fresh(session, reminders):
            return 0

    def work(session: Session) -> int:
        fresh = _fresh(session, reminders)
        wanted = select(Case).where(Case.id.in_({one.case_id for one, _people in fresh}))
        cases = {case.id: case for case in session.scalars(wanted)}
        with session.no_autoflush:
            for one, people in fresh:
                case, at = cases.get(one.case_id or 0), desk.now()
                for some, by in ((people - one.digest, one.by), (people & one.digest, ())):
                    put(session, some, key=one.key, text=one.text, at=at, case=case, level=one.level, by=by)
        collect(desk, session, [(one, people & one.digest) for one, people in fresh])
        return sum(len(people) for _one, people in fresh)

    return desk.write(work)

"""The diagrams of a case, in the version the case runs on, and its way through them: who, when, and what waits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound
from engine.process import Definition, waits
from engine.store.tables import Account, Case, CaseEvent, Timer, Unit, WorkItem

# So many of the newest visits to steps are told; a case that goes round for years has more.
_VISITS = 300


@dataclass(frozen=True, slots=True)
class Visit:
    """Once that a step was come to: who has or did it (empty: nobody has taken it), from when, until when."""

    who: str
    opened_at: datetime
    done_at: datetime | None
    outcome: str
    recalled: bool


@dataclass(frozen=True, slots=True)
class Track:
    """The way of a case: elements passed in order since its last new beginning, and what waits.

    `waiting`: element -> `step`, `timer` or `message`; `timers`: element -> day it runs out, None while not firm.
    """

    case: Case
    definition: Definition
    passed: tuple[str, ...]
    waiting: Mapping[str, str]
    visits: Mapping[str, Sequence[Visit]]
    timers: Mapping[str, date | None]


def case_diagram(desk: Desk, actor: Actor, case_id: int, process: str) -> str:
    """The BPMN XML of one level of the case's process. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        found = load_definition(session, desk.library, case.definition_digest).diagrams.get(process)
        if found is None:
            raise NotFound("该件的流程没有这一层。")
        return found


def case_track(desk: Desk, actor: Actor, case_id: int) -> Track:
    """The case's way through its diagrams. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        definition = load_definition(session, desk.library, case.definition_digest)
        waiting = {one.element: one.kind for one in waits(definition, case.state)} if case.state else {}
        timers = session.execute(
            select(Timer.element, Timer.due_on).where(
                Timer.case_id == case.id, Timer.fired_at.is_(None), Timer.cancelled_at.is_(None)
            )
        ).all()
        return Track(case, definition, _passed(session, case.id), waiting, _visits(session, case.id), dict(timers))


def _passed(session: Session, case_id: int) -> tuple[str, ...]:
    """Elements that tokens have passed, in order, from the audit trail; since the last new beginning."""
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


def _visits(session: Session, case_id: int) -> dict[str, list[Visit]]:
    people = select(Account.name).where(Account.id == WorkItem.done_by).scalar_subquery()
    holder = select(Account.name).where(Account.id == WorkItem.assignee_id).scalar_subquery()
    rows = session.execute(
        select(WorkItem, people, holder, Unit.name)
        .join(Unit, Unit.id == WorkItem.unit_id, isouter=True)
        .where(WorkItem.case_id == case_id)
        .order_by(WorkItem.id.desc())
        .limit(_VISITS)
    ).all()
    found: dict[str, list[Visit]] = {}
    for work, doer, has, unit in reversed(rows):
        who = doer or has or unit or ""
        visit = Visit(who, work.opened_at, work.done_at, work.outcome or "", work.status == "recalled")
        found.setdefault(work.element, []).append(visit)
    return found

"""Who may see a case: object-level checks beside the permissions of the routes.

A confidential case is narrower than the rest: only its handler, whoever has or did one of its steps, the leaders and
unit heads in its line, and the persons named for it see it. To everybody else it is not there: every page, list,
count, search, export and message asks here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, false, literal_column, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.interfaces import ORMOption

from engine.cases.desk import Actor
from engine.cases.errors import NotFound, NotPermitted
from engine.store.one_of import OneOf
from engine.store.session import once
from engine.store.tables import Account, Case, CaseNamed, WorkItem
from engine.store.types import Key

# These roles work on the whole office's cases; everybody else sees the cases that came to them or their unit.
WHOLE_OFFICE = frozenset({"intake", "handler", "disclosure_head", "legal", "leader", "supervisor"})
NO_CASES = frozenset({"admin", "auditor"})
# They answer for every case of the office, a confidential one too.
LINE = frozenset({"disclosure_head", "leader"})


@dataclass(frozen=True, slots=True)
class Hidden:
    """What `withheld` has, told once to the statements of a page, which then need not look for it again.

    `cases`: their ids; `steps`: those of their open work items. None: there are too many to be told one by one.
    """

    cases: frozenset[int] | None
    steps: frozenset[int] | None


_NOTHING = Hidden(frozenset(), frozenset())


# Made once: an alias is costlier to make than the whole condition that it stands in.
_CASE, _WORK, _STEP = aliased(Case), aliased(WorkItem), aliased(WorkItem)
_NAMED, _HANDLER = aliased(CaseNamed), aliased(Account)


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees every case of the agency that is not confidential."""
    return not actor.roles.isdisjoint(WHOLE_OFFICE)


# Steps of these roles come to everybody who holds the role, unless they were given to a unit.
_SHARED = ("publisher", "secrecy_reviewer", "unit_head")


def came_to(actor: Actor, work: WorkItem, case: Case) -> bool:
    """Whether this work item alone lets the actor see its case: what `visible` asks, of the rows at hand."""
    if work.agency_id != actor.agency_id:
        return False
    if actor.id in {work.assignee_id, work.done_by}:
        return True
    if any(_waits_for(person, work, confidential=case.confidential) for person in actor.absent):
        return True
    if case.confidential:
        return False
    if sees_all(actor):
        return True
    if work.unit_id is not None:
        mine = {"unit", "unit_head", *(role for role in _SHARED if role in work.role.split())}
        return work.unit_id == actor.unit_id and not actor.roles.isdisjoint(mine)
    return any(role in actor.roles and role in work.role for role in _SHARED)


def visible(
    query: Select[Any],
    actor: Actor,
    among: Collection[int] | None = None,
    hidden: Hidden | None = None,
) -> Select[Any]:
    """Narrow a query over Case to what the actor may see.

    `among`: of these ids, which then lead to the rows. `hidden`: what `hidden_from` has told.
    """
    # With ids at hand the agency is only compared: a database without statistics would read the whole agency for it.
    agency = Case.agency_id if among is None else Case.agency_id + 0
    if among is not None:
        query = query.where(OneOf(Case.id, among))
    query = query.where(agency == actor.agency_id, open_to(Case.id, actor, hidden))
    if sees_all(actor):
        return query
    theirs = [WorkItem.assignee_id == actor.id, WorkItem.done_by == actor.id]
    if actor.unit_id is not None and not actor.roles.isdisjoint({"unit", "unit_head"}):
        theirs.append(WorkItem.unit_id == actor.unit_id)
    at_home = or_(WorkItem.unit_id.is_(None), WorkItem.unit_id == actor.unit_id)
    theirs.extend(and_(WorkItem.role.contains(role), at_home) for role in _SHARED if role in actor.roles)
    theirs.extend(_waiting_for(WorkItem, person) for person in actor.absent)
    named = select(CaseNamed.case_id).where(CaseNamed.account_id == actor.id)
    return query.where(or_(exists().where(WorkItem.case_id == Case.id, or_(*theirs)), Case.id.in_(named)))


def _waits_for(person: Actor, work: WorkItem, *, confidential: bool) -> bool:
    """Whether an open work item may be done in the place of somebody on leave, which lets his deputy see its case."""
    if work.status != "open" or work.assignee_id == person.id:
        return work.status == "open"
    free = work.assignee_id is None and not person.roles.isdisjoint(work.role.split())
    return free and work.unit_id in (None, person.unit_id) and not (confidential and person.roles.isdisjoint(LINE))


def _waiting_for(work: Any, person: Actor, *, confidential: bool = False) -> ColumnElement[bool]:
    """As `_waits_for`, as a condition on work items."""
    roles = () if confidential and person.roles.isdisjoint(LINE) else sorted(person.roles)
    role = or_(false(), *[(" " + work.role + " ").contains(f" {one} ") for one in roles])
    unit = or_(work.unit_id.is_(None), work.unit_id == person.unit_id)
    return and_(work.status == "open", or_(work.assignee_id == person.id, and_(work.assignee_id.is_(None), unit, role)))


def open_to(case_id: Any, actor: Actor, hidden: Hidden | None = None) -> ColumnElement[bool]:
    """That the case a row belongs to is not withheld from the actor; `case_id`: the row's column, never NULL.

    For queries that the whole office may read. The confidential cases, a handful, are found by an index of their own,
    so a list costs no more for them. `hidden`: what `hidden_from` has told; None: the database looks for itself.
    """
    told = hidden.cases if hidden else None
    return _without(case_id, _withheld(actor) if told is None else told)


def _without(column: Any, left_out: Select[Any] | Collection[int]) -> ColumnElement[bool]:
    """That a column has none of the values; of no values at all, nothing is asked."""
    if isinstance(left_out, Select) or left_out:
        found: ColumnElement[bool] = column.not_in(left_out)
        return found
    return true()


def open_or_none(case_id: Any, actor: Actor, hidden: Hidden | None = None) -> ColumnElement[bool]:
    """As `open_to`, for rows that need not belong to a case."""
    if hidden is not None and hidden.cases is not None and not hidden.cases:
        return true()
    return or_(case_id.is_(None), open_to(case_id, actor, hidden))


def step_open_to(actor: Actor, hidden: Hidden | None = None) -> ColumnElement[bool]:
    """As `open_to`, of an open work item: asked by its own id, which stands in every index that lists are read from.

    `hidden`: what `hidden_from` has told; None: the database looks for itself.
    """
    told = hidden.steps if hidden else None
    return _without(WorkItem.id, _steps_withheld(actor) if told is None else told)


def _steps_withheld(actor: Actor) -> Select[Any]:
    return select(_STEP.id).where(_STEP.status == literal_column("'open'"), _STEP.case_id.in_(_withheld(actor)))


def withheld(session: Session, actor: Actor) -> frozenset[int]:
    """The ids of the confidential cases that are not there for the actor."""
    return frozenset(session.scalars(_withheld(actor)))


# More ids than these are not handed to a statement one by one.
_FEW = 500


def hidden_from(session: Session, actor: Actor) -> Hidden:
    """What is hidden from the actor; asked in the transaction of the page."""
    if not actor.roles.isdisjoint(LINE):
        return _NOTHING
    return once(session, (hidden_from, actor), lambda: _hidden_from(session, actor))


def _hidden_from(session: Session, actor: Actor) -> Hidden:
    if actor.absent:
        rows = session.execute(_with_steps(_withheld(actor)).limit(_FEW + 1)).all()
    else:
        me = {"agency": actor.agency_id, "me": actor.id, "unit": _answers_for(actor), "most": _FEW + 1}
        rows = session.connection().execute(_HIDDEN, me).all()
    if len(rows) > _FEW:
        return Hidden(None, None)
    return Hidden(frozenset(row[0] for row in rows), frozenset(row[1] for row in rows if row[1] is not None))


def _answers_for(actor: Actor) -> int | None:
    """The unit whose confidential cases are open to its head."""
    return actor.unit_id if "unit_head" in actor.roles else None


def _withheld(actor: Actor) -> Select[Any]:
    if not actor.roles.isdisjoint(LINE):
        return select(_CASE.id).where(false())
    instead = [_waiting_for(_WORK, person, confidential=True) for person in actor.absent]
    agency, me, unit = (bindparam(None, value, Key) for value in (actor.agency_id, actor.id, _answers_for(actor)))
    return _withheld_from(agency, me, unit, *instead)


def _withheld_from(agency: Any, me: Any, unit: Any, *instead: ColumnElement[bool]) -> Select[Any]:
    """Ids of cases that are withheld from an account; `unit`: the one that it heads, a NULL heads none.

    `instead`: of a work item, that the account may do it in somebody's place.
    """
    case, work, named, handler = _CASE, _WORK, _NAMED, _HANDLER
    has = or_(work.assignee_id == me, work.done_by == me, work.unit_id == unit, *instead)
    # The agency is only compared: else SQLite, which keeps no statistics, may read every case of it by another index.
    return select(case.id).where(
        case.agency_id + 0 == agency,
        case.confidential,
        ~exists().where(handler.id == case.handler_id, handler.unit_id == unit),
        case.handler_id.is_distinct_from(me),
        ~exists().where(work.case_id == case.id, has),
        ~exists().where(named.case_id == case.id, named.account_id == me),
    )


def _with_steps(cases: Select[Any]) -> Select[Any]:
    """The cases with their open work items."""
    open_ = and_(_STEP.case_id == _CASE.id, _STEP.status == literal_column("'open'"))
    return cases.add_columns(_STEP.id).outerjoin(_STEP, open_)


# Every page asks it, and making the statement costs more than running it.
_AGENCY, _ME, _UNIT = (bindparam(name, type_=Key) for name in ("agency", "me", "unit"))
_HIDDEN = _with_steps(_withheld_from(_AGENCY, _ME, _UNIT)).limit(bindparam("most", type_=Integer))


# What the steps of a case say about who sees it; many are alike.
_STEPS = (
    select(WorkItem.agency_id, WorkItem.assignee_id, WorkItem.done_by, WorkItem.unit_id, WorkItem.role, WorkItem.status)
    .where(WorkItem.case_id == bindparam("case_id"))
    .distinct()
)


def find_case(session: Session, actor: Actor, case_id: int, *options: ORMOption) -> Case:
    """The case, if the actor may see it; `options`: what is read of it. Raises NotFound, whether or not it exists."""
    case: Case | None = session.scalar(visible(select(Case).where(Case.id == case_id).options(*options), actor))
    if case is None:
        raise NotFound("没有找到这件申请，或者您无权查看。")
    return case


def may_see(session: Session, case: Case, account_ids: Iterable[int]) -> frozenset[int]:
    """Those of the accounts, all active ones of the case's agency, who may see the case."""
    wanted = list(set(account_ids))
    if not wanted:
        return frozenset()
    people = session.scalars(
        select(Account).where(Account.id.in_(wanted), Account.agency_id == case.agency_id, Account.active)
    ).all()
    actors = [actor_of(one) for one in people]
    if not case.confidential and all(sees_all(one) for one in actors):
        return frozenset(one.id for one in actors)
    steps = session.execute(_STEPS, {"case_id": case.id}).all()
    named = set(session.scalars(select(CaseNamed.account_id).where(CaseNamed.case_id == case.id)))
    handler = session.get(Account, case.handler_id) if case.confidential and case.handler_id is not None else None
    home = handler.unit_id if handler is not None else None
    return frozenset(one.id for one in actors if one.id in named or _sees(one, case, steps, home))


def actor_of(account: Account) -> Actor:
    """Somebody as who acts, for asking what they may see."""
    roles = frozenset(held.role for held in account.roles)
    return Actor(account.id, account.name, account.agency_id, account.unit_id, roles)


def _sees(actor: Actor, case: Case, steps: Sequence[Any], home: int | None) -> bool:
    """What `visible` asks, in Python; `home`: the unit of a confidential case's handler."""
    came = any(came_to(actor, step, case) for step in steps)
    if not case.confidential:
        return sees_all(actor) or came
    if came or actor.id == case.handler_id or not actor.roles.isdisjoint(LINE):
        return True
    units = {home, *(step.unit_id for step in steps)} - {None}
    return "unit_head" in actor.roles and actor.unit_id in units


def number_told(case: Case) -> str:
    """The case's number for those who see no case: administrators who import a calendar or a process version."""
    return "（保密件）" if case.confidential else case.number


def needs_case_work(actor: Actor) -> None:
    """Raise NotPermitted for roles that never see case content (administrator, auditor)."""
    if actor.roles <= NO_CASES:
        raise NotPermitted("系统管理员和审计员不接触申请内容。")

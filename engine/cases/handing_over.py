"""Many work items at once: claimed together, or handed over with a look beforehand at who gets what.

Each is done by itself, in a transaction of its own: one that cannot be done says why and leaves the others alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.cases import claims
from engine.cases.access import actor_of, visible
from engine.cases.claims import REASSIGNERS, Target, may_reassign, why_not_person, why_not_unit
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.tables import WAITS, Account, Case, Unit, WorkItem

# So many are handed over or claimed at once.
MOST = 100
# A target of its own: each to whoever of those able has the least in hand.
SPREAD = "spread"


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be handed over: a work item, or with `item_id` None the handling of a case none of whose steps waits.

    `choices` are the possible targets ("p7" a person, "u3" a unit) with their names; `to` the one chosen, empty with
    the reason in `why_not`. `held_by` is who has it now.
    """

    key: str
    item_id: int | None
    case_id: int
    number: str
    subject: str
    step: str
    holder: str
    held_by: int | None
    choices: tuple[tuple[str, str], ...] = ()
    to: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The page on which a hand-over is looked at: its lines, possible targets, and how many more there are."""

    lines: tuple[Line, ...]
    targets: tuple[tuple[str, str], ...]
    person: str
    more: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many: `done`, else `words` say why not."""

    number: str
    step: str
    done: bool
    words: str


@dataclass(frozen=True, slots=True)
class _Office:
    """Whom work can be given to: people and units by id, and how much everybody has in hand."""

    people: Mapping[int, Actor]
    units: Mapping[int, str]
    in_hand: dict[int, int]

    def members(self, unit_id: int) -> dict[int, Actor]:
        return {one.id: one for one in self.people.values() if one.unit_id == unit_id}


def people_with_work(desk: Desk, actor: Actor) -> tuple[tuple[int, str, int], ...]:
    """Everybody who has something in hand, as (id, name, how much): whose work can be handed over as a whole."""
    require(actor, Permission.CASES_STEP_REASSIGN)
    with desk.reading() as session:
        rows = session.execute(
            select(Account.id, Account.name, func.count())
            .join(WorkItem, WorkItem.assignee_id == Account.id)
            .where(Account.agency_id == actor.agency_id, WAITS)
            .group_by(Account.id, Account.name)
            .order_by(Account.name, Account.id)
        )
        found = [(row[0], row[1], row[2]) for row in rows]
    return tuple(found) if _everywhere(actor) else tuple(one for one in found if one[0] == actor.id)


def _everywhere(actor: Actor) -> bool:
    return not actor.roles.isdisjoint(REASSIGNERS)


def hand_over_page(
    desk: Desk,
    actor: Actor,
    *,
    items: Collection[int] = (),
    cases: Collection[int] = (),
    person_id: int | None = None,
    to: str = "",
) -> HandOver:
    """What would be handed over, and who would get it when everything went to `to` (a target, or SPREAD).

    `items` are work items, `cases` stand for their open steps, `person_id` for all that somebody has in hand and
    every open case that he handles. Raises NotPermitted, NotFound.
    """
    require(actor, Permission.CASES_STEP_REASSIGN)
    with desk.reading() as session:
        rows, handled = _chosen(session, actor, items, cases, person_id)
        office = _office(session, actor.agency_id)
        done = _performers(session, {case.id for _item, case in rows})
        lines = [_line(desk, session, actor, office, item, case, done) for item, case in rows[:MOST]]
        lines += [_handled(office, case) for case in handled[: MOST - len(lines)]]
        account = session.get(Account, person_id) if person_id is not None else None
        if person_id is not None and (account is None or account.agency_id != actor.agency_id):
            raise NotFound("没有这个账号。")
        targets = sorted({choice for line in lines for choice in line.choices}, key=lambda one: (one[0][0], one[1]))
        planned = tuple(_planned(line, to, office, dict(targets)) for line in lines)
        return HandOver(planned, tuple(targets), account.name if account else "", len(rows) + len(handled) - len(lines))


def _chosen(
    session: Session, actor: Actor, items: Collection[int], cases: Collection[int], person_id: int | None
) -> tuple[list[tuple[WorkItem, Case]], list[Case]]:
    """The work items with their cases, most pressing first, and cases of the person that have none in his hands."""
    query = select(WorkItem, Case).join(Case, Case.id == WorkItem.case_id).where(WAITS)
    if person_id is not None:
        query = query.where(WorkItem.assignee_id == person_id)
    else:
        query = query.where(or_(WorkItem.id.in_(list(items)), WorkItem.case_id.in_(list(cases))))
    query = query.order_by(WorkItem.sort_due_on.nulls_last(), WorkItem.id).limit(5 * MOST)
    found = [(item, case) for item, case in session.execute(query)]
    seen = _seen(session, actor, {case.id for _item, case in found})
    rows = [(item, case) for item, case in found if case.id in seen]
    if person_id is None or not (_everywhere(actor) or person_id == actor.id):
        return rows, []
    mine = visible(select(Case), actor).where(Case.handler_id == person_id, Case.closed_at.is_(None))
    held = {case.id for item, case in rows if "handler" in item.role.split()}
    handled = session.scalars(mine.order_by(Case.sort_due_on.nulls_last(), Case.id).limit(5 * MOST))
    return rows, [case for case in handled if case.id not in held]


def _seen(session: Session, actor: Actor, case_ids: Collection[int]) -> frozenset[int]:
    """Those of the cases that the actor may see."""
    return frozenset(session.scalars(visible(select(Case.id).where(Case.id.in_(list(case_ids))), actor)))


def _office(session: Session, agency_id: int) -> _Office:
    accounts = session.scalars(
        select(Account).where(Account.agency_id == agency_id, Account.active).order_by(Account.name, Account.id)
    ).unique()
    units = session.execute(
        select(Unit.id, Unit.name).where(Unit.agency_id == agency_id, Unit.active).order_by(Unit.name)
    )
    in_hand = session.execute(
        select(WorkItem.assignee_id, func.count())
        .where(WAITS, WorkItem.assignee_id.is_not(None), WorkItem.agency_id == agency_id)
        .group_by(WorkItem.assignee_id)
    )
    return _Office(
        {one.id: actor_of(one) for one in accounts},
        dict(units.all()),
        {account_id: count for account_id, count in in_hand if account_id is not None},
    )


def _performers(session: Session, case_ids: Collection[int]) -> dict[int, list[tuple[str, int, str]]]:
    """Who did what in each of the cases: element, account, name of the step."""
    found: dict[int, list[tuple[str, int, str]]] = {}
    rows = session.execute(
        select(WorkItem.case_id, WorkItem.element, WorkItem.done_by, WorkItem.name).where(
            WorkItem.case_id.in_(list(case_ids)), WorkItem.status == "done", WorkItem.done_by.is_not(None)
        )
    )
    for case_id, element, done_by, name in rows:
        if done_by is not None:
            found.setdefault(case_id, []).append((element, done_by, name))
    return found


def _line(
    desk: Desk,
    session: Session,
    actor: Actor,
    office: _Office,
    item: WorkItem,
    case: Case,
    done_in: Mapping[int, Sequence[tuple[str, int, str]]],
) -> Line:
    step = load_definition(session, desk.library, case.definition_digest).steps[item.element]
    done = {who: name for element, who, name in done_in.get(case.id, ()) if element in step.apart_from}
    held = office.people.get(item.assignee_id or 0)
    unit = office.units.get(item.unit_id or 0, "")
    line = Line(
        key=f"i{item.id}",
        item_id=item.id,
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        step=item.name,
        holder=held.name if held else unit,
        held_by=item.assignee_id,
    )
    try:
        may_reassign(actor, item)
    except NotPermitted as refusal:
        return replace(line, why_not=str(refusal))
    people = [one for one in office.people.values() if not why_not_person(item, step, one, done)]
    units = [
        (unit_id, name)
        for unit_id, name in office.units.items()
        if (unit_id != item.unit_id or item.assignee_id is not None)
        and not why_not_unit(item, step, name, office.members(unit_id), done)
    ]
    choices = [(f"p{one.id}", one.name) for one in people] + [(f"u{unit_id}", name) for unit_id, name in units]
    return replace(line, choices=tuple(choices))


def _handled(office: _Office, case: Case) -> Line:
    able = [one for one in office.people.values() if "handler" in one.roles and one.id != case.handler_id]
    held = office.people.get(case.handler_id or 0)
    return Line(
        key=f"c{case.id}",
        item_id=None,
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        step="",
        holder=held.name if held else "",
        held_by=case.handler_id,
        choices=tuple((f"p{one.id}", one.name) for one in able),
    )


def _planned(line: Line, to: str, office: _Office, names: Mapping[str, str]) -> Line:
    """The line with the target it would get."""
    if line.why_not or not to:
        return line
    possible = [key for key, _name in line.choices]
    if to == SPREAD:
        people = [key for key in possible if key.startswith("p")]
        if not people:
            return replace(line, why_not=said("没有其他人可以办理“%(step)s”。", step=line.step or "经办"))
        least = min(people, key=lambda key: (office.in_hand.get(int(key[1:]), 0), int(key[1:])))
        office.in_hand[int(least[1:])] = office.in_hand.get(int(least[1:]), 0) + 1
        return replace(line, to=least)
    if to in possible:
        return replace(line, to=to)
    if to in names:
        words = "%(name)s 不能办理这一项（岗位、科室或者分工不符，或者已在其名下），请为它另选。"
        return replace(line, why_not=said(words, name=names[to]))
    return line


def hand_over(desk: Desk, actor: Actor, wanted: Sequence[tuple[str, int | None, str]], reason: str) -> list[Outcome]:
    """Hand over line by line: (key of the line, who had it when it was looked at, target); lines without one stay.

    Raises NotPermitted, and Refusal when there is no reason or nothing to do.
    """
    require(actor, Permission.CASES_STEP_REASSIGN)
    if not reason.strip():
        raise Refusal("请填写转办原因。")
    chosen = [one for one in wanted if one[2]][:MOST]
    if not chosen:
        raise Refusal("没有要转办的事项，请先选择转给谁。")
    told = _told(desk, actor, [key for key, _held, _to in chosen])
    names = _target_names(desk, actor)
    found = []
    for key, held_by, to in chosen:
        number, step = told.get(key, ("", ""))
        target = target_of(to)
        try:
            if key.startswith("i"):
                claims.reassign(desk, actor, int(key[1:]), target, reason, held_by)
            else:
                claims.hand_case(desk, actor, int(key[1:]), target.person_id, reason, held_by)
        except Refusal as refusal:
            found.append(Outcome(number, step, False, str(refusal)))
        else:
            found.append(Outcome(number, step, True, names.get(to, "")))
    return found


def target_of(to: str) -> Target:
    """The target that "p7" or "u3" stands for. Raises Refusal."""
    if to[1:].isascii() and to[1:].isdecimal() and len(to) < 18 and to[0] in "pu":
        number = int(to[1:])
        return Target(person_id=number) if to[0] == "p" else Target(unit_id=number)
    raise Refusal("请从列表中选择转给谁。")


def _target_names(desk: Desk, actor: Actor) -> dict[str, str]:
    with desk.reading() as session:
        people = session.execute(select(Account.id, Account.name).where(Account.agency_id == actor.agency_id))
        units = session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == actor.agency_id))
        return {f"p{one}": name for one, name in people} | {f"u{one}": name for one, name in units}


def _told(desk: Desk, actor: Actor, keys: Collection[str]) -> dict[str, tuple[str, str]]:
    """Number and step of each line that the actor may see."""
    items = [int(key[1:]) for key in keys if key.startswith("i")]
    cases = [int(key[1:]) for key in keys if key.startswith("c")]
    with desk.reading() as session:
        rows = session.execute(select(WorkItem.id, WorkItem.case_id, WorkItem.name).where(WorkItem.id.in_(items))).all()
        wanted = {row.case_id for row in rows} | set(cases)
        cases_seen = session.scalars(visible(select(Case).where(Case.id.in_(wanted)), actor))
        numbers = {case.id: case.number for case in cases_seen}
        found = {f"i{row.id}": (numbers[row.case_id], row.name) for row in rows if row.case_id in numbers}
        return found | {f"c{case_id}": (numbers[case_id], "") for case_id in cases if case_id in numbers}


def claim_all(desk: Desk, actor: Actor, work_item_ids: Sequence[int]) -> list[Outcome]:
    """Claim one after the other; those that cannot be claimed any more say why. Raises Refusal when none is given."""
    ids = list(dict.fromkeys(work_item_ids))[:MOST]
    if not ids:
        raise Refusal("请先勾选。")
    told = _told(desk, actor, [f"i{one}" for one in ids])
    found = []
    for item_id in ids:
        number, step = told.get(f"i{item_id}", ("", ""))
        try:
            claims.claim(desk, actor, item_id)
        except Refusal as refusal:
            found.append(Outcome(number, step, False, str(refusal)))
        else:
            found.append(Outcome(number, step, True, ""))
    return found

"""Units (科室): opened, renamed and closed by the administrator."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.cases.accounts import office_agency
from engine.cases.audit import SYSTEM, record_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.tables import Account, Unit


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit and how many active accounts belong to it."""

    id: int
    name: str
    active: bool
    people: int


def create_unit(desk: Desk, actor: Actor | None, name: str) -> int:
    """Open a unit; returns its id. Raises AnswerErrors (`name`), NotPermitted."""
    name = _proper(actor, name)

    def work(session: Session) -> int:
        agency_id = office_agency(session, desk).id if actor is None else actor.agency_id
        _check_free(session, agency_id, name, None)
        unit = Unit(agency_id=agency_id, name=name)
        session.add(unit)
        session.flush()
        _record(session, desk, actor, unit, "unit_created", data={"name": name})
        return unit.id

    return desk.write(work)


def rename_unit(desk: Desk, actor: Actor | None, unit_id: int, name: str) -> None:
    """Give the unit another name. Raises AnswerErrors (`name`), NotFound."""
    name = _proper(actor, name)

    def work(session: Session) -> None:
        unit = _unit(session, actor, unit_id)
        if unit.name == name:
            return
        _check_free(session, unit.agency_id, name, unit.id)
        _record(session, desk, actor, unit, "unit_renamed", data={"name": [unit.name, name]})
        unit.name = name

    desk.write(work)


def set_unit_active(desk: Desk, actor: Actor | None, unit_id: int, active: bool) -> None:
    """Close the unit (it can no longer be chosen) or open it again."""
    if actor is not None:
        require(actor, Permission.ADMIN_UNITS_MANAGE)

    def work(session: Session) -> None:
        unit = _unit(session, actor, unit_id)
        if unit.active == active:
            return
        unit.active = active
        _record(session, desk, actor, unit, "unit_opened" if active else "unit_closed", data={"name": unit.name})

    desk.write(work)


def units(desk: Desk, actor: Actor | None, *, only_active: bool = False) -> tuple[UnitRow, ...]:
    """All units of the agency, active ones first. Anybody of the office may know them."""
    with desk.reading() as session:
        people = (
            select(Account.unit_id, func.count().label("people"))
            .where(Account.active)
            .group_by(Account.unit_id)
            .subquery()
        )
        query = select(Unit, people.c.people).join(people, people.c.unit_id == Unit.id, isouter=True)
        if actor is not None:
            query = query.where(Unit.agency_id == actor.agency_id)
        if only_active:
            query = query.where(Unit.active)
        rows = session.execute(query.order_by(Unit.active.desc(), Unit.id))
        return tuple(UnitRow(unit.id, unit.name, unit.active, count or 0) for unit, count in rows)


def find_unit(desk: Desk, actor: Actor | None, unit_id: int) -> UnitRow:
    """One unit. Raises NotFound."""
    found = next((unit for unit in units(desk, actor) if unit.id == unit_id), None)
    if found is None:
        raise NotFound("没有这个科室。")
    return found


def unit_named(desk: Desk, name: str) -> int:
    """The id of the active unit with this name, for the command line. Raises NotFound."""
    found = {unit.name: unit.id for unit in units(desk, None, only_active=True)}
    if name.strip() not in found:
        raise NotFound(said("没有科室“%(name)s”。现有：%(value)s。", name=name, value="、".join(found) or "（无）"))
    return found[name.strip()]


def _proper(actor: Actor | None, name: str) -> str:
    if actor is not None:
        require(actor, Permission.ADMIN_UNITS_MANAGE)
    name = name.strip()
    if not name or len(name) > 100:
        raise AnswerErrors({"name": "请填写科室名称，不超过 100 个字。"})
    return name


def _check_free(session: Session, agency_id: int, name: str, own_id: int | None) -> None:
    other = session.scalar(select(Unit.id).where(Unit.agency_id == agency_id, Unit.name == name))
    if other is not None and other != own_id:
        raise AnswerErrors({"name": said("已经有科室“%(name)s”（可能已停用）。", name=name)})


def _unit(session: Session, actor: Actor | None, unit_id: int) -> Unit:
    unit = session.get(Unit, unit_id, with_for_update=True)
    if unit is None or (actor is not None and unit.agency_id != actor.agency_id):
        raise NotFound("没有这个科室。")
    return unit


def _record(
    session: Session, desk: Desk, actor: Actor | None, unit: Unit, action: str, *, data: dict[str, object]
) -> None:
    author = SYSTEM if actor is None else actor.author
    record_event(session, unit.agency_id, f"unit:{unit.id}", author, desk.now(), action, data)

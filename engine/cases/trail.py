"""Reading the audit trail: the auditor's page."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import Verification
from engine.cases.desk import Actor, Desk
from engine.cases.permissions import Permission, require
from engine.cases.verification import verify_all
from engine.store.files import FileStore
from engine.store.tables import Account, AuditSeal, Case, CaseEvent, Letter, Unit, WorkItem

# The parts of an event's data that name somebody or something by its id, and what they name.
_NAMED: Mapping[str, type[Account | Letter | Unit | WorkItem]] = {
    "account": Account,
    "from": Account,
    "letter": Letter,
    "mentions": Account,
    "to": Account,
    "unit": Unit,
    "unit_id": Unit,
    "work_item": WorkItem,
}


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One audit event. `about` is the case number, or the chain (`account:7`) for what is not a case.

    `data` is what was recorded, with people, units, steps and letters by name instead of by id.
    """

    id: int
    at: datetime
    who: str
    action: str
    about: str
    data: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What to look for; empty parts do not narrow. Days are days at the office, both included."""

    since: date | None = None
    until: date | None = None
    who: str = ""
    action: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Events, newest first; `older` is the id below which the next page starts, None on the last page."""

    rows: tuple[TrailRow, ...]
    older: int | None


def trail(desk: Desk, actor: Actor, wanted: TrailFilter, *, before: int | None = None, size: int = 100) -> TrailPage:
    """One page of the audit trail. Raises NotPermitted."""
    require(actor, Permission.AUDIT_TRAIL_READ)
    query = (
        select(CaseEvent, Case.number)
        .join(Case, Case.id == CaseEvent.case_id, isouter=True)
        .where(CaseEvent.agency_id == actor.agency_id)
    )
    if before is not None:
        query = query.where(CaseEvent.id < before)
    if wanted.since is not None:
        query = query.where(CaseEvent.at >= _midnight(desk, wanted.since))
    if wanted.until is not None:
        query = query.where(CaseEvent.at < _midnight(desk, wanted.until + timedelta(days=1)))
    if who := wanted.who.strip():
        query = query.where(CaseEvent.actor_name.contains(who, autoescape=True))
    if wanted.action:
        query = query.where(CaseEvent.action == wanted.action)
    if about := wanted.about.strip():
        query = query.where(Case.number.contains(about, autoescape=True) | (CaseEvent.chain.endswith(f":{about}")))
    with desk.reading() as session:
        found = session.execute(query.order_by(CaseEvent.id.desc()).limit(size + 1)).all()
        told = _with_names(session, [json.loads(event.data) for event, _number in found[:size]])
        rows = tuple(
            TrailRow(
                id=event.id,
                at=desk.local(event.at),
                who=event.actor_name,
                action=event.action,
                about=number or event.chain.partition(":")[2],
                data=data,
                hash=event.hash,
            )
            for (event, number), data in zip(found, told, strict=False)
        )
    return TrailPage(rows, rows[-1].id if len(found) > size else None)


def _ids(value: Any) -> list[int]:
    """The ids in a part of an event's data: one, or a list of them; words and days are none."""
    return [one for one in (value if isinstance(value, list) else [value]) if type(one) is int]


def _with_names(session: Session, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The data of events with names instead of ids; what is gone keeps its id. A step that is named already stays."""
    wanted: dict[type[Account | Letter | Unit | WorkItem], set[int]] = {}
    for data in told:
        if "name" in data:
            data.pop("work_item", None)
        for key, model in _NAMED.items():
            wanted.setdefault(model, set()).update(_ids(data.get(key)))
    names = {model: _names(session, model, ids) for model, ids in wanted.items() if ids}
    for data in told:
        for key, model in _NAMED.items():
            known, value = names.get(model, {}), data.get(key)
            if isinstance(value, list):
                data[key] = [known.get(one, one) if type(one) is int else one for one in value]
            elif type(value) is int:
                data[key] = known.get(value, value)
    return told


def _names(session: Session, model: type[Account | Letter | Unit | WorkItem], ids: Iterable[int]) -> Mapping[int, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_(ids)))
    return {row.id: row.name for row in rows}


def trail_actions(desk: Desk, actor: Actor) -> tuple[str, ...]:
    """Every kind of action that the trail of the agency holds."""
    require(actor, Permission.AUDIT_TRAIL_READ)
    with desk.reading() as session:
        query = select(CaseEvent.action).where(CaseEvent.agency_id == actor.agency_id).distinct()
        return tuple(session.scalars(query.order_by(CaseEvent.action)))


def seals(desk: Desk, actor: Actor, size: int = 5) -> tuple[AuditSeal, ...]:
    """The newest seals."""
    require(actor, Permission.AUDIT_TRAIL_READ)
    with desk.reading() as session:
        return tuple(session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(size)))


def check_trail(desk: Desk, actor: Actor) -> Verification:
    """Recompute every hash of the trail, as `yishen audit verify` does."""
    require(actor, Permission.AUDIT_TRAIL_READ)
    with desk.reading() as session:
        return verify_all(session, FileStore(desk.files))


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.zone)

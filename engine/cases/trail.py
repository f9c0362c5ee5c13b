"""Reading the audit trail: the auditor's page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from engine.cases.audit import Verification
from engine.cases.desk import Actor, Desk
from engine.cases.permissions import Permission, require
from engine.cases.verification import verify_all
from engine.store.files import FileStore
from engine.store.tables import AuditSeal, Case, CaseEvent


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One audit event. `about` is the case number, or the chain (`account:7`) for what is not a case."""

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
        rows = tuple(
            TrailRow(
                id=event.id,
                at=desk.local(event.at),
                who=event.actor_name,
                action=event.action,
                about=number or event.chain.partition(":")[2],
                data=json.loads(event.data),
                hash=event.hash,
            )
            for event, number in found[:size]
        )
    return TrailPage(rows, rows[-1].id if len(found) > size else None)


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

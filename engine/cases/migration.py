"""Move the running cases of one version of a case type to another: rehearsed first, then case by case.

Whoever administers sees numbers and elements here, never what a case is about.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.cases.access import number_told
from engine.cases.accounts import office_agency
from engine.cases.audit import SYSTEM, Author, record_event
from engine.cases.case_move import Kept, Landing, carry, considered, dated, landings
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.permissions import Permission, require
from engine.cases.steps import open_turn
from engine.cases.versions import CHAIN, compare
from engine.process import Plan, plan
from engine.statute.said import said
from engine.store.tables import Case, MigratedCase, ProcessMigration

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CaseMove:
    """What a move does to one case, would do or has done.

    Attributes:
        result: moves (rehearsed), moved, refused, or failed by an error of the program.
        landings: every token that waits. why: what keeps the case, Chinese sentences.
    """

    case_id: int
    number: str
    result: Literal["moves", "moved", "refused", "failed"]
    landings: tuple[Landing, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """A run over the cases of a version; `left` says how many further cases were not looked at (`limit`)."""

    old: str
    new: str
    rows: tuple[CaseMove, ...]
    left: int = 0

    @property
    def moved(self) -> int:
        """How many cases move or have moved."""
        return sum(1 for row in self.rows if row.result in {"moves", "moved"})

    @property
    def stuck(self) -> tuple[CaseMove, ...]:
        """The cases that stay."""
        return tuple(row for row in self.rows if row.result in {"refused", "failed"})


def rehearse(
    desk: Desk, actor: Actor | None, old: str, new: str, numbers: Sequence[str] = (), limit: int | None = None
) -> MigrationReport:
    """What `migrate` would do; nothing is stored.

    Args:
        desk: the office's desk.
        actor: an administrator; None is the server's own command line.
        old: digest, or its beginning, of the version that the cases run on.
        new: digest, or its beginning, of the version that they move to.
        numbers: of the cases to look at; none = all that run on `old`.
        limit: look at so many cases.

    Raises:
        NotFound: no such version or case.
        Refusal: the versions are the same or not of one case type.
        NotPermitted: only administrators move cases.
    """
    way = _way(desk, actor, old, new)
    with desk.reading() as session:
        ids, left = _cases(session, _agency(session, desk, actor), way.old.digest, numbers, limit)
        return MigrationReport(
            way.old.digest, way.new.digest, tuple(_rehearsed(desk, session, case_id, way) for case_id in ids), left
        )


def migrate(
    desk: Desk, actor: Actor | None, old: str, new: str, numbers: Sequence[str] = (), limit: int | None = None
) -> MigrationReport:
    """Move the cases, each in a transaction of its own; one that cannot be moved is left as it was and listed.

    Every case has a row of the run, every moved case an event in its audit trail. Arguments and errors as `rehearse`.
    """
    way = _way(desk, actor, old, new)
    author = SYSTEM if actor is None else actor.author
    with desk.reading() as session:
        ids, left = _cases(session, _agency(session, desk, actor), way.old.digest, numbers, limit)
    run = desk.write(lambda session: _begin(session, desk, actor, way))
    rows = tuple(_one(desk, author, run, case_id, way) for case_id in ids)
    report = MigrationReport(way.old.digest, way.new.digest, rows, left)
    desk.write(lambda session: _finish(session, desk, author, run, report))
    return report


def _way(desk: Desk, actor: Actor | None, old: str, new: str) -> Plan:
    if actor is not None:
        require(actor, Permission.ADMIN_DEFINITIONS_MANAGE)
    found = compare(desk, actor, old, new)
    if found.old.digest == found.new.digest:
        raise Refusal("新旧版本是同一个，不需要迁移。")
    return plan(found.before, found.after)


def _agency(session: Session, desk: Desk, actor: Actor | None) -> int:
    return office_agency(session, desk).id if actor is None else actor.agency_id


def _cases(
    session: Session, agency_id: int, digest: str, numbers: Sequence[str], limit: int | None
) -> tuple[list[int], int]:
    """Ids of the running cases of the version, oldest first, and how many lie beyond the limit."""
    query = (
        select(Case.id, Case.number)
        .where(Case.definition_digest == digest, Case.archived_at.is_(None), Case.agency_id == agency_id)
        .order_by(Case.id)
    )
    found = session.execute(query).all()
    if numbers:
        known = {number: case_id for case_id, number in found}
        for number in numbers:
            if number not in known:
                raise NotFound(said("没有编号为“%(number)s”、按这一版流程办理的件。", number=number))
        return [known[number] for number in dict.fromkeys(numbers)], 0
    ids = [case_id for case_id, _number in found]
    return ids[:limit], max(0, len(ids) - (limit or len(ids)))


def _begin(session: Session, desk: Desk, actor: Actor | None, way: Plan) -> int:
    run = ProcessMigration(
        agency_id=_agency(session, desk, actor),
        from_digest=way.old.digest,
        to_digest=way.new.digest,
        started_at=desk.now(),
        started_by=None if actor is None else actor.id,
    )
    session.add(run)
    session.flush()
    return run.id


def _finish(session: Session, desk: Desk, author: Author, run_id: int, report: MigrationReport) -> None:
    run = session.get_one(ProcessMigration, run_id)
    run.finished_at = desk.now()
    told = {
        "migration": run_id,
        "from": report.old,
        "to": report.new,
        "moved": report.moved,
        "stuck": [row.number for row in report.stuck],
    }
    record_event(session, run.agency_id, CHAIN, author, desk.now(), "definition_migration", told)


def _one(desk: Desk, author: Author, run_id: int, case_id: int, way: Plan) -> CaseMove:
    """Move one case, or write down what keeps it."""
    try:
        return desk.write(lambda session: _move(desk, session, author, run_id, case_id, way))
    except Kept as kept:
        result, why = "refused", str(kept)
    except Exception as error:  # noqa: BLE001 - a damaged case must not keep the others
        result, why = "failed", _broken(case_id, error)

    def note(session: Session) -> CaseMove:
        number = session.scalar(select(Case.number).where(Case.id == case_id)) or ""
        row = CaseMove(case_id, number, "refused" if result == "refused" else "failed", (), why)
        _store(session, desk, run_id, row)
        return row

    return desk.write(note)


def _store(session: Session, desk: Desk, run_id: int, row: CaseMove) -> None:
    stands = [[one.element, one.before, one.after] for one in row.landings]
    session.add(
        MigratedCase(
            migration_id=run_id,
            case_id=row.case_id,
            result=row.result,
            why=row.why or None,
            landings=stands,
            at=desk.now(),
        )
    )


def _rehearsed(desk: Desk, session: Session, case_id: int, way: Plan) -> CaseMove:
    case = session.scalars(select(Case).where(Case.id == case_id).options(undefer(Case.state))).one()
    try:
        moved = considered(open_turn(desk, session, case, SYSTEM), way)
    except Kept as kept:
        return CaseMove(case.id, number_told(case), "refused", (), str(kept))
    except Exception as error:  # noqa: BLE001 - a damaged case must not keep the others
        return CaseMove(case.id, number_told(case), "failed", (), _broken(case.id, error))
    finally:
        session.expunge_all()
    return CaseMove(case.id, number_told(case), "moves", landings(moved))


def _broken(case_id: int, error: Exception) -> str:
    _log.error("case %d cannot be moved", case_id, exc_info=error)
    return said("程序出错，没有迁移（%(name)s），请联系技术支持。", name=type(error).__name__)


def _move(desk: Desk, session: Session, author: Author, run_id: int, case_id: int, way: Plan) -> CaseMove:
    case = session.scalars(select(Case).where(Case.id == case_id).options(undefer(Case.state)).with_for_update()).one()
    turn = open_turn(desk, session, case, author)
    before = dated(session, case)
    moved = considered(turn, way)
    carry(turn, way, moved)
    row = CaseMove(case.id, number_told(case), "moved", landings(moved))
    told = {
        "before": {"definition": way.old.digest},
        "after": {"definition": way.new.digest},
        "landings": [[one.element, one.before, one.after] for one in row.landings],
        "migration": run_id,
    }
    turn.record("migrate", data=told)
    _store(session, desk, run_id, row)
    session.flush()
    session.expire_all()
    after = dated(session, case)
    for key, what in before.items():
        if after.get(key) != what:
            raise Kept(
                said(
                    "迁移会改动日期（%(key)s %(key_2)s：%(what)s → %(name)s），没有迁移。",
                    key=key[0],
                    key_2=key[1],
                    what=what,
                    name=after.get(key),
                )
            )
    return row

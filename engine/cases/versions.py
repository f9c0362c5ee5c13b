"""The registered versions of the case types, and what differs between two of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.cases.accounts import office_agency
from engine.cases.audit import SYSTEM, record_event
from engine.cases.definitions import load_definition, register_definitions
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.permissions import Permission, require
from engine.process import Definition, DefinitionFault, check, plan
from engine.process.differences import Difference
from engine.statute.said import said
from engine.store.tables import Case, ProcessDefinition

CHAIN = "definitions"
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Version:
    """A registered version; `running`: cases of the agency that run on it."""

    digest: str
    case_type: str
    title: str
    registered_at: datetime
    current: bool
    running: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a case type side by side."""

    old: Version
    new: Version
    before: Definition
    after: Definition
    differences: tuple[Difference, ...]


def versions(desk: Desk, actor: Actor | None) -> tuple[Version, ...]:
    """All registered versions, by case type, newest first. `actor` None: the server's own command line."""
    _administers(actor)
    with desk.reading() as session:
        running = dict(
            session.execute(
                select(Case.definition_digest, func.count())
                .where(*_of_agency(actor), Case.archived_at.is_(None))
                .group_by(Case.definition_digest)
            ).all()
        )
        rows = session.execute(
            select(
                ProcessDefinition.digest,
                ProcessDefinition.case_type,
                ProcessDefinition.registered_at,
                ProcessDefinition.current,
            ).order_by(ProcessDefinition.case_type, ProcessDefinition.registered_at.desc(), ProcessDefinition.digest)
        ).all()
        return tuple(
            Version(
                digest,
                case_type,
                load_definition(session, desk.library, digest).case_type.title,
                desk.local(registered_at),
                current,
                running.get(digest, 0),
            )
            for digest, case_type, registered_at, current in rows
        )


def version(desk: Desk, actor: Actor | None, text: str) -> Version:
    """The version whose digest is, or begins with, `text` (six characters or more). Raises NotFound, Refusal."""
    asked = text.strip().lower()
    found = [one for one in versions(desk, actor) if one.digest.startswith(asked)] if len(asked) >= _SHORTEST else []
    if not found:
        raise NotFound(said("没有登记过摘要以“%(text)s”开头的流程版本（至少写六位）。", text=text))
    if len(found) > 1:
        raise Refusal(said("摘要以“%(text)s”开头的流程版本不止一个，请多写几位。", text=text))
    return found[0]


def current_version(desk: Desk, actor: Actor | None, case_type: str) -> Version:
    """The version that new cases of the type start on. Raises NotFound."""
    for one in versions(desk, actor):
        if one.case_type == case_type and one.current:
            return one
    raise NotFound(said("没有名为“%(case_type)s”的事项流程，请先登记流程定义。", case_type=case_type))


def compare(desk: Desk, actor: Actor | None, old: str, new: str) -> Comparison:
    """Two versions by digest or prefix. Raises NotFound, Refusal when they are not versions of one case type."""
    first, second = version(desk, actor, old), version(desk, actor, new)
    if first.case_type != second.case_type:
        raise Refusal(
            said(
                "%(case_type)s 和 %(case_type_2)s 是两类事项，不能互相比较。",
                case_type=first.case_type,
                case_type_2=second.case_type,
            )
        )
    with desk.reading() as session:
        before = load_definition(session, desk.library, first.digest)
        after = load_definition(session, desk.library, second.digest)
    return Comparison(first, second, before, after, plan(before, after).differences)


def version_diagram(desk: Desk, actor: Actor, digest: str, process: str) -> str:
    """The BPMN XML of one level of a version. Raises NotFound."""
    found = version(desk, actor, digest)
    with desk.reading() as session:
        text = load_definition(session, desk.library, found.digest).diagrams.get(process)
    if text is None:
        raise NotFound("这一版流程没有这一层。")
    return text


def register_folders(desk: Desk, folders: Iterable[Path]) -> list[str]:
    """Check the folders, then store each as the current version of its case type; returns the digests.

    Running cases stay on their versions. Raises DefinitionFault with every fault; then nothing is registered.
    """
    known = list(folders)
    faults = [fault for folder in known for fault in check(folder)]
    if faults:
        raise DefinitionFault(*faults)

    def work(session: Session) -> list[str]:
        digests = register_definitions(session, known, desk.now())
        agency = office_agency(session, desk)
        for folder, digest in zip(known, digests, strict=True):
            told = {"folder": folder.name, "digest": digest}
            record_event(session, agency.id, CHAIN, SYSTEM, desk.now(), "definition_registered", told)
        return digests

    return desk.write(work)


def _administers(actor: Actor | None) -> None:
    if actor is not None:
        require(actor, Permission.ADMIN_DEFINITIONS_MANAGE)


def _of_agency(actor: Actor | None) -> list[ColumnElement[bool]]:
    return [] if actor is None else [Case.agency_id == actor.agency_id]

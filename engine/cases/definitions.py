"""Process definitions in the database: registered by content hash, pinned by every case."""

import json
import zlib
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import literal_column, or_, select, update
from sqlalchemy.orm import Session

from engine.cases.desk import Desk
from engine.cases.errors import NotFound
from engine.process import Bundle, Definition, DefinitionFault, Library, check, parse, read_bundle
from engine.process.case_type import REPLY
from engine.statute.said import said
from engine.store.session import once
from engine.store.tables import Case, CaseEvent, ProcessDefinition

_ROWS = ProcessDefinition.__table__.c
_REGISTERED = select(_ROWS.digest, _ROWS.current).order_by(_ROWS.case_type, _ROWS.digest)
_ANEW = or_(*[CaseEvent.action == literal_column(f"'{action}'") for action in ("migrate", "reopen")])
SHIPPED = Path(__file__).parents[2] / "workflows"


def case_type_folders(root: Path = SHIPPED) -> list[Path]:
    """The folders below `root` that hold a case type."""
    return sorted(path.parent for path in root.glob("*/case.toml"))


def own_folders(desk: Desk) -> list[Path]:
    """The folders of every case type of the office: those of the product, then its own (`workflows_dir`)."""
    own = desk.settings.workflows_dir
    return [*case_type_folders(), *(case_type_folders(Path(own)) if own else ())]


def register_present(desk: Desk) -> list[str]:
    """Register what has changed since the last time; returns the digests. Raises DefinitionFault."""
    folders = own_folders(desk)
    with desk.reading() as session:
        current = set(session.scalars(select(ProcessDefinition.digest).where(ProcessDefinition.current.is_(True))))
    fresh = [folder for folder in folders if read_bundle(folder).digest not in current]
    for folder in fresh:
        if faults := check(folder):
            raise DefinitionFault(*faults)
    return desk.write(lambda session: register_definitions(session, fresh, desk.now())) if fresh else []


def _pack(bundle: Bundle) -> bytes:
    return zlib.compress(json.dumps(dict(bundle.files), ensure_ascii=False, sort_keys=True).encode(), 9)


def register_definitions(session: Session, folders: Iterable[Path], at: datetime) -> list[str]:
    """Store each folder's present content as the current version of its case type; returns the digests.

    Earlier versions stay, for the cases that are pinned to them. Raises DefinitionFault for a faulty folder.
    """
    digests = []
    for folder in folders:
        bundle = read_bundle(folder)
        parse(bundle)
        session.execute(
            update(ProcessDefinition).where(ProcessDefinition.case_type == bundle.case_type).values(current=False)
        )
        known = session.get(ProcessDefinition, bundle.digest)
        if known is None:
            session.add(
                ProcessDefinition(
                    digest=bundle.digest,
                    case_type=bundle.case_type,
                    files=_pack(bundle),
                    registered_at=at,
                    current=True,
                )
            )
        else:
            known.current = True
        session.flush()
        digests.append(bundle.digest)
    return digests


def load_definition(session: Session, library: Library, digest: str) -> Definition:
    """The parsed definition of this hash, from the process-wide cache or the database."""

    def fetch(wanted: str) -> Bundle:
        row = session.get(ProcessDefinition, wanted)
        if row is None:
            raise NotFound(said("流程定义 %(wanted)s 不在数据库中，请联系系统管理员。", wanted=wanted[:12]))
        return Bundle(case_type=row.case_type, files=json.loads(zlib.decompress(row.files)))

    return library.get(digest, fetch)


def current_definition(session: Session, library: Library, case_type: str) -> Definition:
    """The version that a new case of this type starts on. Raises NotFound for an unknown type."""
    digest = session.scalar(
        select(ProcessDefinition.digest).where(
            ProcessDefinition.case_type == case_type, ProcessDefinition.current.is_(True)
        )
    )
    if digest is None:
        raise NotFound(said("没有名为“%(case_type)s”的事项流程，请先登记流程定义。", case_type=case_type))
    return load_definition(session, library, digest)


def role_words(known: Iterable[Definition], roles: Collection[str]) -> frozenset[str]:
    """What work items of steps open to one of these roles have in their column `role`: "intake", "intake handler".

    `known`: every version that is registered, since cases stay on the one that they began with.
    """
    steps = [step for definition in known for step in definition.steps.values()]
    return frozenset(" ".join(step.role) for step in steps if not set(step.role).isdisjoint(roles))


def registered(session: Session, library: Library) -> tuple[list[Definition], list[Definition]]:
    """Every version of every case type; and of these the current ones."""
    return once(session, registered, lambda: _registered(session, library))


def _registered(session: Session, library: Library) -> tuple[list[Definition], list[Definition]]:
    rows = session.connection().execute(_REGISTERED).all()
    every = [(load_definition(session, library, row.digest), row.current) for row in rows]
    return [one for one, _current in every], [one for one, current in every if current]


def case_types(session: Session, library: Library) -> list[Definition]:
    """The current version of every case type."""
    digests = session.scalars(
        select(ProcessDefinition.digest)
        .where(ProcessDefinition.current.is_(True))
        .order_by(ProcessDefinition.case_type)
    ).all()
    return [load_definition(session, library, digest) for digest in digests]


def reply_types(desk: Desk, session: Session) -> frozenset[str]:
    """Case types that run on the reply clock: requests for information."""
    digests = session.scalars(select(ProcessDefinition.digest)).all()
    found = [load_definition(session, desk.library, digest).case_type for digest in digests]
    return frozenset(one.id for one in found if one.clock == REPLY)


def definition_then(session: Session, library: Library, case: Case) -> Callable[[datetime], Definition]:
    """Asked for a moment, the definition that the case ran on then: what was filled in is read by its own version."""
    rows = session.execute(
        select(CaseEvent.at, CaseEvent.data).where(CaseEvent.case_id == case.id, _ANEW).order_by(CaseEvent.seq)
    ).all()
    left = [(at, str(json.loads(data)["before"]["definition"])) for at, data in rows]

    def then(moment: datetime) -> Definition:
        digest = next((digest for at, digest in left if moment <= at), case.definition_digest)
        return load_definition(session, library, digest)

    return then

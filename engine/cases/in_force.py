"""Which papers of a case are in force: of every kind, and of every list member, the newest delivery."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.process import Definition
from engine.store.tables import CaseItem, Document


def in_force(session: Session, case_id: int, kinds: Iterable[str]) -> list[Document]:
    """The newest version of each kind, in the order of `kinds`; of list members those of the list's newest round."""
    wanted = list(kinds)
    query = select(Document).where(Document.case_id == case_id, Document.kind.in_(wanted)).order_by(Document.id)
    rows = session.scalars(query).all()
    seats = _current_members(session, case_id) if any(one.item_id is not None for one in rows) else {}
    newest: dict[tuple[str, int | None], int] = {}
    for one in rows:
        slot = (one.kind, one.item_id)
        newest[slot] = max(newest.get(slot, 0), one.version)
    found = [
        one
        for one in rows
        if newest[one.kind, one.item_id] == one.version and (one.item_id is None or one.item_id in seats)
    ]
    return sorted(found, key=lambda one: (wanted.index(one.kind), seats.get(one.item_id or 0, 0), one.id))


def _current_members(session: Session, case_id: int) -> dict[int, int]:
    """Members of the newest round of every list: id -> place."""
    rounds = newest_rounds(session, case_id)
    members = session.scalars(select(CaseItem).where(CaseItem.case_id == case_id))
    return {one.id: one.seq for one in members if one.round == rounds[one.kind]}


def newest_rounds(session: Session, case_id: int) -> dict[str, int]:
    """The newest round of each kind of list member."""
    query = select(CaseItem.kind, func.max(CaseItem.round)).where(CaseItem.case_id == case_id).group_by(CaseItem.kind)
    return dict(session.execute(query).all())


def newest_version(session: Session, case_id: int, kind: str, item_id: int | None) -> list[Document]:
    """The documents of the newest delivery to one place; empty when nothing was delivered there."""
    here = Document.item_id.is_(None) if item_id is None else Document.item_id == item_id
    rows = session.scalars(
        select(Document).where(Document.case_id == case_id, Document.kind == kind, here).order_by(Document.id)
    ).all()
    last = max((row.version for row in rows), default=0)
    return [row for row in rows if row.version == last]


def members_without(session: Session, case_id: int, definition: Definition, kind: str) -> list[CaseItem]:
    """Members of the newest list whose step asks for papers of this kind and that have none."""
    lists = {
        item_kind
        for step in definition.steps.values()
        if (item_kind := definition.item_kind(step.element)) is not None
        and any(one.type == "file" and one.kind == kind for one in definition.forms[step.form].fields)
    }
    if not lists:
        return []
    rounds = newest_rounds(session, case_id)
    members: Sequence[CaseItem] = session.scalars(
        select(CaseItem).where(CaseItem.case_id == case_id, CaseItem.kind.in_(sorted(lists))).order_by(CaseItem.id)
    ).all()
    supplied = {document.item_id for document in in_force(session, case_id, [kind])}
    return [one for one in members if one.round == rounds[one.kind] and one.id not in supplied]

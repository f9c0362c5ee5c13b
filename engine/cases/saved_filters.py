"""Filters of a list that somebody keeps under a name, and finds again above the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.statute.said import said
from engine.store.tables import SavedFilter

# The lists that filters can be kept for.
PAGES = frozenset({"work", "cases"})
_MOST = 20
_LONGEST_NAME = 20

# Every list asks for them: made once, and read as plain rows.
_KEPT = SavedFilter.__table__.c
_OWN = (
    select(_KEPT.id, _KEPT.name, _KEPT.query)
    .where(_KEPT.account_id == bindparam("me"), _KEPT.page == bindparam("page"))
    .order_by(_KEPT.id)
)


@dataclass(frozen=True, slots=True)
class KeptFilter:
    """A kept filter; `query` maps the address's parameters to their values."""

    id: int
    name: str
    query: Mapping[str, str]


def saved_filters(desk: Desk, actor: Actor, page: str) -> tuple[KeptFilter, ...]:
    """One's own filters of a list, in the order they were kept."""
    with desk.reading() as session:
        rows = session.connection().execute(_OWN, {"me": actor.id, "page": page})
        return tuple(KeptFilter(row.id, row.name, dict(parse_qsl(row.query))) for row in rows)


def save_filter(desk: Desk, actor: Actor, page: str, name: str, query: Mapping[str, str]) -> None:
    """Keep the filters under a name; one of the same name is replaced. Raises Refusal."""
    name = " ".join(name.split())
    if page not in PAGES:
        raise Refusal("这个列表不能保存筛选条件。")
    if not name or len(name) > _LONGEST_NAME:
        raise Refusal(said("请给筛选条件起一个名称，不超过 %(most)s 个字。", most=_LONGEST_NAME))
    if not query:
        raise Refusal("还没有筛选条件，请先查找再保存。")

    def work(session: Session) -> None:
        mine = (SavedFilter.account_id == actor.id, SavedFilter.page == page)
        kept = session.scalar(select(SavedFilter).where(*mine, SavedFilter.name == name))
        if kept is None:
            if (session.scalar(select(func.count()).select_from(SavedFilter).where(*mine)) or 0) >= _MOST:
                raise Refusal(said("最多保存 %(most)s 组筛选条件，请先删除不用的。", most=_MOST))
            kept = SavedFilter(account_id=actor.id, page=page, name=name)
            session.add(kept)
        kept.query, kept.saved_at = urlencode(query), desk.now()

    desk.write(work)


def drop_filter(desk: Desk, actor: Actor, filter_id: int) -> str:
    """Forget one of one's own filters; returns the list it was for. Raises NotFound."""

    def work(session: Session) -> str:
        kept = session.get(SavedFilter, filter_id)
        if kept is None or kept.account_id != actor.id:
            raise NotFound("没有这组筛选条件，或者已经删除。")
        page = kept.page
        session.delete(kept)
        return page

    return desk.write(work)

"""One page of a long list, read in the order of an index and counted no further than anybody leafs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, func, literal_column, select, union_all
from sqlalchemy.orm import Session

# A list is counted to here: whoever has more than a hundred pages narrows the list instead of leafing through it.
COUNTED = 3000
# On its first pages it is counted to here, and from then on so many pages beyond the one that is open.
AT_FIRST, AHEAD = 1000, 10
# Of a list whose rows are dear to count, so many pages beyond the one that is open are, from the first page on.
DEAR_AHEAD = 3

_ONE = literal_column("1", Integer).label("one")


@dataclass(frozen=True, slots=True)
class Part:
    """A list, or a stretch of it that has an order of its own: open cases before closed ones.

    Attributes:
        found: narrowed to the rows. shown: the columns that a row consists of. key: the id column that both have.
        order: as an index has it.
        stretches: `found` in pieces, where an index has the order only within each: a column, then key.
        counted: as many rows as `found`, where these are counted more quickly; in parts without a common row.
        known: how many rows it has, where that has been counted to one more than AT_FIRST.
    """

    found: Select[Any]
    shown: Select[*tuple[Any, ...]]
    key: Any
    order: Sequence[Any]
    stretches: Sequence[Select[Any]] = ()
    counted: Sequence[Select[Any]] = ()
    known: int | None = None

    def count(self, session: Session, at_most: int) -> int:
        """How many rows it has, counted to `at_most`."""
        if self.known is not None and (self.known <= AT_FIRST or at_most <= self.known):
            return min(self.known, at_most)
        return counted(session, self.counted or [self.found.with_only_columns(self.key)], at_most)

    def rows(self, session: Session, offset: int, size: int) -> list[Any]:
        """Rows from `offset` on; the order is walked over ids alone, and only the page's rows are read."""
        keys = self.found.with_only_columns(self.key).order_by(*self.order)
        if self.stretches:
            keys = self._merged(offset + size)
        page = keys.offset(offset).limit(size).subquery()
        found = self.shown.where(self.key.in_(select(page.c[0]))).order_by(*self.order)
        return list(session.connection().execute(found))

    def _merged(self, at_most: int) -> Select[Any]:
        """The first keys of every stretch, in order."""
        keys = (self.key, self.order[0].element)
        pieces = [one.with_only_columns(*keys).order_by(*self.order).limit(at_most) for one in self.stretches]
        every = union_all(*[select(piece.subquery()) for piece in pieces]).subquery()
        return select(every.c[0]).order_by(every.c[1].nulls_last(), every.c[0])


def counted(session: Session, parts: Sequence[Select[Any]], at_most: int) -> int:
    """How many rows queries have that have none in common, counted to `at_most`."""
    return session.scalar(many(parts, at_most)) or 0


def many(parts: Sequence[Select[Any]], at_most: int) -> Select[Any]:
    """The query that `counted` asks."""
    # Not the ids: SQLite would read each of them for nothing.
    rows: list[Select[int]] = [part.with_only_columns(_ONE, maintain_column_froms=True) for part in parts]
    pieces = [row.limit(at_most).subquery() for row in rows]
    every = pieces[0] if len(pieces) == 1 else union_all(*map(select, pieces)).limit(at_most).subquery()
    return select(func.count()).select_from(every)


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of page `number` of `pages`; `total` rows in all, or more than that when `more`."""

    rows: list[Any]
    total: int
    more: bool
    number: int
    pages: int


def page_of(session: Session, parts: Sequence[Part], number: int, size: int, *, dear: bool = False) -> Counted:
    """Page `number` (from 1; one beyond the last gives the last) of the parts, one after the other.

    `dear`: its rows are dear to count.
    """
    number = max(number, 1)
    most = min((number + DEAR_AHEAD) * size if dear else max(AT_FIRST, (number + AHEAD) * size), COUNTED)
    counts: list[int] = []
    for part in parts:
        counts.append(part.count(session, most + 1 - sum(counts)) if sum(counts) <= most else 0)
    total = min(sum(counts), most)
    pages = max(-(-total // size), 1)
    number = min(number, pages)
    offset, rows = (number - 1) * size, list[Any]()
    for part, count in zip(parts, counts, strict=True):
        if offset < count and len(rows) < size:
            rows += part.rows(session, offset, size - len(rows))
        offset = max(offset - count, 0)
    return Counted(rows, total, sum(counts) > most, number, pages)

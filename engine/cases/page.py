"""One page of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The `rows` of page `number` (from 1) of a list with `total` rows, `size` on a page.

    `more`: it has more rows than the `total` that was counted so far.
    """

    rows: tuple[T, ...]
    total: int
    number: int
    size: int
    more: bool = False

    @property
    def last(self) -> int:
        """Number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

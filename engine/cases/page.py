"""One page of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The `rows` of page `number` (from 1) of a list with `total` rows, `size` on a page."""

    rows: tuple[T, ...]
    total: int
    number: int
    size: int

    @property
    def last(self) -> int:
        """Number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

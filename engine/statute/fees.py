"""Processing fee (信息处理费, Art. 42): charged above a quantity or frequency, to steer behaviour.

Source: 国办函〔2020〕109号 政府信息公开信息处理费管理办法. Progressive by bracket; per item or per page, never both for
one request.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any

from engine.statute.said import said

SOURCE = "国办函〔2020〕109号"
ITEMS_MAX = 1_000_000  # a sum of more lines than anyone can read is a slip of the keyboard


class Mode(StrEnum):
    """How a request is charged: one of the two, never both."""

    PER_ITEM = "per_item"
    PER_PAGE = "per_page"


class FeeError(ValueError):
    """Quantities or brackets that make no sense; a Chinese sentence for people."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One bracket: units `first` to `last` (None: no upper end), each at `rate` whole yuan."""

    first: int
    last: int | None
    rate: int


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """The brackets of one mode.

    Attributes:
        tiers: brackets in order, without gap.
        block: size of each further bracket beyond the last one, when that one has an upper end.
        increment: yuan by which each further bracket is dearer than the one before.
        source: the document they come from.

    Raises:
        FeeError: a gap, an overlap, a negative rate, or an end without further brackets.
    """

    tiers: tuple[Tier, ...]
    block: int = 0
    increment: int = 0
    source: str = SOURCE

    def __post_init__(self) -> None:
        expected = 1
        for place, tier in enumerate(self.tiers, start=1):
            if tier.first != expected or tier.rate < 0:
                raise FeeError(
                    said("第 %(place)s 档应从 %(expected)s 开始，单价不得为负", place=place, expected=expected)
                )
            if tier.last is None:
                if place != len(self.tiers):
                    raise FeeError(said("第 %(place)s 档没有上限，后面不能再有档次", place=place))
                return
            if tier.last < tier.first:
                raise FeeError(said("第 %(place)s 档的上限小于下限", place=place))
            expected = tier.last + 1
        if not self.tiers or self.block < 1 or self.increment < 0:
            raise FeeError("最后一档应没有上限，或者写明其后每档的数量和加价")

    def brackets(self) -> Iterator[Tier]:
        """All brackets in order; without end when the schedule keeps climbing."""
        yield from self.tiers
        last = self.tiers[-1]
        if last.last is None:
            return
        for step in count(1):
            first = last.last + 1 + (step - 1) * self.block
            yield Tier(first, first + self.block - 1, last.rate + step * self.increment)


@dataclass(frozen=True, slots=True)
class FeeSchedules:
    """Both modes of an office."""

    per_item: FeeSchedule
    per_page: FeeSchedule


NATIONAL_SCHEDULES = FeeSchedules(
    # All kinds of decision, per applicant and calendar month.
    per_item=FeeSchedule(
        (Tier(1, 10, 0), Tier(11, 30, 100), Tier(31, 40, 200), Tier(41, 50, 300)), block=10, increment=100
    ),
    # Per single request; one side of A4 or smaller is a page.
    per_page=FeeSchedule((Tier(1, 30, 0), Tier(31, 100, 10), Tier(101, 200, 20), Tier(201, None, 40))),
)


@dataclass(frozen=True, slots=True)
class FeeLine:
    """What fell in one bracket: `count` units at `rate`, `amount` whole yuan; `last` None for an open end."""

    first: int
    last: int | None
    rate: int
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class FeeResult:
    """A charge line by line, in whole yuan; brackets in which nothing fell are left out."""

    total: int
    lines: tuple[FeeLine, ...]

    def as_json(self) -> dict[str, Any]:
        """The object `yishen fee --json` prints."""
        tiers = [
            {"from": line.first, "to": line.last, "rate": line.rate, "count": line.count, "amount": line.amount}
            for line in self.lines
        ]
        return {"total": self.total, "tiers": tiers}


def fee(mode: Mode, quantity: int, *, already: int = 0, tiers: FeeSchedules = NATIONAL_SCHEDULES) -> FeeResult:
    """The charge for one request.

    Args:
        mode: per item or per page.
        quantity: per item the applicant's items in the calendar month, this request included; per page its pages,
            which are never added up over requests.
        already: per item, how many of the month's items were there before this request.
        tiers: the office's brackets.

    Raises:
        FeeError: a negative number, more before than in total, pages with `already`, or beyond ITEMS_MAX.
    """
    unit = "件数" if mode is Mode.PER_ITEM else "页数"
    if quantity < 0 or already < 0:
        raise FeeError(said("%(unit)s不能为负", unit=unit))
    if mode is Mode.PER_PAGE and already:
        raise FeeError("页数按单件申请计算，不与此前的申请累计")
    if already > quantity:
        raise FeeError(said("此前的 %(already)s 件多于当月合计 %(quantity)s 件", already=already, quantity=quantity))
    if mode is Mode.PER_ITEM and quantity > ITEMS_MAX:
        raise FeeError(said("%(unit)s超过 %(items_max)s", unit=unit, items_max=ITEMS_MAX))
    schedule = tiers.per_item if mode is Mode.PER_ITEM else tiers.per_page
    lines = []
    for tier in schedule.brackets():
        if tier.first > quantity:
            break
        last = quantity if tier.last is None else min(tier.last, quantity)
        units = last - max(tier.first, already + 1) + 1
        if units > 0:
            lines.append(FeeLine(tier.first, tier.last, tier.rate, units, units * tier.rate))
    return FeeResult(sum(line.amount for line in lines), tuple(lines))

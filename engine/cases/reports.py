"""Reports on the work of a period: each is a class that says how it counts and gives its figures as a table.

All of them look at the same cases: those concluded in the period (answered, or closed without a reply), without drills.
What is about replies looks at the answered ones.
"""

import math
import statistics
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from engine.cases.accounts import office_agency
from engine.cases.desk import Actor, Desk
from engine.cases.measured import STOPS, CaseFact, Period, measure
from engine.cases.permissions import Permission, require
from engine.statute.decisions import DECISIONS
from engine.statute.reviews import REVIEW_TITLES, ReviewKind

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a report: what it is about, its figures, and the filters under which the list of cases shows them."""

    title: str
    figures: tuple[Cell, ...]
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A report's figures. `formula` says how they are counted; shares are percentages with one decimal place."""

    id: str
    title: str
    formula: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]


class Report(ABC):
    """A report: `id` and `title`, the `formula` in words, the heads of its columns."""

    id: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    head: ClassVar[tuple[str, ...]]

    def table(self, facts: Sequence[CaseFact]) -> Table:
        """The report on these cases."""
        return Table(self.id, self.title, self.formula, self.head, tuple(self.lines(facts)))

    @abstractmethod
    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        """The rows, the total first where there is one."""


def _answered(facts: Sequence[CaseFact]) -> list[CaseFact]:
    return [one for one in facts if one.replied_on is not None]


def _share(part: int, whole: int) -> float | None:
    """A percentage with one decimal place; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def percentile(values: Sequence[int], share: int) -> int | None:
    """The smallest value that `share` per cent of the values do not exceed (nearest rank); None of nothing."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share / 100 * len(ranked)), 1) - 1] if ranked else None


def _median(values: Sequence[int]) -> float | None:
    return float(statistics.median(values)) if values else None


def _grouped(facts: Sequence[CaseFact], key: Callable[[CaseFact], str]) -> list[tuple[str, list[CaseFact]]]:
    found: dict[str, list[CaseFact]] = {}
    for one in facts:
        found.setdefault(key(one), []).append(one)
    return sorted(found.items())


def _decision(code: str) -> str:
    return f"{code} {DECISIONS[code].title}" if code in DECISIONS else code or "未写明"


def _place(code: str) -> int:
    """Where a decision stands in the order of the return."""
    return list(DECISIONS).index(code) if code in DECISIONS else len(DECISIONS)


def _by_decision(code: str) -> dict[str, str]:
    return {"decision": code} if code in DECISIONS else {}


class OnTimeRate(Report):
    """按期办结率."""

    id = "on_time"
    title = "按期办结率"
    formula = "按期办结率 = 期间内答复且未超过法定期限的件数 ÷ 期间内答复的件数；被责令重新答复的，以最近一次为准"
    head = ("范围", "答复", "按期", "超期", "按期办结率（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        facts = _answered(facts)
        yield self._line("全部", facts)
        for unit, found in _grouped(facts, lambda one: one.unit):
            yield self._line(unit or "未定科室", found)
        for handler, found in _grouped(facts, lambda one: one.handler):
            yield self._line(f"　{handler or '未定经办人'}", found)

    def _line(self, title: str, facts: Sequence[CaseFact]) -> Line:
        judged = [one for one in facts if one.in_time is not None]
        good = sum(one.in_time is True for one in judged)
        return Line(title, (len(facts), good, len(judged) - good, _share(good, len(judged))))


class ElapsedDays(Report):
    """办理用时."""

    id = "elapsed"
    title = "办理用时（工作日）"
    formula = (
        "自收到申请之日的次日至答复之日的工作日数，含不计入期限的时间；中位数为排序居中者，"
        "九成位为九成的申请不超过的最小工作日数"
    )
    head = ("范围", "件数", "中位数", "九成位", "最长")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        facts = _answered(facts)
        yield self._line("全部", facts, {})
        for unit, found in _grouped(facts, lambda one: one.unit):
            yield self._line(unit or "未定科室", found, {})
        for code, found in sorted(_grouped(facts, lambda one: one.decision), key=lambda pair: _place(pair[0])):
            yield self._line(f"　{_decision(code)}", found, _by_decision(code))

    def _line(self, title: str, facts: Sequence[CaseFact], filters: Mapping[str, str]) -> Line:
        days = [one.working_days for one in facts]
        return Line(title, (len(days), _median(days), percentile(days, 90), max(days, default=None)), filters)


class StepDays(Report):
    """各环节用时."""

    id = "steps"
    title = "各环节用时（工作日）"
    formula = "期间内办结的申请，各环节自打开之日的次日至完成之日的工作日数；同日完成的为 0"
    head = ("环节", "次数", "中位数", "九成位", "最长")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        found: dict[str, list[int]] = {}
        for one in facts:
            for step in one.steps:
                found.setdefault(step.name, []).append(step.working_days)
        for name, days in sorted(found.items(), key=lambda pair: (-(percentile(pair[1], 90) or 0), pair[0])):
            yield Line(name, (len(days), _median(days), percentile(days, 90), max(days)))


class StoppedDays(Report):
    """不计入期限的时间."""

    id = "stopped"
    title = "不计入期限的时间（工作日）"
    formula = (
        "征求意见自发出至收到意见或者期限届满，补正、缴费自告知送达至补正、缴清；同一日因两种原因停止的，合计只算一次"
    )
    head = ("原因", "涉及件数", "工作日合计", "平均每件")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        yield self._line("合计", [one.stopped_days for one in facts])
        for kind in STOPS:
            yield self._line(kind, [one.stopped[kind] for one in facts])

    def _line(self, title: str, days: Sequence[int]) -> Line:
        some = [one for one in days if one]
        return Line(title, (len(some), sum(some), round(sum(some) / len(some), 1) if some else None))


class Returns(Report):
    """退回修改."""

    id = "returns"
    title = "退回修改"
    formula = (
        "退回率 = 审核、审查、签发、核发环节退回的次数 ÷ 该环节完成的次数；一次通过率 = 从未被退回的件数 ÷ 办结件数"
    )
    head = ("环节", "完成次数", "退回次数", "退回率（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        done: Counter[str] = Counter()
        returned: Counter[str] = Counter()
        for one in facts:
            for step in one.steps:
                done[step.name] += 1
                returned[step.name] += step.returned
        clean = sum(not any(step.returned for step in one.steps) for one in facts)
        yield Line("一次通过的申请", (len(facts), len(facts) - clean, _share(len(facts) - clean, len(facts))))
        for name, times in returned.most_common():
            if times:
                yield Line(name, (done[name], times, _share(times, done[name])))


class Corrections(Report):
    """补正."""

    id = "corrections"
    title = "补正"
    formula = "补正率 = 送达过补正告知书的件数 ÷ 办结件数；一次性告知（条例第三十条），两次以上的另列"
    head = ("范围", "件数", "占办结件数（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        once = sum(one.corrections >= 1 for one in facts)
        again = sum(one.corrections >= 2 for one in facts)
        yield Line("要求补正", (once, _share(once, len(facts))))
        yield Line("两次以上", (again, _share(again, len(facts))))


class DecisionShares(Report):
    """各类决定占比."""

    id = "decisions"
    title = "各类决定占比"
    formula = "占比 = 该种结果的件数 ÷ 期间内办结的件数；撤回、视为放弃等不需答复而结案的也计入"
    head = ("决定", "件数", "占比（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        counted = Counter(one.decision for one in facts)
        for code in sorted(counted, key=_place):
            yield Line(_decision(code), (counted[code], _share(counted[code], len(facts))), _by_decision(code))


class ReviewRate(Report):
    """复议诉讼率."""

    id = "reviews"
    title = "复议诉讼率"
    formula = (
        "复议率 = 期间内答复、此后被申请复议的件数 ÷ 期间内答复的件数，诉讼同；"
        "纠正率 = 其中结果纠正的件数 ÷ 被复议、诉讼的件数"
    )
    head = ("类别", "件数", "占答复件数（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        facts = _answered(facts)
        for kind in ReviewKind:
            count = sum(kind in one.reviews for one in facts)
            yield Line(REVIEW_TITLES[kind], (count, _share(count, len(facts))))
        challenged = [one for one in facts if one.reviews]
        corrected = sum(one.corrected for one in challenged)
        yield Line("结果纠正（占被复议、诉讼件数）", (corrected, _share(corrected, len(challenged))))


REPORTS: tuple[Report, ...] = (
    OnTimeRate(),
    ElapsedDays(),
    StepDays(),
    StoppedDays(),
    Returns(),
    Corrections(),
    DecisionShares(),
    ReviewRate(),
)
"""Every report, in the order of the page."""


def reports(desk: Desk, actor: Actor | None, period: Period) -> tuple[Table, ...]:
    """All reports on a period; `actor` None is the server's own command line. Raises NotPermitted."""
    if actor is not None:
        require(actor, Permission.REPORTS_MEASURES_READ)
    with desk.reading() as session:
        agency_id = office_agency(session, desk).id if actor is None else actor.agency_id
        facts = measure(desk, session, agency_id, period)
    return tuple(one.table(facts) for one in REPORTS)


def this_year(today: date) -> Period:
    """From New Year's Day to today."""
    return Period(today.replace(month=1, day=1), today)

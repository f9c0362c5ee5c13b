"""Reports on the work of a period: each is a class that says how it counts and gives its figures as a table.

All of them look at the same cases: those concluded in the period (answered, or closed without a reply), without drills.
What is about replies looks at the answered ones.
"""

import math
import statistics
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from engine.cases.accounts import office_agency
from engine.cases.desk import Actor, Desk
from engine.cases.measured import CaseFact, Period, measure
from engine.cases.permissions import Permission, require
from engine.cases.stops import STOPS
from engine.statute.decisions import DECISIONS
from engine.statute.reviews import REVIEW_TITLES, ReviewKind

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A case that a figure counts; `note` says what it contributes: 12 个工作日, 超期."""

    case_id: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it was counted from: as many as the figure says where it is a number of cases or of times,
    every value behind it where it is a median or a share.
    """

    value: Cell
    counted: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a report: `key` in the address of its lists, what it is about, its figures."""

    key: str
    title: str
    cells: tuple[Figure, ...]

    @property
    def figures(self) -> tuple[Cell, ...]:
        """The values alone."""
        return tuple(cell.value for cell in self.cells)


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


def _cases(facts: Iterable[CaseFact], note: Callable[[CaseFact], str] = lambda _one: "") -> tuple[Counted, ...]:
    return tuple(Counted(one.id, note(one)) for one in facts)


def _number(counted: tuple[Counted, ...]) -> Figure:
    """How many there are."""
    return Figure(len(counted), counted)


def _part(part: Sequence[object], whole: tuple[Counted, ...]) -> Figure:
    """What share of the whole the part is; the whole is what it opens."""
    return Figure(_share(len(part), len(whole)), whole)


def _spread(days: Sequence[int], counted: tuple[Counted, ...]) -> tuple[Figure, ...]:
    """How many, their median, 90th percentile and highest value."""
    middle = (_median(days), percentile(days, 90), max(days, default=None))
    return (_number(counted), *(Figure(value, counted) for value in middle))


def _working_days(days: int) -> str:
    return f"{days} 个工作日"


def _grouped(
    facts: Sequence[CaseFact], key: Callable[[CaseFact], str], title: Callable[[CaseFact], str]
) -> list[tuple[str, str, list[CaseFact]]]:
    """(key, title, cases) of each group, by title."""
    found: dict[str, list[CaseFact]] = {}
    for one in facts:
        found.setdefault(key(one), []).append(one)
    return sorted(((name, title(group[0]), group) for name, group in found.items()), key=lambda one: (one[1], one[0]))


def _by_unit(facts: Sequence[CaseFact]) -> list[tuple[str, str, list[CaseFact]]]:
    return _grouped(facts, lambda one: f"unit:{one.unit_id or 0}", lambda one: one.unit or "未定科室")


def _by_decision(facts: Sequence[CaseFact]) -> list[tuple[str, str, list[CaseFact]]]:
    """In the order of the return."""
    order = list(DECISIONS)
    found = _grouped(facts, lambda one: f"decision:{one.decision}", lambda one: _decision(one.decision))
    places = {f"decision:{code}": place for place, code in enumerate(order)}
    return sorted(found, key=lambda one: places.get(one[0], len(order)))


def _decision(code: str) -> str:
    return f"{code} {DECISIONS[code].title}" if code in DECISIONS else code or "未写明"


class OnTimeRate(Report):
    """按期办结率."""

    id = "on_time"
    title = "按期办结率"
    formula = "按期办结率 = 期间内答复且未超过法定期限的件数 ÷ 期间内答复的件数；被责令重新答复的，以最近一次为准"
    head = ("范围", "答复", "按期", "超期", "按期办结率（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        facts = _answered(facts)
        yield self._line("all", "全部", facts)
        for key, title, found in _by_unit(facts):
            yield self._line(key, title, found)
        for key, title, found in _grouped(
            facts, lambda one: f"handler:{one.handler_id or 0}", lambda one: one.handler or "未定经办人"
        ):
            yield self._line(key, f"　{title}", found)

    def _line(self, key: str, title: str, facts: Sequence[CaseFact]) -> Line:
        def said(one: CaseFact) -> str:
            return "按期" if one.in_time else "超期"

        judged = [one for one in facts if one.in_time is not None]
        good = [one for one in judged if one.in_time]
        bad = [one for one in judged if not one.in_time]
        rate = _part(good, _cases(judged, said))
        return Line(key, title, (_number(_cases(facts)), _number(_cases(good, said)), _number(_cases(bad, said)), rate))


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
        yield self._line("all", "全部", facts)
        for key, title, found in _by_unit(facts):
            yield self._line(key, title, found)
        for key, title, found in _by_decision(facts):
            yield self._line(key, f"　{title}", found)

    def _line(self, key: str, title: str, facts: Sequence[CaseFact]) -> Line:
        days = [one.working_days for one in facts]
        return Line(key, title, _spread(days, _cases(facts, lambda one: _working_days(one.working_days))))


class StepDays(Report):
    """各环节用时."""

    id = "steps"
    title = "各环节用时（工作日）"
    formula = "期间内办结的申请，各环节自打开之日的次日至完成之日的工作日数；同日完成的为 0"
    head = ("环节", "次数", "中位数", "九成位", "最长")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        found: dict[str, list[tuple[int, int]]] = {}
        for one in facts:
            for step in one.steps:
                found.setdefault(step.name, []).append((one.id, step.working_days))
        ranked = {name: percentile([days for _id, days in times], 90) or 0 for name, times in found.items()}
        for name in sorted(found, key=lambda name: (-ranked[name], name)):
            counted = tuple(Counted(case_id, _working_days(days)) for case_id, days in found[name])
            yield Line(f"step:{name}", name, _spread([days for _id, days in found[name]], counted))


class StoppedDays(Report):
    """不计入期限的时间."""

    id = "stopped"
    title = "不计入期限的时间（工作日）"
    formula = (
        "征求意见自发出至收到意见或者期限届满，补正、缴费自告知送达至补正、缴清；同一日因两种原因停止的，合计只算一次"
    )
    head = ("原因", "涉及件数", "工作日合计", "平均每件")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        yield self._line("all", "合计", [(one.id, one.stopped_days) for one in facts])
        for kind in STOPS:
            yield self._line(f"stop:{kind}", kind, [(one.id, one.stopped[kind]) for one in facts])

    def _line(self, key: str, title: str, days: Iterable[tuple[int, int]]) -> Line:
        some = [(case_id, count) for case_id, count in days if count]
        counted = tuple(Counted(case_id, _working_days(count)) for case_id, count in some)
        total = sum(count for _id, count in some)
        mean = round(total / len(some), 1) if some else None
        return Line(key, title, (_number(counted), Figure(total, counted), Figure(mean, counted)))


class Returns(Report):
    """退回修改."""

    id = "returns"
    title = "退回修改"
    formula = (
        "退回率 = 审核、审查、签发、核发环节退回的次数 ÷ 该环节完成的次数；一次通过率 = 从未被退回的件数 ÷ 办结件数"
    )
    head = ("环节", "完成次数", "退回次数", "退回率（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        done: dict[str, list[Counted]] = {}
        returned: dict[str, list[Counted]] = {}
        for one in facts:
            for step in one.steps:
                counted = Counted(one.id, "退回" if step.returned else "通过")
                done.setdefault(step.name, []).append(counted)
                if step.returned:
                    returned.setdefault(step.name, []).append(counted)
        back = [one for one in facts if any(step.returned for step in one.steps)]
        clean = [one for one in facts if not any(step.returned for step in one.steps)]
        title = "一次通过的申请"
        rate = Figure(_share(len(clean), len(facts)), _cases(clean))
        yield Line("clean", title, (_number(_cases(facts)), _number(_cases(back)), rate))
        for name in sorted(returned, key=lambda name: (-len(returned[name]), name)):
            times, whole = tuple(returned[name]), tuple(done[name])
            yield Line(f"step:{name}", name, (_number(whole), _number(times), _part(times, whole)))


class Corrections(Report):
    """补正."""

    id = "corrections"
    title = "补正"
    formula = "补正率 = 送达过补正告知书的件数 ÷ 办结件数；一次性告知（条例第三十条），两次以上的另列"
    head = ("范围", "件数", "占办结件数（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        for times, title in ((1, "要求补正"), (2, "两次以上")):
            found = [one for one in facts if one.corrections >= times]
            counted = _cases(found, lambda one: f"{one.corrections} 次")
            yield Line(f"times:{times}", title, (_number(counted), Figure(_share(len(found), len(facts)), counted)))


class DecisionShares(Report):
    """各类决定占比."""

    id = "decisions"
    title = "各类决定占比"
    formula = "占比 = 该种结果的件数 ÷ 期间内办结的件数；撤回、视为放弃等不需答复而结案的也计入"
    head = ("决定", "件数", "占比（%）")

    def lines(self, facts: Sequence[CaseFact]) -> Iterable[Line]:
        for key, title, found in _by_decision(facts):
            counted = _cases(found)
            yield Line(key, title, (_number(counted), Figure(_share(len(found), len(facts)), counted)))


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
            counted = _cases(one for one in facts if kind in one.reviews)
            share = Figure(_share(len(counted), len(facts)), counted)
            yield Line(f"kind:{kind}", REVIEW_TITLES[kind], (_number(counted), share))
        challenged = [one for one in facts if one.reviews]
        corrected = _cases(one for one in challenged if one.corrected)
        share = Figure(_share(len(corrected), len(challenged)), _cases(challenged))
        yield Line("corrected", "结果纠正（占被复议、诉讼件数）", (_number(corrected), share))


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
    with desk.reporting() as session:
        agency_id = office_agency(session, desk).id if actor is None else actor.agency_id
        facts = measure(desk, session, agency_id, period)
    return tuple(one.table(facts) for one in REPORTS)


def this_year(today: date) -> Period:
    """From New Year's Day to today."""
    return Period(today.replace(month=1, day=1), today)

"""The register (台账) of a case type and the figures drawn from it, as `case.toml` declares them.

A figure and its list come from the same rows: each case says how much it counts, so every figure opens the cases
behind it.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import visible
from engine.cases.column_values import column_values, live, newest_answers
from engine.cases.definitions import case_types, current_definition
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound
from engine.cases.ledger import events_of
from engine.cases.permissions import Permission, require
from engine.cases.register_export import safe_text
from engine.process import Definition
from engine.process.case_type import CaseRegister, Measure
from engine.process.expressions import Scalar, compile_expression, is_scalar
from engine.statute.said import said
from engine.store.tables import Case, LegalEvent

_EVENTS = frozenset({"events"})


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or one quarter of it (1 to 4)."""

    year: int
    quarter: int | None = None

    @property
    def days(self) -> tuple[date, date]:
        """First and last day, both included."""
        if self.quarter is None:
            return date(self.year, 1, 1), date(self.year, 12, 31)
        first = 3 * self.quarter - 2
        last = (31, 30, 30, 31)[self.quarter - 1]
        return date(self.year, first, 1), date(self.year, first + 2, last)

    @property
    def title(self) -> str:
        """In words."""
        return (
            said("%(year)s年", year=self.year)
            if self.quarter is None
            else said("%(year)s年第%(value)s季度", year=self.year, value=self.quarter)
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the register: its cells in the order of the columns, and for each figure (of, met)."""

    case_id: int
    cells: tuple[str, ...]
    counts: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the register: `met` of `of`."""

    id: str
    title: str
    of: int
    met: int

    @property
    def percent(self) -> int | None:
        """The share in whole per cent; None where there is nothing to count."""
        return round(100 * self.met / self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The register of a period. `shown` names the figure whose cases are listed, `unmet` that only the others are."""

    case_type: str
    title: str
    period: Period
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    figures: tuple[Figure, ...]
    years: tuple[int, ...]
    shown: str = ""
    unmet: bool = False


def registers(desk: Desk, actor: Actor) -> list[tuple[str, str]]:
    """The registers there are: (case type, title)."""
    require(actor, Permission.OFFICE_CASES_READ)
    with desk.reading() as session:
        found = [one.case_type for one in case_types(session, desk.library)]
        return [(one.id, one.register.title) for one in found if one.register is not None]


def register_page(
    desk: Desk, actor: Actor, case_type: str, period: Period | None = None, shown: str = "", *, unmet: bool = False
) -> RegisterPage:
    """The register of a period (default: the current quarter). Drills stay out. Raises NotFound, NotPermitted."""
    require(actor, Permission.OFFICE_CASES_READ)
    today = desk.today()
    period = period or Period(today.year, (today.month + 2) // 3)
    with desk.reading() as session:
        definition = current_definition(session, desk.library, case_type)
        register = definition.case_type.register
        if register is None:
            raise NotFound("这类事项没有台账。")
        query = visible(select(Case).where(Case.case_type == case_type, Case.drill.is_(False)), actor)
        cases = session.scalars(query.order_by(Case.id)).all()
        ledgers = events_of(session, [case.id for case in cases])
        first, last = period.days
        dated = {case.id: _day(register, ledgers[case.id]) for case in cases}
        chosen = [case for case in cases if (day := dated[case.id]) is not None and first <= day <= last]
        lines = list(_lines(session, desk, definition, chosen, ledgers))
        years = {day.year for day in dated.values() if day is not None} | {today.year}
    figures = tuple(
        Figure(
            one.id,
            one.title,
            sum(line.counts[one.id][0] for line in lines),
            sum(line.counts[one.id][1] for line in lines),
        )
        for one in definition.case_type.measures
    )
    if shown in {one.id for one in figures}:
        lines = [
            line
            for line in lines
            if line.counts[shown][0] and (not unmet or line.counts[shown][1] < line.counts[shown][0])
        ]
    else:
        shown = ""
    return RegisterPage(
        case_type,
        register.title,
        period,
        tuple(column.title for column in register.columns),
        tuple(lines),
        figures,
        tuple(sorted(years, reverse=True)),
        shown,
        unmet,
    )


def _day(register: CaseRegister, rows: Sequence[LegalEvent]) -> date | None:
    """The day by which the case falls into a period: that of the first event of the register's type."""
    return next((row.on for row in live(rows) if row.type == register.by), None)


def _lines(
    session: Session,
    desk: Desk,
    current: Definition,
    cases: Sequence[Case],
    ledgers: Mapping[int, Sequence[LegalEvent]],
) -> Iterator[Line]:
    register = current.case_type.register
    assert register is not None, "asked before"
    answers = newest_answers(session, [case.id for case in cases])
    written = column_values(session, desk, register.columns, cases, ledgers, answers)
    tellers = [_counter(one) for one in current.case_type.measures]
    for case in cases:
        rows, given = live(ledgers[case.id]), answers[case.id]
        counts = {
            one.id: count(case, rows, given) for one, count in zip(current.case_type.measures, tellers, strict=True)
        }
        yield Line(case.id, written[case.id], counts)


_Count = Callable[[Case, Sequence[LegalEvent], Mapping[str, Any]], tuple[int, int]]


def _counter(measure: Measure) -> _Count:
    """How one case counts for a figure: (of, met), over its rows where the figure is about rows."""
    of, met = compile_expression(measure.of, _EVENTS), compile_expression(measure.met, _EVENTS)

    def count(case: Case, rows: Sequence[LegalEvent], given: Mapping[str, Any]) -> tuple[int, int]:
        facts: dict[str, int] = {}
        for row in rows:
            facts[row.type] = facts.get(row.type, 0) + 1
        known = {**given, "in_time": case.in_time, "closed": case.closed_at is not None}
        units: list[Mapping[str, Any]] = [known]
        if measure.rows is not None:
            listed = given.get(measure.rows)
            units = [{**known, **row} for row in listed or () if isinstance(row, Mapping)]
        total = 0
        counted = 0
        for unit in units:

            def lookup(name: str, unit: Mapping[str, Any] = unit) -> Scalar:
                value = unit.get(name)
                return value if is_scalar(value) else str(value)[:200]

            whole = int(of.evaluate(lookup, facts) or 0)
            total += whole
            counted += min(whole, int(met.evaluate(lookup, facts) or 0))
        return total, counted

    return count


def register_xlsx(page: RegisterPage) -> bytes:
    """The register and its figures as a workbook."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = "台账"
    sheet.append([f"{page.title}　{page.period.title}"])
    counted = ["应计", "已达"] if page.shown else []
    sheet.append(["序号", *page.heads, *counted])
    for number, line in enumerate(page.lines, start=1):
        sheet.append([number, *(safe_text(cell) for cell in line.cells), *line.counts.get(page.shown, ())])
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A3"
    for index in range(1, len(page.heads) + len(counted) + 2):
        sheet.column_dimensions[get_column_letter(index)].width = 8 if index == 1 else 22
    figures = book.create_sheet("统计")
    figures.append([f"{page.title}　{page.period.title}"])
    figures.append(["指标", "应计", "已达", "比例"])
    for one in page.figures:
        figures.append([one.title, one.of, one.met, "" if one.percent is None else f"{one.percent}%"])
    figures.column_dimensions["A"].width = 30
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()

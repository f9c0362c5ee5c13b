"""The list behind every figure of a report: exactly the cases that were counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine.cases.access import visible
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound
from engine.cases.measured import Period
from engine.cases.page import Page
from engine.cases.reports import Cell, Counted, Line, Table, reports
from engine.store.tables import Account, Case


@dataclass(frozen=True, slots=True)
class CountedCase:
    """A line of the list behind a figure. `number` None: a case that the reader may not see is counted, not shown."""

    note: str
    case_id: int = 0
    number: str | None = None
    subject: str = ""
    handler: str = ""
    received_on: date | None = None
    concluded_on: date | None = None
    decision: str = ""
    in_time: bool | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """What a figure of a report was counted from: report, row, column, value, and a page of its lines."""

    table: Table
    line: Line
    column: str
    value: Cell
    page: Page[CountedCase]


def behind(
    desk: Desk, actor: Actor, period: Period, asked: tuple[str, str, int], number: int = 1, size: int = 50
) -> Behind:
    """The list behind a figure; `asked`: id of the report, key of the row, place of the figure from 0.

    It has as many lines as the figure says. Raises NotPermitted, NotFound when the period has no such figure.
    """
    report_id, key, place = asked
    table = next((one for one in reports(desk, actor, period) if one.id == report_id), None)
    line = next((one for one in table.lines if one.key == key), None) if table else None
    if table is None or line is None or not 0 <= place < len(line.cells):
        raise NotFound("这段期间的统计里没有这个数字。")
    figure = line.cells[place]
    part = figure.counted[(number - 1) * size : number * size]
    with desk.reading() as session:
        ids = {one.case_id for one in part}
        seen = {one.id: one for one in session.scalars(visible(select(Case).where(Case.id.in_(ids)), actor))}
        wanted = select(Account.id, Account.name).where(Account.id.in_({one.handler_id for one in seen.values()}))
        names = dict(session.execute(wanted).all())
    rows = tuple(_row(desk, one, seen.get(one.case_id), names) for one in part)
    return Behind(table, line, table.head[place + 1], figure.value, Page(rows, len(figure.counted), number, size))


def _row(desk: Desk, counted: Counted, case: Case | None, names: Mapping[int, str]) -> CountedCase:
    if case is None:
        return CountedCase(counted.note)
    return CountedCase(
        counted.note,
        case.id,
        case.number,
        case.subject,
        names.get(case.handler_id or 0, ""),
        case.received_on,
        case.replied_on or (desk.local(case.closed_at).date() if case.closed_at else None),
        case.decision or "",
        case.in_time,
    )

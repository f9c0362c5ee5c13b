"""A list of cases taken out of the system, printed or as a spreadsheet: marked with who took it and when, recorded."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.cases.audit import record_event
from engine.cases.desk import Actor, Desk
from engine.cases.filters import Filters
from engine.cases.listing import COUNTED
from engine.cases.permissions import Permission, permits, require
from engine.cases.register_export import safe_text
from engine.cases.work_tabs import Tab
from engine.cases.worklists import Row, all_cases, my_work
from engine.statute.said import said

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# As far as anybody leafs through a list, and as much as anybody prints of it.
MOST_EXPORTED = COUNTED
MOST_PRINTED = 300

Cell = str | date | int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A list taken out of the system: its rows, whether there are more, whether names are masked in them, when."""

    rows: tuple[Row, ...]
    more: bool
    masked: bool
    mark: str


def take_list(
    desk: Desk, actor: Actor, filters: Filters, told: Sequence[str], how: str, most: int, tab: Tab | None = None
) -> Taken:
    """The first rows of a list, as its pages show them, with an event in the audit trail; `tab`: of one's own work.

    `told`: the filters in words; `how`: `xlsx` or `print`. Whoever has work of his own may print its list, as he may
    print any page of it that he sees; a file, and lists of everybody's cases, need the permission to export.
    Raises NotPermitted.
    """
    require(actor, Permission.CASES_EXPORT_MAKE, *({Permission.CASES_STEP_COMPLETE} if tab and how == "print" else ()))
    found = my_work(desk, actor, tab, filters, size=most) if tab else all_cases(desk, actor, filters, size=most)
    rows = found.rows
    masked = not permits(actor, Permission.CASES_PERSONAL_REVEAL) and any(row.natural_person for row in rows)

    def record(session: Session) -> None:
        # Which cases they were can be proved from their numbers, without a list of thousands in the trail.
        numbers = hashlib.sha256("\n".join(row.number for row in rows).encode()).hexdigest()
        data = {
            "how": how,
            "list": tab or "cases",
            "rows": len(rows),
            "filters": "；".join(told),
            "masked": masked,
            "numbers": numbers,
        }
        record_event(session, actor.agency_id, f"account:{actor.id}", actor.author, desk.now(), "list_taken", data)

    desk.write(record)
    when = desk.local(desk.now()).strftime("%Y-%m-%d %H:%M")
    mark = said(
        "%(organ)s　%(who)s %(when)s　内部资料，注意保密", organ=desk.settings.office.organ, who=actor.name, when=when
    )
    return Taken(rows, found.more or found.total > len(rows), masked, mark)


def list_book(
    title: str, heads: Sequence[tuple[str, int]], lines: Sequence[Sequence[Cell]], notes: Sequence[str]
) -> bytes:
    """The xlsx file: title, notes (the first of them is the mark), heads with their widths in characters, lines.

    The mark also stands in the header and footer of every printed page, on A4 across.
    """
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new book has a sheet"
    sheet.title = title[:31]
    sheet.append([title])
    for note in notes:
        sheet.append([note])
    sheet.append([head for head, _width in heads])
    top = len(notes) + 2
    for line in lines:
        sheet.append([safe_text(value) if isinstance(value, str) else value for value in line])
    _shape(sheet, heads, top, len(notes))
    _mark(sheet, title, notes[0])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _shape(sheet: "Worksheet", heads: Sequence[tuple[str, int]], top: int, notes: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet["A1"].font = Font(bold=True, size=14)
    for place in range(2, notes + 2):
        sheet.cell(row=place, column=1).font = Font(color="808080", italic=place == 2)
    for place, (_head, width) in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        head = sheet.cell(row=top, column=place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="EEF1F5")
    for row in sheet.iter_rows(min_row=top + 1):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(cell.value, date):
                cell.number_format = "yyyy-mm-dd"
    sheet.freeze_panes = f"A{top + 1}"
    sheet.print_title_rows = f"{top}:{top}"
    sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(heads))}{max(sheet.max_row, top)}"


def _mark(sheet: "Worksheet", title: str, mark: str) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    shown = mark.replace("&", "&&")
    # Any: the stubs think that a sheet may lack its header and footer.
    header: Any = sheet.oddHeader
    footer: Any = sheet.oddFooter
    header.center.text, header.right.text = title, shown
    footer.left.text, footer.right.text = shown, "&P / &N"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

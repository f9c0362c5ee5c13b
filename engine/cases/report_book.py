"""Reports as a workbook: a sheet for each, with its formula above the figures."""

from collections.abc import Sequence
from io import BytesIO

from engine.cases.measured import Period
from engine.cases.register_export import safe_text
from engine.cases.reports import Cell, Table

_WIDTHS = (36, 12, 12, 12, 16)
_BAD_IN_TITLES = str.maketrans("", "", r"[]:*?/\\")


def report_book(tables: Sequence[Table], period: Period, organ: str) -> bytes:
    """The xlsx file."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    for table in tables:
        sheet = book.create_sheet(table.title.translate(_BAD_IN_TITLES)[:31])
        sheet.append([table.title])
        sheet.append([f"{organ}　办结日期 {period.first.isoformat()} 至 {period.last.isoformat()}，模拟测试不计"])
        sheet.append([f"口径：{table.formula}"])
        sheet.append([])
        sheet.append(list(table.head))
        for line in table.lines:
            sheet.append([_text(line.title), *map(_text, line.figures)])
        sheet["A1"].font = Font(bold=True, size=14)
        for cell in sheet[5]:
            cell.font = Font(bold=True)
        sheet.merge_cells(start_row=3, start_column=1, end_row=3, end_column=5)
        sheet["A3"].alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[3].height = 48
        for place, width in enumerate(_WIDTHS):
            sheet.column_dimensions["ABCDE"[place]].width = width
        sheet.freeze_panes = "A6"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _text(value: Cell) -> Cell:
    return safe_text(value) if isinstance(value, str) else value

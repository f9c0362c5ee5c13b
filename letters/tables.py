"""Tables of letters and forms: lists over the rows of a field, label-and-value sheets, forms of four columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from docx.document import Document as DocumentType
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from letters.letterform import element, write

# Label, value, label, value: together the 156 mm of the type area.
_FORM_MM: Final = (31, 47, 31, 47)
# Styles of head, first column and further columns; papers are set smaller than letters.
_GRID_STYLES: Final = {
    "figures": ("表格标题", "表格居中", "表格数字"),
    "words": ("表格标题", "表格居中", "表格文字"),
    "paper": ("表单标题", "表单居中", "表单文字"),
}


def fill(cell: _Cell, text: str, style: str = "表格文字") -> None:
    """Put text into a table cell's only paragraph."""
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    write(paragraph, text)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


@dataclass(frozen=True, slots=True)
class Grid:
    """The texts of a table over the rows of `field`: head, one row with marks, and a last row if there is a total.

    `of` says what the further columns hold: figures, words, or the words of a paper, which are set smaller.
    """

    field: str
    heads: tuple[str, ...]
    marks: tuple[str, ...]
    widths_mm: tuple[float, ...]
    total: tuple[str, ...] = ()
    of: Literal["figures", "words", "paper"] = "figures"


def rows_table(document: DocumentType, grid: Grid) -> None:
    """The table of a grid; first column centred, figures to the right.

    Its head repeats on every page and rows do not break; one with a total keeps together where it fits on a page.
    """
    table = document.add_table(rows=5 if grid.total else 4, cols=len(grid.heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    fill(table.rows[1].cells[0], f"{{%tr for row in {grid.field} %}}")
    fill(table.rows[3].cells[0], "{%tr endfor %}")
    filled = ((0, grid.heads), (2, grid.marks), (4, grid.total)) if grid.total else ((0, grid.heads), (2, grid.marks))
    head, centred, further = _GRID_STYLES[grid.of]
    for index, texts in filled:
        for place, (cell, text) in enumerate(zip(table.rows[index].cells, texts, strict=True)):
            fill(cell, text, head if index == 0 else further if place else centred)
            if grid.total:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
            if place and index and grid.of == "figures":
                cell.paragraphs[0].paragraph_format.right_indent = Pt(10)
    _finish(table, grid.widths_mm)
    first: Any = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no call for it
    first.append(element("tblHeader"))


def sheet(document: DocumentType, rows: Sequence[tuple[str, str]], heights_mm: Sequence[float] = ()) -> None:
    """A two-column form: label, value; `heights_mm` are least heights of rows that are written in by hand."""
    table = document.add_table(rows=len(rows), cols=2, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for index, (label, value) in enumerate(rows):
        fill(table.rows[index].cells[0], label, "表格居中")
        fill(table.rows[index].cells[1], value)
        if index < len(heights_mm):
            table.rows[index].height = Mm(heights_mm[index])
    _finish(table, (46, 110))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a form: one pair of label and value over its whole width, or two pairs side by side.

    A pair with an empty label is a text over the whole width. `height_mm` is the least height, for writing by hand.
    """

    pairs: tuple[tuple[str, str], ...]
    height_mm: float = 0


def form(document: DocumentType, lines: Sequence[Line]) -> None:
    """A form of four columns: label, value, label, value. Lines do not break across pages unless they are long."""
    table = document.add_table(rows=len(lines), cols=4, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for row, line in zip(table.rows, lines, strict=True):
        for cell, width in zip(row.cells, _FORM_MM, strict=True):
            cell.width = Mm(width)
        if line.height_mm:
            row.height = Mm(line.height_mm)
        first, *further = row.cells
        if len(line.pairs) == 1 and not line.pairs[0][0]:
            fill(first.merge(further[-1]), line.pairs[0][1], "表单文字")
        elif len(line.pairs) == 1:
            fill(first, line.pairs[0][0], "表单居中")
            fill(further[0].merge(further[-1]), line.pairs[0][1], "表单文字")
        else:
            for place, (label, value) in enumerate(line.pairs):
                fill(row.cells[2 * place], label, "表单居中")
                fill(row.cells[2 * place + 1], value, "表单文字")
    for column, width in zip(table.columns, _FORM_MM, strict=True):
        column.width = Mm(width)


def _finish(table: Table, widths_mm: Sequence[float]) -> None:
    for row in table.rows:
        properties: Any = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no call for it
        properties.append(element("cantSplit"))
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)

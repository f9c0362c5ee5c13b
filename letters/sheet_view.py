"""A finished letter as lines and tables, for reading it in a browser before it goes out.

The words and their order are the document's; what a page shows of them (head, number, title, signature) follows from
the styles of the templates. Where lines and pages break is Word's matter.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from letters.render import PREVIEW_MARK

Kind = Literal[
    "number", "title", "to", "body", "heading", "annex", "only-annex", "sign", "note", "remark", "head", "left",
    "center", "right"
]  # fmt: skip

_KINDS: Final[dict[str, Kind]] = {
    "文号": "number", "标题文字": "title", "封面大字": "title", "主送": "to", "正文文字": "body", "一级标题": "heading",
    "附件说明": "annex", "附件说明（单件）": "only-annex",
    "署名": "sign", "署名（长）": "sign", "附注": "note", "表格说明": "remark", "表单抬头": "head",
}  # fmt: skip
_ALIGNED: Final[dict[WD_ALIGN_PARAGRAPH | None, Kind]] = {
    WD_ALIGN_PARAGRAPH.CENTER: "center",
    WD_ALIGN_PARAGRAPH.RIGHT: "right",
}
_LABELS: Final = frozenset({"表格居中", "表格标题", "表单居中", "表单标题"})


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: what it is on the page, and its text (line breaks kept)."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, over `span` columns; `label` cells name what stands beside or below them."""

    text: str
    span: int
    label: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """One table, row by row; `headed`: its first row is the head that every page repeats."""

    rows: tuple[tuple[Cell, ...], ...]
    headed: bool


@dataclass(frozen=True, slots=True)
class SheetView:
    """A letter to be read: the organ's name in its head ("" for a form), whether it is a preview, and its parts."""

    head: str
    preview: bool
    parts: tuple[Line | Rows, ...]


def sheet_view(letter: bytes) -> SheetView:
    """Read a .docx that `letters.render` made. Raises `ValueError` when it is no Word document."""
    try:
        document = Document(io.BytesIO(letter))
    except Exception as error:
        raise ValueError(f"不是有效的 Word 文档：{error}") from error
    above = tuple(text for text in _above(document) if text)
    return SheetView(
        head="".join(text for text in above if text != PREVIEW_MARK),
        preview=PREVIEW_MARK in above,
        parts=tuple(_parts(document)),
    )


def _above(document: DocumentType) -> Iterator[str]:
    section = document.sections[0]
    header = section.first_page_header if section.different_first_page_header_footer else section.header
    yield from (paragraph.text.strip() for paragraph in header.paragraphs)


def _parts(document: DocumentType) -> Iterator[Line | Rows]:
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            yield _table(part)
        elif part.text.strip():
            kind, text = _kind(part), part.text.strip("\n")
            if kind == "annex":
                # The tab after 附件： and before the further ones, as wide as that word.
                text = text.replace("\t", "　　　" if text.startswith("\t") else "")
            yield Line(kind, text)


def _kind(paragraph: Paragraph) -> Kind:
    style: BaseStyle | None = paragraph.style
    while style is not None:
        if style.name in _KINDS:
            return _KINDS[style.name]
        style = getattr(style, "base_style", None)
    return _ALIGNED.get(paragraph.alignment, "left")


def _table(table: Table) -> Rows:
    rows = tuple(
        tuple(_cell(_Cell(tc, table), tc.grid_span) for tc in row._tr.tc_lst)  # noqa: SLF001 - each merged cell once
        for row in table.rows
    )
    first = table.rows[0]._tr.trPr if rows else None  # noqa: SLF001 - python-docx has no call for it
    return Rows(rows, first is not None and first.find(qn("w:tblHeader")) is not None)


def _cell(cell: _Cell, span: int) -> Cell:
    paragraphs = cell.paragraphs
    styles = {paragraph.style.name for paragraph in paragraphs if paragraph.style is not None}
    return Cell("\n".join(one.text for one in paragraphs), span, bool(styles & _LABELS))

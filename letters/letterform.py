"""The look of an official letter in Word (GB/T 9704-2012, 信函格式): page, fonts, red head, signature, tables.

Only `letters.build_templates` uses it; it writes python-docx documents with Jinja marks in their text. Lengths are
points unless a name says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer, _Header
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FANG_SONG: Final = "仿宋"
TITLE_SONG: Final = "方正小标宋简体"
HEI: Final = "黑体"
SONG: Final = "宋体"
RED: Final = RGBColor(0xFF, 0x00, 0x00)
SIZE: Final = 16.0  # 3号
LINE: Final = 28.0
HEAD_CHARS: Final = 15  # characters of an organ name that fit between the ends of the red rule in full size
CHARS: Final = SIZE - 0.25  # width of one character: 28 of them fill the 156 mm of the type area

# Substitutes that Word may take when an office has not bought the first font.
_FONT_TABLE: Final = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:font w:name="仿宋"><w:altName w:val="FangSong"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>
<w:font w:name="方正小标宋简体"><w:altName w:val="华文中宋"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>
<w:font w:name="黑体"><w:altName w:val="SimHei"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>
<w:font w:name="宋体"><w:altName w:val="SimSun"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>
</w:fonts>"""


def blank_letter(title: str, *, red_head: bool) -> DocumentType:
    """An empty A4 letter with styles, margins, page numbers and, for numbered letters, the red head and rules."""
    document = Document()
    _page(document)
    _styles(document)
    _settings(document)
    _properties(document, title)
    section = document.sections[0]
    section.different_first_page_header_footer = True
    _preview_mark(section.header)
    _preview_mark(section.even_page_header)
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    if red_head:
        _red_head(section.first_page_header)
        _red_foot(section.first_page_footer)
    else:
        _preview_mark(section.first_page_header)
        # A form is handed over the counter: it should fit on one sheet.
        section.top_margin = section.bottom_margin = Mm(25)
    body = document.element.body
    for paragraph in list(body.iterchildren(qn("w:p"))):
        body.remove(paragraph)
    return document


def add(document: DocumentType | _Cell, style: str, text: str, *, keep: bool = False) -> Paragraph:
    """A paragraph in a named style of the letter; `keep` holds it on one page with what follows."""
    paragraph = document.add_paragraph(style=style)
    _run(paragraph, text)
    if keep:
        paragraph.paragraph_format.keep_with_next = True
    return paragraph


def fill(cell: _Cell, text: str, style: str = "表格文字") -> None:
    """Put text into a table cell's only paragraph."""
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    _run(paragraph, text)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


@dataclass(frozen=True, slots=True)
class Grid:
    """The texts of a table over the rows of `field`: head, one row with marks, and a last row."""

    field: str
    heads: tuple[str, ...]
    marks: tuple[str, ...]
    total: tuple[str, ...]
    widths_mm: tuple[float, ...]


def rows_table(document: DocumentType, grid: Grid) -> None:
    """The table of a grid; first column centred, figures to the right.

    Its head repeats on every page, rows do not break, and the whole keeps together where it fits on a page.
    """
    table = document.add_table(rows=5, cols=len(grid.heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    fill(table.rows[1].cells[0], f"{{%tr for row in {grid.field} %}}")
    fill(table.rows[3].cells[0], "{%tr endfor %}")
    for index, texts in ((0, grid.heads), (2, grid.marks), (4, grid.total)):
        for place, (cell, text) in enumerate(zip(table.rows[index].cells, texts, strict=True)):
            fill(cell, text, "表格标题" if index == 0 else "表格数字" if place else "表格居中")
            cell.paragraphs[0].paragraph_format.keep_with_next = True
            if place and index:
                cell.paragraphs[0].paragraph_format.right_indent = Pt(10)
    _finish(table, grid.widths_mm)
    first: Any = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no call for it
    first.append(_element("tblHeader"))


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


def _finish(table: Table, widths_mm: Sequence[float]) -> None:
    for row in table.rows:
        properties: Any = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no call for it
        properties.append(_element("cantSplit"))
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)


def _run(paragraph: Paragraph, text: str) -> None:
    run: Any = paragraph.add_run(text)._r  # noqa: SLF001 - python-docx has no call for East Asian fonts
    # Without the hint on the run, Chinese quotation marks fall to the Western face and lose their width.
    run.get_or_add_rPr().insert(0, _element("rFonts", hint="eastAsia"))


def _element(tag: str, **attributes: str) -> Any:
    # Any: python-docx and lxml disagree about the type of an element.
    element = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(29), Mm(15.8)
    properties: Any = section._sectPr  # noqa: SLF001 - python-docx has no call for the grid
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    # Type "lines" only: a character grid makes other office programs double the line pitch.
    properties.append(_element("docGrid", type="lines", linePitch="579"))


def _fonts(properties: Any, name: str) -> None:
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    properties.insert(0, _element("rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name, hint="eastAsia"))


def _style(document: DocumentType, name: str, font: str, size: float, base: str = "Normal") -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.base_style = document.styles[base]
    style.quick_style = True
    style.font.size = Pt(size)
    _fonts(style.element.get_or_add_rPr(), font)
    return style


def _indent_chars(style: ParagraphStyle, **chars: float) -> None:
    """Indents in characters for Word, and in points for programs that know only those."""
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    for side, count in chars.items():
        indent.set(qn(f"w:{side}Chars"), str(round(count * 100)))
        indent.set(qn(f"w:{side}"), str(round(count * CHARS * 20)))


def _styles(document: DocumentType) -> None:
    needed = {"Normal", "Default Paragraph Font", "Normal Table", "Table Grid", "No List", "Header", "Footer"}
    for style in list(document.styles):
        if style.name not in needed:
            style.delete()
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.font.size = Pt(SIZE)
    properties = normal.element.get_or_add_rPr()
    _fonts(properties, FANG_SONG)
    properties.insert_element_before(_element("spacing", val="-5"), "w:w", "w:kern", "w:position", "w:sz")
    properties.append(_element("lang", val="en-US", eastAsia="zh-CN"))
    form = normal.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    # No extra gaps between figures and Chinese characters: dates and document numbers stay compact. No snapping to
    # the page grid, which some programs apply even to exact line pitch.
    for tag in ("autoSpaceDE", "autoSpaceDN", "snapToGrid"):
        normal.element.get_or_add_pPr().insert_element_before(_element(tag, val="0"), "w:spacing", "w:ind", "w:jc")

    number = _style(document, "文号", FANG_SONG, SIZE)
    number.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    number.paragraph_format.space_before = Pt(10)

    title = _style(document, "标题文字", TITLE_SONG, 22)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(34)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(2 * LINE), Pt(LINE)
    title.paragraph_format.keep_with_next = True

    _style(document, "主送", FANG_SONG, SIZE)

    body = _style(document, "正文文字", FANG_SONG, SIZE)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _indent_chars(body, firstLine=2)

    _style(document, "表前文字", FANG_SONG, SIZE, "正文文字").paragraph_format.space_after = Pt(6)
    _style(document, "表后文字", FANG_SONG, SIZE, "正文文字").paragraph_format.space_before = Pt(6)

    heading = _style(document, "一级标题", HEI, SIZE, "正文文字")
    heading.paragraph_format.keep_with_next = True

    attachment = _style(document, "附件说明", FANG_SONG, SIZE)
    attachment.paragraph_format.left_indent = Pt(5 * CHARS + 22)
    attachment.paragraph_format.first_line_indent = Pt(-3 * CHARS - 22)
    attachment.paragraph_format.tab_stops.add_tab_stop(Pt(5 * CHARS + 2))

    # Organ name and date are centred in one band whose middle lies where a date stands that ends four characters
    # from the edge; a long organ name gets a wider band.
    for name, left in (("署名", 210.0), ("署名（长）", 110.0)):
        signature = _style(document, name, FANG_SONG, SIZE)
        signature.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        signature.paragraph_format.left_indent = Pt(left)
        signature.paragraph_format.keep_with_next = True
        signature.paragraph_format.keep_together = True

    note = _style(document, "附注", FANG_SONG, SIZE)
    _indent_chars(note, firstLine=2)
    note.paragraph_format.keep_together = True

    for name, font, align in (
        ("表格文字", FANG_SONG, WD_ALIGN_PARAGRAPH.LEFT),
        ("表格居中", FANG_SONG, WD_ALIGN_PARAGRAPH.CENTER),
        ("表格数字", FANG_SONG, WD_ALIGN_PARAGRAPH.RIGHT),
        ("表格说明", FANG_SONG, WD_ALIGN_PARAGRAPH.JUSTIFY),
        ("表格标题", HEI, WD_ALIGN_PARAGRAPH.CENTER),
    ):
        cell = _style(document, name, font, 14)
        cell.paragraph_format.alignment = align
        cell.paragraph_format.line_spacing = Pt(22)
    remark = document.styles["表格说明"]
    assert isinstance(remark, ParagraphStyle)  # for the type checker: made three lines above
    remark.font.size = Pt(12)
    remark.paragraph_format.line_spacing, remark.paragraph_format.space_before = Pt(18), Pt(6)


def _settings(document: DocumentType) -> None:
    settings = document.settings
    settings.odd_and_even_pages_header_footer = True


def _properties(document: DocumentType, title: str) -> None:
    package = document.part.package
    # python-docx starts from a document that carries a picture of itself, a second set of styles and a data store.
    for relations in (package.rels, document.part.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(("/thumbnail", "/stylesWithEffects", "/customXml")):
                relations.pop(key)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.language = "zh-CN"
    fonts = next(part for part in package.iter_parts() if part.partname == "/word/fontTable.xml")
    fonts._blob = _FONT_TABLE.encode()  # noqa: SLF001 - python-docx offers no font table


def _border(paragraph: Paragraph, side: str, kind: str, space: int) -> None:
    borders = _element("pBdr")
    borders.append(_element(side, val=kind, sz="24", space=str(space), color="FF0000"))
    properties: Any = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no call for borders
    properties.insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _across(paragraph: Paragraph) -> None:
    # The rules are 170 mm long and centred on the page, 8 and 6 mm beyond the type area.
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = Mm(-8), Mm(-6)


def _preview_mark(header: _Header) -> None:
    header.is_linked_to_previous = False
    first = header.paragraphs[0]
    first.style = "Normal"
    first.text = "{%p if preview %}"
    mark = header.add_paragraph(style="Normal")
    mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = mark.add_run("{{ preview }}")
    run.font.size, run.font.color.rgb = Pt(12), RGBColor(0x80, 0x80, 0x80)
    mark.paragraph_format.line_spacing = Pt(16)
    # Framed at the top of the page, so that the preview breaks its lines and pages as the letter will.
    frame = _element("framePr", w="9000", wrap="around", vAnchor="page", hAnchor="page", xAlign="center", y="680")
    properties: Any = mark._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no call for frames
    properties.insert_element_before(frame, "w:widowControl", "w:spacing", "w:ind", "w:jc", "w:rPr")
    header.add_paragraph("{%p endif %}", style="Normal")
    # A header needs a paragraph of its own when the mark is gone.
    empty = header.add_paragraph(style="Normal")
    empty.paragraph_format.line_spacing = Pt(1)


def _red_head(header: _Header) -> None:
    _preview_mark(header)
    blank: Any = header.paragraphs[-1]._p  # noqa: SLF001 - python-docx cannot take a paragraph away
    blank.getparent().remove(blank)
    for test, size in ((f"<= {HEAD_CHARS}", 30), (f"> {HEAD_CHARS}", 22)):
        header.add_paragraph(f"{{%p if organ|length {test} %}}", style="Normal")
        name = header.add_paragraph(style="Normal")
        form = name.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(36)
        name.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _across(name)
        run = name.add_run("{{ organ }}")
        run.font.size, run.font.color.rgb = Pt(size), RED
        _fonts(run._r.get_or_add_rPr(), TITLE_SONG)  # noqa: SLF001 - python-docx has no call for East Asian fonts
        _border(name, "bottom", "thickThinSmallGap", 9)
        header.add_paragraph("{%p endif %}", style="Normal")


def _red_foot(footer: _Footer) -> None:
    footer.is_linked_to_previous = False
    only = footer.paragraphs[0]
    only.style = "Normal"
    only.paragraph_format.line_spacing = Pt(12)
    _across(only)
    _border(only, "top", "thinThickSmallGap", 1)


def _page_number(footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = "Normal"
    paragraph.alignment = side
    form = paragraph.paragraph_format
    if side is WD_ALIGN_PARAGRAPH.RIGHT:
        form.right_indent = Pt(CHARS)
    else:
        form.left_indent = Pt(CHARS)
    form.line_spacing = Pt(18)
    form.space_after = Pt(16)
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text)
        run.font.size = Pt(14)
        _fonts(run._r.get_or_add_rPr(), SONG)  # noqa: SLF001 - python-docx has no call for East Asian fonts
        if text is None:
            code = _element("instrText")
            code.text = " PAGE "
            # python-docx has no call for fields
            run._r.extend([_element("fldChar", fldCharType="begin"), code, _element("fldChar", fldCharType="end")])  # noqa: SLF001

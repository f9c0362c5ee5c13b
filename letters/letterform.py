"""The look of an official letter in Word (GB/T 9704-2012, 信函格式): page, fonts, red head, signature.

`letters.build_templates` uses it, and `letters.tables` for what stands in tables; it writes python-docx documents with
Jinja marks in their text. Lengths are points unless a name says otherwise.
"""

from typing import Any, Final, Literal

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer, _Header
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
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


Page = Literal["letter", "form", "envelope"]


def blank_letter(title: str, page: Page) -> DocumentType:
    """An empty sheet with styles, margins and page numbers; a `letter` has the red head and rules.

    An `envelope` is a 7号 one (C5, 229 by 162 mm, GB/T 1416) without page numbers.
    """
    document = Document()
    _page(document)
    _styles(document)
    if page != "letter":
        _form_styles(document)
    _settings(document)
    _properties(document, title)
    section = document.sections[0]
    section.different_first_page_header_footer = True
    _preview_mark(section.header)
    _preview_mark(section.even_page_header)
    if page != "envelope":
        _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
        _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    if page == "letter":
        _red_head(section.first_page_header)
        _red_foot(section.first_page_footer)
    else:
        _preview_mark(section.first_page_header)
    if page == "envelope":
        section.page_width, section.page_height = Mm(229), Mm(162)
        section.left_margin = section.right_margin = Mm(18)
        section.top_margin = section.bottom_margin = Mm(14)
        section.header_distance = section.footer_distance = Mm(5)
    elif page == "form":
        # A form is handed over the counter: it should fit on one sheet.
        section.top_margin = section.bottom_margin = Mm(25)
        section.header_distance = section.footer_distance = Mm(12)
    body = document.element.body
    for paragraph in list(body.iterchildren(qn("w:p"))):
        body.remove(paragraph)
    return document


def add(document: DocumentType | _Cell, style: str, text: str, *, keep: bool = False) -> Paragraph:
    """A paragraph in a named style of the letter; `keep` holds it on one page with what follows."""
    paragraph = document.add_paragraph(style=style)
    write(paragraph, text)
    if keep:
        paragraph.paragraph_format.keep_with_next = True
    return paragraph


def write(paragraph: Paragraph, text: str) -> None:
    """Put text into a paragraph as one run."""
    run: Any = paragraph.add_run(text)._r  # noqa: SLF001 - python-docx has no call for East Asian fonts
    # Without the hint on the run, Chinese quotation marks fall to the Western face and lose their width.
    run.get_or_add_rPr().insert(0, element("rFonts", hint="eastAsia"))


def element(tag: str, **attributes: str) -> Any:
    """An element of the word-processing namespace, for what python-docx has no call for."""
    # Any: python-docx and lxml disagree about the type of an element.
    made = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


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
    properties.append(element("docGrid", type="lines", linePitch="579"))


def _fonts(properties: Any, name: str) -> None:
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    properties.insert(0, element("rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name, hint="eastAsia"))


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


def attachments(document: DocumentType, name: str, number: float) -> None:
    """A style for attachments whose names go on under their own first character, behind a number so wide (points)."""
    style = _style(document, name, FANG_SONG, SIZE)
    style.paragraph_format.left_indent = Pt(5 * CHARS + 2 + number)
    style.paragraph_format.first_line_indent = Pt(-3 * CHARS - 2 - number)
    style.paragraph_format.tab_stops.add_tab_stop(Pt(5 * CHARS + 2))


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
    properties.insert_element_before(element("spacing", val="-5"), "w:w", "w:kern", "w:position", "w:sz")
    properties.append(element("lang", val="en-US", eastAsia="zh-CN"))
    form = normal.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    # No extra gaps between figures and Chinese characters: dates and document numbers stay compact. No snapping to
    # the page grid, which some programs apply even to exact line pitch.
    for tag in ("autoSpaceDE", "autoSpaceDN", "snapToGrid"):
        normal.element.get_or_add_pPr().insert_element_before(element(tag, val="0"), "w:spacing", "w:ind", "w:jc")

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

    attachments(document, "附件说明", 20)

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


def _form_styles(document: DocumentType) -> None:
    """What forms and envelopes need beyond the styles of a letter."""
    for name, font, size, pitch, align in (
        ("表单抬头", FANG_SONG, 12.0, 22.0, WD_ALIGN_PARAGRAPH.LEFT),
        ("封面大字", TITLE_SONG, 22.0, 40.0, WD_ALIGN_PARAGRAPH.CENTER),
        ("表单文字", FANG_SONG, 12.0, 18.0, WD_ALIGN_PARAGRAPH.LEFT),
        ("表单居中", FANG_SONG, 12.0, 18.0, WD_ALIGN_PARAGRAPH.CENTER),
        ("表单标题", HEI, 12.0, 18.0, WD_ALIGN_PARAGRAPH.CENTER),
        ("信封文字", FANG_SONG, 14.0, 24.0, WD_ALIGN_PARAGRAPH.LEFT),
        ("信封内件", FANG_SONG, 12.0, 20.0, WD_ALIGN_PARAGRAPH.LEFT),
        ("信封收件人", FANG_SONG, 18.0, 34.0, WD_ALIGN_PARAGRAPH.LEFT),
        ("信封寄件人", FANG_SONG, 14.0, 24.0, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        style = _style(document, name, font, size)
        style.paragraph_format.alignment = align
        style.paragraph_format.line_spacing = Pt(pitch)
    for name, left, above in (("信封收件人", 45, 24), ("信封内件", 0, 40), ("信封寄件人", 95, 0)):
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)  # for the type checker: made just above
        style.paragraph_format.left_indent, style.paragraph_format.space_before = Mm(left), Pt(above)


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
    borders = element("pBdr")
    borders.append(element(side, val=kind, sz="24", space=str(space), color="FF0000"))
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
    frame = element("framePr", w="9000", wrap="around", vAnchor="page", hAnchor="page", xAlign="center", y="680")
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
            code = element("instrText")
            code.text = " PAGE "
            # python-docx has no call for fields
            run._r.extend([element("fldChar", fldCharType="begin"), code, element("fldChar", fldCharType="end")])  # noqa: SLF001

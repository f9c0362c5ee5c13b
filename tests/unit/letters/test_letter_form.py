"""The templates follow GB/T 9704-2012 and the schema that Word is strict about."""

import io
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Length
from lxml import etree

from letters.catalog import load

CATALOG = load()
NUMBERED = [entry for entry in CATALOG.letters.values() if entry.series]
FORMS = [entry for entry in CATALOG.letters.values() if not entry.series]

# Order of the children in ISO/IEC 29500-1, as far as the templates use them.
ORDER = {
    "pPr": "pStyle keepNext keepLines framePr widowControl pBdr tabs autoSpaceDE autoSpaceDN snapToGrid spacing ind jc "
    "rPr",
    "rPr": "rStyle rFonts b bCs i iCs color spacing w kern position sz szCs u lang",
    "sectPr": "headerReference pgSz pgMar cols titlePg docGrid",
    "tblPr": "tblStyle tblW jc tblBorders tblLayout tblCellMar tblLook",
}


def opened(entry):
    return Document(io.BytesIO(entry.template.read_bytes()))


def xml_parts(entry):
    with zipfile.ZipFile(entry.template) as package:
        for name in package.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                yield name, etree.fromstring(package.read(name))


@pytest.mark.parametrize("entry", NUMBERED, ids=lambda entry: entry.code)
def test_a_numbered_letter_has_the_page_of_the_standard(entry):
    section = opened(entry).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert section.different_first_page_header_footer
    assert "{{ organ }}" in [paragraph.text for paragraph in section.first_page_header.paragraphs]
    assert "PAGE" not in etree.tostring(section.first_page_footer._element).decode()
    assert "PAGE" in etree.tostring(section.footer._element).decode()
    assert "PAGE" in etree.tostring(section.even_page_footer._element).decode()


@pytest.mark.parametrize("entry", NUMBERED, ids=lambda entry: entry.code)
def test_number_title_and_signature_stand_in_their_places(entry):
    document = opened(entry)
    texts = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert texts[0] == ("文号", "{{ document_number }}")
    assert texts[1] == ("标题文字", entry.name)
    assert texts[2][0] == "主送"
    signature = [paragraph for paragraph in document.paragraphs if paragraph.style.name.startswith("署名")]
    assert [each.text for each in signature if "%" not in each.text] == ["{{ organ }}", "{{ issued_on }}"] * 2
    assert all(each.style.paragraph_format.keep_with_next for each in signature)
    assert texts[-1][0] == "附注"


def test_the_line_before_the_signature_stays_with_it():
    for entry in CATALOG.letters.values():
        paragraphs = opened(entry).paragraphs
        places = [place for place, each in enumerate(paragraphs) if each.style.name.startswith("署名")]
        if places:
            before = [each for each in paragraphs[: places[0]] if "{%p" not in each.text][-2:]
            assert all(each.paragraph_format.keep_with_next for each in before), entry.code


@pytest.mark.parametrize("entry", CATALOG.letters.values(), ids=lambda entry: entry.code)
def test_body_is_sixteen_point_fang_song_at_twenty_eight_points(entry):
    normal = opened(entry).styles["Normal"]
    fonts = normal.element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == "仿宋"
    assert normal.font.size.pt == 16
    assert normal.paragraph_format.line_spacing.pt == 28
    body = opened(entry).styles["正文文字"].element.pPr.ind
    assert body.get(qn("w:firstLineChars")) == "200"
    assert opened(entry).styles["标题文字"].font.size.pt == 22


@pytest.mark.parametrize("entry", FORMS, ids=lambda entry: entry.code)
def test_a_form_has_neither_red_head_nor_number(entry):
    with zipfile.ZipFile(entry.template) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
    assert b"FF0000" not in everything
    assert b"document_number" not in everything


@pytest.mark.parametrize("entry", CATALOG.letters.values(), ids=lambda entry: entry.code)
def test_children_stand_in_the_order_of_the_schema(entry):
    for part, root in xml_parts(entry):
        for tag, order in ORDER.items():
            ranks = {name: place for place, name in enumerate(order.split())}
            ranks["footerReference"] = ranks.get("headerReference", 0)  # the two may stand in any order
            for element in root.iter(qn(f"w:{tag}")):
                names = [etree.QName(child).localname for child in element]
                unknown = set(names) - set(ranks) if part != "word/styles.xml" else set()
                assert not unknown, f"{entry.code} {part} {tag}: {unknown}"
                places = [ranks[name] for name in names if name in ranks]
                assert places == sorted(places), f"{entry.code} {part} {tag}: {names}"


def test_no_table_is_wider_than_the_type_area():
    for entry in CATALOG.letters.values():
        for table in opened(entry).tables:
            widths = [column.width.mm for column in table.columns]
            assert sum(widths) <= 156.5, entry.code


@pytest.mark.parametrize("entry", NUMBERED, ids=lambda entry: entry.code)
def test_the_type_area_takes_twenty_two_lines_of_twenty_eight_characters(entry):
    document = opened(entry)
    section, normal = document.sections[0], document.styles["Normal"]
    width = Length(section.page_width - section.left_margin - section.right_margin)
    height = Length(section.page_height - section.top_margin - section.bottom_margin)
    assert (round(width.mm), round(height.mm)) == (156, 225)
    tighter = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert int(width.pt / (normal.font.size.pt + tighter)) == 28
    assert int(height.pt / normal.paragraph_format.line_spacing.pt) == 22
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")


@pytest.mark.parametrize("entry", NUMBERED, ids=lambda entry: entry.code)
def test_the_red_rules_are_170_mm_long_thick_over_thin_and_thin_over_thick(entry):
    section = opened(entry).sections[0]
    for part, side, kind in (
        (section.first_page_header, "bottom", "thickThinSmallGap"),
        (section.first_page_footer, "top", "thinThickSmallGap"),
    ):
        ruled = [
            each for each in part.paragraphs if each._p.pPr is not None and each._p.pPr.find(qn("w:pBdr")) is not None
        ]
        assert ruled
        for paragraph in ruled:
            form, border = paragraph.paragraph_format, paragraph._p.pPr.find(qn("w:pBdr")).find(qn(f"w:{side}"))
            assert (border.get(qn("w:val")), border.get(qn("w:color"))) == (kind, "FF0000")
            assert round(156 - form.left_indent.mm - form.right_indent.mm) == 170


@pytest.mark.parametrize("entry", NUMBERED, ids=lambda entry: entry.code)
def test_page_numbers_are_four_size_song_with_dashes_outside(entry):
    section = opened(entry).sections[0]
    for part, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        paragraph = part.paragraphs[0]
        assert paragraph.alignment.name == side
        assert [run.font.size.pt for run in paragraph.runs] == [14, 14, 14]
        assert paragraph.text.replace(" ", "") == "——"
        fonts = paragraph.runs[0]._r.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:ascii")) == "宋体"

"""Severance of a PDF: found words, blackened pages, and the proof that nothing readable is left."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from letters.pdf_text import Box, UnreadablePdf, page_count, text_of
from letters.redaction import RedactionFault, burn, clipped, find_words, has_text, leftovers, page_picture
from tests.paper import drawn_pdf, pieced_pdf

SECRET = "Zhang Wei 13800138000"


@pytest.fixture(scope="module")
def original():
    return drawn_pdf(SECRET, 3)


def test_words_are_found_on_every_page_where_they_stand(original):
    hits = find_words(original, "13800138000")
    assert [hit.page for hit in hits] == [1, 2, 3]
    # The line stands at 100 of 595 points from the left and 700 of 842 from the foot.
    assert all(0.15 < hit.left < 0.5 and 0.12 < hit.top < hit.bottom < 0.2 for hit in hits)
    assert find_words(original, "13900139000") == ()


def test_a_word_is_one_area_that_does_not_show_the_shape_of_its_letters():
    [hit] = find_words(pieced_pdf("Zhang", "Wei"), "ZhangWei")
    [first] = find_words(pieced_pdf("Zhang", "Wei"), "Zhang")
    assert (hit.left, hit.top, hit.bottom) == (first.left, first.top, first.bottom)
    assert hit.right > first.right


def test_the_severed_copy_has_no_text_and_black_areas(original):
    boxes = find_words(original, SECRET)
    severed = burn(original, boxes)
    assert page_count(severed) == 3
    assert "".join(text_of(severed)).strip() == ""
    assert b"13800138000" not in severed
    assert leftovers(severed, boxes, 3) == ()
    assert not has_text(severed)


def test_pages_keep_their_size(original):
    sizes = [page.get_size() for page in pypdfium2.PdfDocument(burn(original, find_words(original, SECRET)))]
    assert sizes == [(595, 842)] * 3


def test_only_the_marked_areas_are_black(original):
    box = Box(2, 0.5, 0.5, 0.7, 0.6)
    pages = pypdfium2.PdfDocument(burn(original, [box]))
    second = pages[1].render(scale=1).to_pil().convert("L")
    width, height = second.size
    assert second.getpixel((int(0.6 * width), int(0.55 * height))) < 40
    assert second.getpixel((int(0.8 * width), int(0.55 * height))) > 240
    assert pages[0].render(scale=1).to_pil().convert("L").getpixel((int(0.6 * width), int(0.55 * height))) > 240


def test_the_proof_sees_text_missing_pages_and_gaps(original):
    boxes = find_words(original, SECRET)
    assert any("可以提取的文字" in fault for fault in leftovers(original, (), 3))
    severed = burn(original, boxes)
    assert leftovers(severed, boxes, 4) == ("页数不对：应有 4 页，实有 3 页",)
    elsewhere = [replace(box, top=box.top + 0.3, bottom=box.bottom + 0.3) for box in boxes]
    assert len(leftovers(severed, elsewhere, 3)) == 3


def test_the_picture_of_a_page_shows_the_marks_and_the_page_under_them(original):
    picture = Image.open(io.BytesIO(page_picture(original, 1, [Box(1, 0.4, 0.4, 0.6, 0.6)]))).convert("RGB")
    width, height = picture.size
    red, green, _blue = picture.getpixel((width // 2, height // 2))
    assert red > green + 50
    with pytest.raises(RedactionFault, match="没有第 9 页"):
        page_picture(original, 9, [])


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        (Box(1, -0.2, -0.2, 0.5, 0.5), Box(1, 0, 0, 0.5, 0.5)),
        (Box(1, 0.9, 0.9, 0.1, 0.1), Box(1, 0.1, 0.1, 0.9, 0.9)),
    ],
)
def test_an_area_is_brought_onto_the_page(box, kept):
    assert clipped(box) == kept


@pytest.mark.parametrize("box", [Box(1, 0.5, 0.5, 0.5, 0.9), Box(1, 1.2, 0.1, 1.5, 0.9), Box(1, 0, 0, 0, 0)])
def test_an_area_of_nothing_is_refused(box):
    with pytest.raises(RedactionFault):
        clipped(box)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_no_pdf_is_refused(content):
    for read in (has_text, page_count, lambda data: find_words(data, "x"), lambda data: burn(data, ())):
        with pytest.raises(UnreadablePdf, match="不是有效的 PDF"):
            read(content)


def test_a_document_of_too_many_pages_is_refused(monkeypatch, original):
    from letters import redaction

    monkeypatch.setattr(redaction, "PAGE_LIMIT", 2)
    with pytest.raises(RedactionFault, match="3 页，超过 2 页"):
        burn(original, ())


def test_too_many_hits_ask_for_a_better_word(monkeypatch, original):
    from letters import redaction

    monkeypatch.setattr(redaction, "_HIT_LIMIT", 2)
    with pytest.raises(RedactionFault, match="更具体的词"):
        find_words(original, "8")

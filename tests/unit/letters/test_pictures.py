"""Every letter, short, typical and very long, looks as it did when somebody looked at it; the page has its measures."""

import io
import re
import zipfile

import pytest
from PIL import Image, ImageDraw

from letters.catalog import load
from letters.pdf_text import page_count, text_of
from tests.unit.letters.pictures import GOLDEN, TOLERANCE, chosen, difference, documents, fonts, made, picture

KEYS = [f"{entry.code}-{sample.length}" for entry, sample in chosen()]


@pytest.fixture(scope="module")
def pdfs(program):
    """All letters as PDF; skipped where LibreOffice or the fonts of the golden pictures are not installed."""
    program("soffice")
    found = made()
    wanted = (GOLDEN / "fonts.txt").read_text(encoding="utf-8")
    if fonts(found) != wanted:
        pytest.skip(f"golden pictures need the fonts {' '.join(wanted.split())}")
    return found


def test_there_is_a_golden_picture_of_every_letter_and_they_stay_small():
    assert sorted(path.stem for path in GOLDEN.glob("*.png")) == sorted(KEYS)
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < 3_000_000


@pytest.mark.parametrize("key", KEYS)
def test_a_letter_looks_as_its_golden_picture(pdfs, key):
    now = picture(pdfs[key])
    golden = Image.open(GOLDEN / f"{key}.png")
    assert now.size == golden.size, f"{key}: another number of pages"
    assert difference(now, golden) <= TOLERANCE, key


def test_the_comparison_sees_a_line_that_is_missing(pdfs):
    now = picture(pdfs["A-05-typical"])
    changed = now.copy()
    ImageDraw.Draw(changed).rectangle((0, now.height * 0.48, now.width, now.height * 0.58), fill=255)
    assert difference(now, changed) > TOLERANCE


NUMBERED = [entry.code for entry in load().letters.values() if entry.series]


@pytest.mark.parametrize("code", NUMBERED)
def test_the_signature_is_never_alone_on_a_page(pdfs, code):
    for length in ("short", "typical", "long"):
        last = text_of(pdfs[f"{code}-{length}"])[-1]
        before_date = last.split("2026 年 11 月 6 日", maxsplit=1)[0].split("2026年11月6日")[0]
        lines = [line for line in before_date.splitlines() if line.strip()]
        # The organ's own name is the last of them; what stands above it is text of the letter.
        assert len(lines) >= 2, f"{code} {length}: {lines}"


def test_no_number_is_broken_at_its_hyphen(pdfs):
    broken = {
        key: line
        for key, content in pdfs.items()
        for line in "\n".join(text_of(content)).splitlines()
        if re.search(r"\d{2,}[-\u2010\u2011\u0002\ufffe]\s*$", line)
    }
    assert not broken


def test_no_mark_of_a_letter_is_lost_in_its_pdf(pdfs):
    lost = {}
    for key, document in documents().items():
        with zipfile.ZipFile(io.BytesIO(document)) as package:
            wanted = re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())
        found = "".join(text_of(pdfs[key]))
        if marks := [mark for mark in "。，、；：）”》" if wanted.count(mark) > found.count(mark)]:
            lost[key] = marks
    assert not lost


def test_a_full_page_has_twenty_two_lines_of_twenty_eight_characters(pdfs):
    second = text_of(pdfs["A-01-long"])[1]
    body = [line for line in second.splitlines() if line.strip() and not re.fullmatch(r"\W*\d+\W*", line)]
    assert len(body) == 22
    plain = [
        line for line in text_of(pdfs["A-01-long"])[3].splitlines() if re.fullmatch(r"[\u3000-\u9fff，。、]+", line)
    ]
    assert max(len(line) for line in plain) == 28


@pytest.mark.parametrize(
    "code", [entry.code for entry in load().letters.values() if not entry.series and entry.code != "F-01"]
)
def test_a_form_filled_in_as_usual_takes_one_sheet(pdfs, code):
    assert page_count(pdfs[f"{code}-typical"]) == 1

"""What the browser puts on paper: A4, nothing cut off, as large as can be read."""

from collections.abc import Callable

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Person

Enter = Callable[..., Person]

# What A4 upright leaves between its margins, in pixels of CSS.
UPRIGHT = 673
WIDER = """(room) => [...document.querySelectorAll("table, canvas, svg.on-paper")]
    .filter(one => one.getBoundingClientRect().right > room + 1).map(one => one.getAttribute("class") || one.id)"""

# Of each line on paper: whether the arrowhead that its id leads to stands in the same drawing.
ARROWS = """() => [...document.querySelectorAll("svg.on-paper [style*='marker-end']")].map(line => {
    const head = document.getElementById(line.style.markerEnd.match(/#([\\w-]+)/)[1]);
    return head.closest("svg") === line.closest("svg");
})"""


def printed(page: Page) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))


def words(document: pypdfium2.PdfDocument, number: int) -> str:
    return document[number].get_textpage().get_text_range()


def height(document: pypdfium2.PdfDocument, number: int, wanted: str) -> float:
    """How high the first character of some words is set, in points."""
    text = document[number].get_textpage()
    found = text.search(wanted).get_next()
    assert found is not None, wanted
    _left, bottom, _right, top = text.get_charbox(found[0], loose=True)
    return top - bottom


# The whole request, and the largest of its parts.
@pytest.mark.parametrize(
    ("path", "step", "points"),
    [("/overview", "受理审查", 6), ("/overview/disclosure_request?level=handling", "研判分类", 5)],
)
def test_a_diagram_lies_across_the_sheet_readable_and_with_its_badges(
    person: Enter, path: str, step: str, points: float
) -> None:
    page = person("handler").opens(path)
    page.wait_for_selector(".diagram.drawn")
    badges = [one.replace("　", " ") for one in page.locator(".diagram-note").all_inner_texts()]
    document = printed(page)
    wide, high = document[0].get_size()
    assert wide > high
    drawing = (words(document, 0) + words(document, 1)).replace("　", " ")
    assert badges
    assert [one for one in badges if one not in drawing] == []
    assert height(document, 0, step) >= points
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert set(page.evaluate(ARROWS)) == {True}


def test_a_case_has_a_button_that_prints_it_and_its_tables_keep_to_the_sheet(person: Enter) -> None:
    page = person("handler").opens("/cases/1?tab=flow")
    page.evaluate("() => { window.print = () => { window.asked = true; }; }")
    page.locator(".case-tools").get_by_role("button", name="打印").click()
    assert page.evaluate("window.asked")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": UPRIGHT, "height": 900})
    assert page.evaluate(WIDER, UPRIGHT) == []


def test_a_chart_takes_the_width_of_the_sheet_and_its_own_again(person: Enter) -> None:
    page = person("supervisor").opens("/supervision")
    widths = "() => [...document.querySelectorAll('figure.chart canvas')].map(one => one.clientWidth)"
    page.wait_for_selector("figure.chart canvas")
    before = page.evaluate(widths)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert {round(one) for one in page.evaluate(widths)} == {UPRIGHT}
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(widths) == before
    assert max(before) > UPRIGHT


def test_a_search_says_on_its_first_sheet_what_was_looked_for_and_begins_there(person: Enter) -> None:
    page = person("handler").opens("/search?text=工程")
    first = page.locator(".hit-head a").first.inner_text()
    document = printed(page)
    assert "要找的词：工程" in words(document, 0)
    assert first in words(document, 0)

"""A diagram on the screen: what is written on it covers nothing, and what it says can be read."""

from collections.abc import Callable

from tests.browser.conftest import Person

Enter = Callable[..., Person]

# Names of what lies under one of the words beside the steps, or under the mark of the library.
COVERED = """() => {
  const shapes = [...document.querySelectorAll(".diagram .djs-shape > .djs-visual")];
  const over = [...document.querySelectorAll(".diagram-note, .bjs-powered-by img, .bjs-powered-by svg")];
  return over.flatMap(one => {
    const a = one.getBoundingClientRect();
    return shapes.filter(shape => {
      const b = shape.getBoundingClientRect();
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      return wide > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    }).map(shape => one.textContent + " " + shape.parentNode.dataset.elementId);
  });
}"""
HIGH = """() => Math.max(...[...document.querySelectorAll(".diagram .djs-shape text tspan")]
    .map(one => one.getBoundingClientRect().height))"""


def test_badges_and_the_mark_cover_nothing_and_a_wide_drawing_begins_readable(person: Enter) -> None:
    page = person("handler").opens("/overview")
    page.wait_for_selector(".diagram.drawn")
    assert page.locator(".diagram-note").count() > 3
    assert page.evaluate(COVERED) == []
    whole = page.locator("[data-zoom=fit]")
    moving = page.locator("[data-pan='1']")
    page.set_viewport_size({"width": 1024, "height": 900})
    page.goto(page.url.split("/overview")[0] + "/overview/disclosure_request?level=signoff")
    page.wait_for_selector(".diagram.drawn")
    assert page.evaluate(HIGH) >= 9
    assert moving.is_visible()
    assert page.evaluate(COVERED) == []
    whole.click()
    moving.wait_for(state="hidden")
    assert page.evaluate(COVERED) == []

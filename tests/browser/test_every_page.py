"""Every page a role works with: reachable for assistive technology, without a call to another host."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Person

Enter = Callable[..., Person]

PAGES = {
    "intake": ["/work", "/work?tab=claim", "/register/disclosure_request", "/inbox"],
    "handler": ["/work", "/work?tab=done", "/cases", "/cases/55", "/cases/55?tab=clock", "/deadline"],
    "legal": [
        "/work?tab=claim",
        "/letters",
        "/cases/15?tab=letters",
        "/outgoing",
        "/letter-templates",
        "/letter-templates/A-04",
    ],
    "leader": ["/work?tab=claim", "/cases/43"],
    "supervisor": ["/cases", "/cases?status=open", "/cases/2?tab=flow"],
    "admin": ["/admin/accounts", "/admin/units"],
    "auditor": ["/audit"],
}


@pytest.mark.parametrize("username", PAGES)
def test_pages_hold_no_barrier_and_stay_on_this_host(person: Enter, username: str) -> None:
    somebody = person(username)
    for path in PAGES[username]:
        page = somebody.opens(path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    assert not somebody.outside
    assert not somebody.complaints


def test_the_diagram_is_drawn_with_its_watermark_and_the_current_step_lit(person: Enter) -> None:
    handler = person("handler")
    page = handler.opens("/cases/55?tab=diagram")
    page.wait_for_selector(".djs-container svg .djs-shape")
    watermark = page.locator("a.bjs-powered-by")
    assert watermark.is_visible()
    assert page.locator(".djs-element.current, .djs-element.is-current, .current.djs-shape").count() >= 1
    assert not handler.outside


def test_the_language_switch_reaches_every_word_of_the_list(person: Enter) -> None:
    supervisor = person("supervisor")
    page = supervisor.opens("/cases")
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    head = page.locator("thead").first.inner_text()
    assert not any("\u4e00" <= mark <= "\u9fff" for mark in head), head
    page.get_by_role("button", name="中文").click()

"""Every page that a role can find: reachable for assistive technology, without a call to another host."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.browser.conftest import Person
from webui.app import BLUEPRINTS

Enter = Callable[..., Person]

# Accounts of the demonstration office that hold all roles between them.
ACCOUNTS = [
    "intake", "handler", "unit_zrzy", "head", "secrecy", "legal", "leader", "supervisor", "drafter", "publisher",
    "admin", "auditor",
]  # fmt: skip
# Addresses that no link of the demonstration office leads to: the way in, what machines and scripts read, and pages
# that only follow an act (registering, printing, severing, sealing), stand beside a version or filter of somebody, or
# are parted from another page where there is too much for one.
NOT_LINKED = {
    "entry.home", "entry.login", "static", "health.alive", "health.is_ready", "health.metrics",
    "cases.diagram", "overview.diagram", "processes.diagram", "severance.picture",
    "cases.registered", "batch.sheets", "outgoing.batch", "severance.show", "letters.added",
    "processes.show", "listing.kept", "supervision.causes",
}  # fmt: skip
# So many of a kind are opened to find what they lead to; the forms of steps differ, so that many of them are looked at.
OPENED = {"work.step": 12, "cases.show": 10, "accounts.edit": 4}
LOOKED_AT = {"work.step": 12}

# A small laptop; what of a page is wider than its window or its place, so that it had to be moved sideways.
SMALL, WIDE = {"width": 1024, "height": 768}, {"width": 1440, "height": 900}
WIDER = """() => [document.documentElement, ...document.querySelectorAll(".table-wrap")]
    .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => (one.getAttribute("aria-label") || one.tagName) + " " + one.scrollWidth + " > " + one.clientWidth)"""

# A drawn chart: on how many points of its canvas the colour of each series stands, which the table's heads name.
DRAWN = """figure => {
    const canvas = figure.querySelector("canvas");
    const points = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const heads = document.querySelectorAll(`#${figure.dataset.table} thead th[data-series]`);
    const probe = document.createElement("canvas").getContext("2d");
    return [...heads].map(head => {
        probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(head.dataset.colour).trim();
        probe.fillRect(0, 0, 1, 1);
        const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
        let found = 0;
        for (let at = 0; at < points.length; at += 4)
            found += points[at] === red && points[at + 1] === green && points[at + 2] === blue;
        return found;
    });
}"""

_LINK = re.compile(r'(?:href|src)="(/[^"#]*)')


@pytest.fixture(scope="module")
def routes() -> MapAdapter:
    """The addresses of the product."""
    app = Flask("webui")
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
    return app.url_map.bind("")


def links(text: str) -> Iterator[str]:
    for found in _LINK.findall(text):
        if not found.startswith("/static/"):
            yield found.replace("&amp;", "&")


def endpoint(routes: MapAdapter, path: str) -> str | None:
    try:
        return str(routes.match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return None


def pages_found(routes: MapAdapter, somebody: Person) -> tuple[dict[tuple[str, str], list[str]], set[str]]:
    """The pages that links lead to from the start page, by endpoint and tab, and every endpoint that was linked."""
    found: dict[tuple[str, str], list[str]] = {}
    linked: set[str] = set()
    waiting = [urlsplit(somebody.page.url).path]
    while waiting:
        path = waiting.pop(0)
        name = endpoint(routes, path)
        if name is None or name == "entry.logout":
            continue
        linked.add(name)
        key = (name, parse_qs(urlsplit(path).query).get("tab", [""])[0])
        if path in found.get(key, []) or len(found.get(key, [])) >= OPENED.get(name, 1):
            continue
        answer = somebody.page.request.get(somebody.server + path, max_redirects=0)
        assert answer.status in {200, 303}, f"{somebody.username} is led to {path}: {answer.status}"
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            found.setdefault(key, []).append(path)
            waiting.extend(links(answer.text()))
    return found, linked


def test_every_page_is_found_holds_no_barrier_and_fits_a_small_laptop(person: Enter, routes: MapAdapter) -> None:
    seen: set[tuple[str, str]] = set()
    linked: set[str] = set()
    faults = []
    for username in ACCOUNTS:
        somebody = person(username)
        found, led_to = pages_found(routes, somebody)
        linked |= led_to
        for key in sorted(found.keys() - seen):
            seen.add(key)
            for path in found[key][: LOOKED_AT.get(key[0], 1)]:
                report = Axe().run(somebody.opens(path))
                if report.violations_count:
                    faults.append(f"{username} {path}\n{report.generate_report()}")
                somebody.page.set_viewport_size(SMALL)
                faults += [f"{username} {path} on a small laptop: {one}" for one in somebody.page.evaluate(WIDER)]
                somebody.page.set_viewport_size(WIDE)
        assert not somebody.outside
        assert not somebody.complaints
    assert not faults, "\n".join(faults)
    pages = {rule.endpoint for rule in routes.map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - linked - NOT_LINKED == set(), "no link leads there"


def test_the_diagram_is_drawn_with_its_watermark_and_the_current_step_lit(person: Enter) -> None:
    handler = person("handler")
    page = handler.opens("/cases/55?tab=diagram")
    page.wait_for_selector(".djs-container svg .djs-shape")
    watermark = page.locator("a.bjs-powered-by")
    assert watermark.is_visible()
    assert page.locator(".djs-element.current, .djs-element.is-current, .current.djs-shape").count() >= 1
    assert not handler.outside


def test_the_charts_are_drawn_from_the_tables_beside_them_which_also_stand_alone(person: Enter) -> None:
    supervisor = person("supervisor")
    page = supervisor.opens("/supervision")
    charts = page.locator("figure.chart:visible")
    page.wait_for_selector("#by-month >> visible=true")
    assert charts.count() == page.locator("figure.chart").count() == 2
    for one in charts.all():
        assert one.locator("div[role=img]").get_attribute("aria-label")
        points = one.evaluate(DRAWN)
        # A legend alone has some hundred points of each colour.
        assert len(points) >= 3
        assert min(points) > 0
        assert sum(points) > 2000, points
    assert not supervisor.complaints, "the policy of the pages forbids nothing that a chart needs"
    assert not supervisor.outside
    plain = person("supervisor", java_script_enabled=False).opens("/supervision")
    assert plain.locator("figure.chart:visible").count() == 0
    for table in ("#by-unit", "#by-month"):
        told = [row.inner_text() for row in page.locator(f"{table} tr").all()]
        assert len(told) > 4
        assert [row.inner_text() for row in plain.locator(f"{table} tr").all()] == told


def test_the_language_switch_reaches_every_word_of_the_list(person: Enter) -> None:
    supervisor = person("supervisor")
    page = supervisor.opens("/cases")
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    head = page.locator("thead").first.inner_text()
    assert not any("\u4e00" <= mark <= "\u9fff" for mark in head), head
    page.get_by_role("button", name="中文").click()

"""Every route against everybody: what the view declares is what happens."""

import pytest
from flask import Flask

from engine.cases.accounts import account_named
from engine.cases.permissions import ROLES, permissions_of
from engine.cases.units import units
from engine.cases.versions import versions
from tests.web.barriers import barriers
from webui.app import create_app
from webui.guard import declared, prove_guarded

# A sample for each argument of a GET route.
ARGUMENTS = {
    "account_id": lambda desk: account_named(desk, "handler").id,
    "unit_id": lambda desk: units(desk, None)[0].id,
    "filename": lambda _desk: "css/yishen.css",
    "case_type": lambda _desk: "disclosure_request",
    "case_id": lambda _desk: 1,
    "item_id": lambda _desk: 2,
    "letter_id": lambda _desk: 1,
    "document_id": lambda _desk: 1,
    "review_id": lambda _desk: 1,
    "process": lambda _desk: "intake_check",
    "element": lambda _desk: "completeness",
    "action_id": lambda _desk: "withdraw",
    "code": lambda _desk: "L-03",
    "key": lambda _desk: "L-03",
    "kind": lambda _desk: "pdf",
    "batch_id": lambda _desk: 1,
    "severance_id": lambda _desk: 1,
    "number": lambda _desk: 1,
    "digest": lambda desk: versions(desk, None)[0].digest,
    "old": lambda desk: versions(desk, None)[0].digest,
    "new": lambda desk: versions(desk, None)[0].digest,
    "seq": lambda _desk: 1,
    "page": lambda _desk: "work",
}
# With one of these the object is asked for too: it may be refused or hidden although the page is granted.
OBJECTS = {"case_id", "item_id", "letter_id", "document_id", "review_id", "case_type", "batch_id", "severance_id"}


@pytest.fixture(autouse=True)
def one_case(office):
    """A case with an open step, a letter and no document."""
    office.register()


def get_routes(app):
    return [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]


def path_of(app, desk, rule):
    arguments = {name: ARGUMENTS[name](desk) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, arguments)


def test_every_route_names_its_permission(app):
    prove_guarded(app)
    for rule in app.url_map.iter_rules():
        assert declared(app, rule.endpoint) is not None, rule


def test_the_application_does_not_start_with_a_bare_route(monkeypatch, web_settings):
    from webui.desks import units as desk_of_units

    monkeypatch.delattr(desk_of_units.index, "yishen_permissions")
    with pytest.raises(LookupError, match=r"units\.index"):
        create_app(web_settings)


def test_only_these_routes_are_open_to_everybody(app):
    public = {rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) == frozenset()}
    assert public == {
        "static",
        "entry.home",
        "entry.login",
        "entry.log_in",
        "entry.logout",
        "entry.language",
        "health.alive",
        "health.is_ready",
        "health.metrics",
    }


def test_an_anonymous_visitor_is_sent_to_the_login_page(app, desk, browser):
    visitor = browser()
    for rule in get_routes(app):
        answer = visitor.get(path_of(app, desk, rule))
        if declared(app, rule.endpoint):
            assert answer.status_code == 303, rule
            assert answer.headers["Location"].startswith("/login"), rule
        else:
            assert answer.status_code in {200, 303}, rule


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_exactly_the_pages_it_is_granted(app, desk, logged_in, role):
    visitor = logged_in(role)
    for rule in get_routes(app):
        wanted = declared(app, rule.endpoint)
        answer = visitor.get(path_of(app, desk, rule))
        status = answer.status_code
        if answer.mimetype == "text/html" and status != 303:
            assert barriers(answer.text) == [], rule
        if not wanted:
            assert status in {200, 303}, rule
        elif permissions_of([role]) & wanted and OBJECTS & rule.arguments:
            assert status in {200, 303, 403, 404}, rule
        elif permissions_of([role]) & wanted:
            assert status in {200, 303}, rule
        else:
            assert status == 403, rule


def test_posting_without_permission_changes_nothing(app: Flask, desk, logged_in):
    visitor = logged_in("handler")
    target = account_named(desk, "intake")
    assert visitor.post(f"/admin/accounts/{target.id}/active", {"active": "no"}).status_code == 403
    assert account_named(desk, "intake").active


def test_the_auditor_reads_the_trail_and_nothing_else(app):
    granted = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (declared(app, rule.endpoint) or frozenset()) & permissions_of(["auditor"])
    }
    assert granted == {
        "trail.index",
        "trail.verify",
        "entry.password",
        "entry.change_password",
        "entry.discard_draft",
    }


def test_the_administrator_opens_no_case(app):
    cases = {permission for permission in permissions_of(["admin"]) if permission.startswith(("cases:", "office:"))}
    assert cases == set()


def test_barriers_are_seen():
    """The check that the walk above relies on."""
    page = """<html><head><title> </title></head><body><h1>一</h1><h1>二</h1><main><h3>三</h3><a href='/'></a>
        <img src='x.png'><input name='day' id='a' aria-describedby='gone'><p id='a'></p>
        <table><tr><td>1</td></tr></table></main></body></html>"""
    found = " ".join(barriers(page))
    for criterion in (
        "names no language", "no title", "2 main headings", "level 3 after level 1", "a is used 2 times",
        "names gone", "the control day", "nothing names", "x.png has no words", "without head cells", "without a name",
    ):  # fmt: skip
        assert criterion in found

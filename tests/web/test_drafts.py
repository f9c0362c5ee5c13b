"""Input survives the end of a session."""

from engine.cases import drafts
from engine.cases.accounts import account_named, revoke_sessions

FORM = {"username": "li.na", "name": "李娜", "roles": ["handler", "intake"], "unit_id": ""}


def time_out_while_typing(visitor, clock):
    visitor.get("/admin/accounts/new")
    clock.forward(minutes=31)
    return visitor.post("/admin/accounts/new", FORM)


def test_an_idle_session_ends_after_thirty_minutes(logged_in, clock):
    visitor = logged_in("handler")
    clock.forward(minutes=29)
    assert visitor.get("/inbox").status_code == 200
    clock.forward(minutes=29)
    assert visitor.get("/inbox").status_code == 200
    clock.forward(minutes=31)
    assert visitor.get("/inbox").headers["Location"] == "/login?next=/inbox"
    assert "登录已超时，请重新登录。" in visitor.get("/login").text


def test_a_busy_session_ends_after_twelve_hours(logged_in, clock):
    visitor = logged_in("handler")
    for _ in range(36):
        clock.forward(minutes=20)
        assert visitor.get("/inbox").status_code == 200
    clock.forward(minutes=20)
    assert visitor.get("/inbox").status_code == 303


def test_what_was_submitted_too_late_is_there_again_after_the_login(logged_in, clock, desk):
    visitor = logged_in("admin")
    answer = time_out_while_typing(visitor, clock)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/admin/accounts/new"
    assert "您填写的内容已保存" in visitor.get("/login").text
    assert visitor.log_in("admin", next="/admin/accounts/new").headers["Location"] == "/admin/accounts/new"

    page = visitor.get("/admin/accounts/new").text
    assert "已恢复您上次没有提交成功的内容。" in page
    assert 'value="李娜"' in page
    assert 'value="handler" checked' in page
    assert 'value="intake" checked' in page
    assert 'value="legal" checked' not in page

    assert visitor.post("/admin/accounts/new", FORM).status_code == 200
    assert account_named(desk, "li.na").name == "李娜"


def test_a_draft_is_forgotten_once_it_has_been_handed_in(logged_in, clock):
    visitor = logged_in("admin")
    visitor.get("/admin/units")
    clock.forward(minutes=31)
    visitor.post("/admin/units", {"name": "信访办"})
    visitor.log_in("admin")
    assert 'value="信访办"' in visitor.get("/admin/units").text
    assert visitor.post("/admin/units", {"name": "信访办"}).status_code == 303
    page = visitor.get("/admin/units").text
    assert 'value="信访办"' not in page
    assert "已恢复" not in page


def test_a_draft_can_be_discarded(logged_in, clock):
    visitor = logged_in("admin")
    time_out_while_typing(visitor, clock)
    visitor.log_in("admin")
    visitor.get("/admin/accounts/new")
    assert visitor.post("/drafts/discard", page="/admin/accounts/new").headers["Location"] == "/admin/accounts/new"
    assert "李娜" not in visitor.get("/admin/accounts/new").text


def test_a_draft_is_shown_to_nobody_else(logged_in, clock, browser):
    visitor = logged_in("admin")
    time_out_while_typing(visitor, clock)
    assert visitor.log_in("auditor", next="/audit").status_code == 303
    assert "李娜" not in visitor.get("/audit").text
    visitor.post("/logout")
    visitor.log_in("admin")
    assert "李娜" in visitor.get("/admin/accounts/new").text


def test_a_revoked_session_keeps_no_draft(logged_in, clock, desk):
    visitor = logged_in("admin")
    visitor.get("/admin/accounts/new")
    account = account_named(desk, "admin")
    revoke_sessions(desk, None, account.id)
    assert visitor.post("/admin/accounts/new", FORM).status_code == 303
    assert drafts.draft_paths(desk, account.id) == []


def test_passwords_and_tokens_are_never_kept(logged_in, clock, desk):
    visitor = logged_in("admin")
    visitor.get("/password")
    clock.forward(minutes=31)
    visitor.post("/password", {"current": "Qingshi-412-lu", "new": "x", "again": "x"})
    account = account_named(desk, "admin").id
    assert drafts.draft_paths(desk, account) == []
    visitor.log_in("admin")
    time_out_while_typing(visitor, clock)
    assert set(drafts.read_draft(desk, account, "/admin/accounts/new")) == {"username", "name", "roles", "unit_id"}


def test_an_htmx_request_is_sent_to_the_login_page_as_a_whole(logged_in, clock):
    visitor = logged_in("handler")
    clock.forward(minutes=31)
    answer = visitor.get("/inbox", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/login?next=/inbox"


def test_what_a_command_refuses_is_given_back(logged_in, desk, monkeypatch):
    from engine.cases import units
    from engine.cases.errors import Refusal

    def refuse(*_args):
        raise Refusal("今天不能新增科室。")

    monkeypatch.setattr(units, "create_unit", refuse)
    visitor = logged_in("admin")
    visitor.get("/admin/units")
    assert visitor.post("/admin/units", {"name": "信访办"}).headers["Location"] == "/admin/units"
    page = visitor.get("/admin/units").text
    assert "今天不能新增科室。" in page
    assert 'value="信访办"' in page


def test_a_full_disk_is_said_so_where_it_would_otherwise_keep_the_input(logged_in, clock, monkeypatch):
    from engine.cases import drafts
    from engine.cases.errors import StorageFull

    def full(*_args):
        raise StorageFull

    monkeypatch.setattr(drafts, "keep_draft", full)
    visitor = logged_in("admin")
    visitor.get("/admin/units")
    clock.forward(minutes=31)
    answer = visitor.post("/admin/units", {"name": "信访办"})
    assert answer.status_code == 303
    page = visitor.get("/login").text
    assert "登录已超时，请重新登录。" in page
    assert "已保存" not in page

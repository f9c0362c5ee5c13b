import pytest

from engine.cases.accounts import account_named, create_account, reset_password, revoke_sessions, set_active


def test_login_leads_to_the_first_page_that_is_open_to_the_role(logged_in):
    assert logged_in("admin").get("/").headers["Location"] == "/admin/accounts"
    assert logged_in("auditor").get("/").headers["Location"] == "/audit"


@pytest.mark.parametrize(("username", "password"), [("nobody", "x"), ("handler", "wrong"), ("' or 1=1 --", "x")])
def test_a_failed_login_says_the_same_for_an_unknown_name_and_a_wrong_password(browser, username, password):
    visitor = browser()
    answer = visitor.log_in(username, password)
    assert answer.status_code == 401
    assert "用户名或口令不正确，或者账号已暂时锁定。" in answer.text
    assert visitor.get("/inbox").status_code == 303


def test_after_five_failures_even_the_right_password_waits_and_each_further_failure_doubles_the_time(browser, clock):
    visitor = browser()
    for _ in range(5):
        assert visitor.log_in("handler", "wrong").status_code == 401
    assert visitor.log_in("handler").status_code == 401
    clock.forward(minutes=10, seconds=1)
    assert visitor.log_in("handler", "wrong").status_code == 401
    clock.forward(minutes=19)
    assert visitor.log_in("handler").status_code == 401
    clock.forward(minutes=2)
    assert visitor.log_in("handler").status_code == 303


def test_a_one_time_password_must_be_changed_before_anything_else(browser, desk):
    made = create_account(desk, None, username="zhou.min", name="周敏", roles=["handler"])
    visitor = browser()
    assert visitor.log_in("zhou.min", made.password).headers["Location"] == "/password"
    assert visitor.get("/inbox").headers["Location"] == "/password"
    visitor.get("/password")
    new = "Baiyun-2026-shan"
    answer = visitor.post("/password", {"current": made.password, "new": "short", "again": new})
    assert answer.status_code == 422
    assert "口令至少 10 个字符，现在是 5 个。" in answer.text
    assert "两次输入的新口令不一致。" in answer.text
    answer = visitor.post("/password", {"current": made.password, "new": new, "again": new})
    assert answer.status_code == 303
    assert visitor.get("/inbox").status_code == 200
    assert browser().log_in("zhou.min", made.password).status_code == 401
    assert browser().log_in("zhou.min", new).headers["Location"] != "/password"


def test_a_password_older_than_ninety_days_must_be_changed(browser, clock):
    clock.forward(days=91)
    assert browser().log_in("handler").headers["Location"] == "/password"


def test_changing_the_password_ends_the_other_sessions_of_the_account(logged_in):
    here, there = logged_in("handler"), logged_in("handler")
    new = "Baiyun-2026-shan"
    assert here.post("/password", {"current": "Qingshi-412-lu", "new": new, "again": new}).status_code == 303
    assert here.get("/inbox").status_code == 200
    assert there.get("/inbox").status_code == 303


@pytest.mark.parametrize("end", [revoke_sessions, reset_password, lambda *who: set_active(*who, False)])
def test_the_administrator_ends_a_session_at_once(logged_in, desk, end):
    visitor = logged_in("handler")
    end(desk, None, account_named(desk, "handler").id)
    assert visitor.get("/inbox").headers["Location"].startswith("/login")


def test_logout_forgets_the_session(logged_in):
    visitor = logged_in("handler")
    assert visitor.post("/logout").headers["Location"] == "/login"
    assert visitor.get("/inbox").status_code == 303


def test_login_returns_to_the_page_that_was_wanted_but_never_to_another_host(browser):
    visitor = browser()
    assert visitor.get("/inbox?page=2").headers["Location"] == "/login?next=/inbox?page%3D2"
    assert visitor.log_in("handler", next="/inbox?page=2").headers["Location"] == "/inbox?page=2"
    for evil in ("https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)", "/no-such-page"):
        assert browser().log_in("handler", next=evil).headers["Location"] == "/"


def test_the_language_switch_stays_with_the_person(browser):
    visitor = browser()
    assert 'lang="zh-CN"' in visitor.get("/login").text
    assert visitor.post("/language", {"language": "en"}, page="/login").headers["Location"] == "/login"
    page = visitor.get("/login").text
    assert 'lang="en"' in page
    assert "User name" in page
    visitor.log_in("handler")
    visitor.get("/inbox")
    visitor.post("/language", {"language": "en"}, page="/inbox")
    elsewhere = browser()
    elsewhere.log_in("handler")
    assert "Messages" in elsewhere.get("/inbox").text
    assert visitor.post("/language", {"language": "tlh"}, page="/inbox").status_code == 303


def test_a_full_disk_is_not_taken_for_a_wrong_password(browser, monkeypatch):
    from engine.cases import login
    from engine.cases.errors import StorageFull

    def full(*_args):
        raise StorageFull

    monkeypatch.setattr(login, "authenticate", full)
    visitor = browser()
    visitor.get("/login")
    answer = visitor.post("/login", {"username": "intake", "password": "Qingshi-412-lu"})
    assert answer.status_code == 503
    assert "存储空间已满" in answer.text
    assert "口令不正确" not in answer.text

"""Forgery, headers, error pages, sizes."""

import pytest

from webui.headers import CONTENT_SECURITY_POLICY


def test_a_post_without_token_is_refused_with_a_page_that_says_what_to_do(logged_in):
    visitor = logged_in("admin")
    for token in ("", "forged"):
        visitor.token = token
        answer = visitor.post("/admin/units", {"name": "信访办"}, headers={"Referer": "https://elsewhere.example/"})
        assert answer.status_code == 400
        assert "这次提交没有保存" in answer.text
    assert "信访办" not in visitor.get("/admin/units").text


@pytest.mark.parametrize("path", ["/login", "/no-such-page", "/static/css/yishen.css"])
def test_every_answer_carries_the_security_headers(browser, path):
    headers = browser().get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self';" in headers["Content-Security-Policy"]


def test_pages_are_not_cached_and_the_cookie_is_closed_to_scripts_and_other_sites(browser):
    answer = browser().get("/login")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_no_page_holds_an_inline_script_or_an_outside_address(logged_in):
    visitor = logged_in("admin")
    for path in ("/admin/accounts", "/admin/accounts/new", "/admin/units", "/inbox", "/password", "/no-such-page"):
        text = visitor.get(path).text
        assert "<script>" not in text
        assert " onclick=" not in text
        assert "http://" not in text.replace("http://www.w3.org/", "")
        assert "https://" not in text


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("get", "/no-such-page", 404, "没有这个页面"),
        ("get", "/admin/accounts/999", 404, "没有这个账号。"),
        ("get", "/admin/accounts/0x1", 404, "没有这个页面"),
        ("get", "/logout", 405, "不能这样打开这个页面"),
        ("get", "/audit", 403, "没有这项权限"),
    ],
)
def test_error_pages_speak_chinese_and_say_what_to_do(logged_in, method, path, status, sentence):
    answer = getattr(logged_in("admin"), method)(path)
    assert answer.status_code == status
    assert sentence in answer.text
    assert "回到首页" in answer.text


def test_a_too_large_submission_gets_a_page_that_names_the_limit(logged_in):
    visitor = logged_in("admin")
    answer = visitor.post("/admin/units", {"name": "x" * (17 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "单次上传不能超过 50 MB" in answer.text
    # A browser announces the size of an upload; nothing of it is read.
    answer = visitor.post(
        "/admin/units", content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": "80000000"}
    )
    assert answer.status_code == 413


def test_a_crash_gives_a_reference_and_no_details(app, logged_in, monkeypatch, caplog):
    from engine.cases import units

    def fail(*_args, **_options):
        raise RuntimeError("table melted")

    monkeypatch.setattr(units, "units", fail)
    answer = logged_in("admin").get("/admin/units")
    assert answer.status_code == 500
    assert "20260508-020000" in answer.text
    assert "melted" not in answer.text
    assert "20260508-020000" in caplog.text
    assert "melted" in caplog.text


def test_the_api_is_refused_in_json(browser):
    answer = browser().get("/api/no-such-thing")
    assert answer.status_code == 404
    assert answer.json["error"].startswith("没有这个页面")


def test_text_from_people_is_shown_as_text(logged_in):
    visitor = logged_in("admin")
    visitor.post("/admin/units", {"name": "<script>alert(1)</script>"})
    page = visitor.get("/admin/units").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page

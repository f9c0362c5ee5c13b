"""The administrator's, the auditor's and everybody's own pages."""

import re

from engine.cases import messages
from engine.cases.accounts import account_named


def test_a_new_account_shows_its_password_once(logged_in, browser, desk):
    visitor = logged_in("admin")
    visitor.get("/admin/accounts/new")
    page = visitor.post("/admin/accounts/new", {"username": "Li.Na", "name": "李娜", "roles": "handler"}).text
    password = re.search(r'class="secret">([^<]+)<', page)[1]
    assert browser().log_in("li.na", password).headers["Location"] == "/password"
    account = account_named(desk, "li.na")
    assert password not in visitor.get(f"/admin/accounts/{account.id}").text


def test_a_wrong_form_keeps_what_was_entered_and_names_every_fault(logged_in):
    visitor = logged_in("admin")
    visitor.get("/admin/accounts/new")
    answer = visitor.post("/admin/accounts/new", {"username": "9", "name": "李娜", "roles": ["admin", "auditor"]})
    assert answer.status_code == 422
    assert 'value="李娜"' in answer.text
    assert "用户名以小写字母开头" in answer.text
    assert "不能与其他角色放在同一账号" in answer.text


def test_accounts_are_found_by_name_role_and_state(logged_in, desk):
    visitor = logged_in("admin")
    account = account_named(desk, "publisher")
    visitor.get("/admin/accounts")
    assert visitor.post(f"/admin/accounts/{account.id}/active", {"active": "no"}).status_code == 303
    assert "发布员甲" in visitor.get("/admin/accounts?active=no").text
    assert "经办人甲" not in visitor.get("/admin/accounts?active=no").text
    assert "经办人甲" in visitor.get("/admin/accounts?role=handler").text
    assert "没有符合条件的账号" in visitor.get("/admin/accounts?text=100%25").text
    assert visitor.get("/admin/accounts?page=999999999999&role=x&active=maybe").status_code == 200


def test_the_last_administrator_stays(logged_in, desk):
    visitor = logged_in("admin")
    account = account_named(desk, "admin")
    page = f"/admin/accounts/{account.id}"
    visitor.get(page)
    assert visitor.post(page, {"name": "何平", "roles": "handler", "unit_id": ""}).status_code == 303
    assert "这是最后一个系统管理员" in visitor.get(page).text
    assert account_named(desk, "admin").roles == ("admin",)


def test_a_unit_is_renamed_and_closed(logged_in):
    visitor = logged_in("admin")
    visitor.get("/admin/units")
    visitor.post("/admin/units", {"name": "信访办"})
    assert "已经有科室“信访办”" in visitor.post("/admin/units", {"name": " 信访办 "}).text
    visitor.get("/admin/units/2")
    assert visitor.post("/admin/units/2", {"name": "信访局"}).status_code == 303
    assert visitor.post("/admin/units/2/active", {"active": "no"}, page="/admin/units").status_code == 303
    assert "信访局" in visitor.get("/admin/units").text
    assert "信访局" not in visitor.get("/admin/accounts/new").text


def test_the_audit_trail_tells_who_did_what_and_can_be_narrowed(logged_in, browser):
    admin = logged_in("admin")
    admin.get("/admin/units")
    admin.post("/admin/units", {"name": "信访办"})
    browser().log_in("handler", "wrong")
    auditor = logged_in("auditor")
    page = auditor.get("/audit").text
    assert "新增科室" in page
    assert "登录失败" in page
    assert "wrong" not in page
    narrowed = auditor.get("/audit?action=unit_created&who=系统管理员甲&since=2026-05-08&until=2026-05-08").text
    assert "信访办" in narrowed
    assert narrowed.count("<tr>") == 2
    assert "没有符合条件的记录" in auditor.get("/audit?until=2026-05-07").text
    assert auditor.get("/audit?since=soon&before=x").status_code == 200


def test_the_audit_trail_is_paged_and_verified(logged_in, browser):
    stranger = browser()
    for _ in range(100):
        stranger.log_in("nobody", "x")
    auditor = logged_in("auditor")
    page = auditor.get("/audit").text
    older = re.search(r'href="(/audit\?before=\d+)"', page)[1]
    assert "更早" in page
    assert "新增账号" in auditor.get(older).text
    assert "条记录完好。" in auditor.get("/audit/verify").text


def test_messages_are_counted_and_marked_as_read(logged_in, desk):
    account = account_named(desk, "handler").id
    for number in (1, 2):
        desk.write(
            lambda session, number=number: messages.tell(
                session, [account], key=f"k{number}", text=f"云政公〔2026〕{number}号 今日到期", at=desk.now()
            )
        )
    visitor = logged_in("handler")
    assert '<span class="count">2' in visitor.get("/inbox").text
    visitor.post("/inbox/read", {"message_id": "1"})
    assert '<span class="count">1' in visitor.get("/inbox").text
    visitor.post("/inbox/read")
    assert 'class="count"' not in visitor.get("/inbox").text


def test_nobody_marks_the_messages_of_others(logged_in, desk):
    account = account_named(desk, "handler").id
    desk.write(lambda session: messages.tell(session, [account], key="k", text="今日到期", at=desk.now()))
    visitor = logged_in("intake")
    visitor.post("/inbox/read", {"message_id": "1"})
    assert '<span class="count">1' in logged_in("handler").get("/inbox").text

"""The calendar: everybody looks, the administrator imports, and sees what it does before it counts."""

import io
import json
from datetime import timedelta

import pytest

from engine.cases.calendar_view import holiday_notices
from engine.cases.leases import HEARTBEAT, claim, release
from engine.statute.festivals import statutory_holidays


def notice_2027(paper: str = "测试发〔2026〕1号") -> str:
    """An invented arrangement: the statutory holidays alone, and Sunday 10 January worked for nothing."""
    days = [{"name": "假日", "date": day.isoformat(), "isOffDay": True} for day in sorted(statutory_holidays(2027))]
    days.append({"name": "元旦", "date": "2027-01-10", "isOffDay": False})
    return json.dumps({"year": 2027, "papers": [paper], "days": days})


@pytest.mark.parametrize("role", ["intake", "handler", "unit", "leader", "supervisor", "admin"])
def test_everybody_who_handles_cases_sees_the_year_and_its_source(logged_in, role):
    page = logged_in(role).get("/calendar").text
    assert "2026年" in page
    assert "全年 248 个工作日" in page
    assert "<small>班</small>" in page
    assert "春节放假" in page
    assert ("导入放假通知" in page) == (role == "admin")


def test_a_year_without_a_notice_is_marked_provisional(logged_in):
    page = logged_in("handler").get("/calendar?year=2027").text
    assert "2027年放假安排尚未导入" in page
    assert "涉及这一年的期限都是暂定的" in page
    assert "全年" in logged_in("handler").get("/calendar?year=99999999").text


def test_the_import_is_shown_first_and_stored_only_when_confirmed(logged_in, desk):
    admin = logged_in("admin")
    admin.get("/calendar/import")
    shown = admin.post("/calendar/import", {"content": notice_2027(), "do": "preview"})
    assert shown.status_code == 200
    assert "还没有生效" in shown.text
    assert "2027-01-10 周日 改为上班" in shown.text
    assert "没有申请受影响" in shown.text
    assert not [row for row in holiday_notices(desk, None) if row.year == 2027]

    back = admin.post("/calendar/import", {"content": notice_2027(), "do": "edit"})
    assert (back.status_code, "2027-01-10" in back.text) == (200, True)

    done = admin.post("/calendar/import", {"content": notice_2027(), "year": "2027", "do": "apply"})
    assert (done.status_code, done.headers["Location"]) == (303, "/calendar?year=2027")
    page = admin.get("/calendar?year=2027").text
    assert "2027年放假安排已导入，0 件在办申请的期限已重新计算" in page
    assert "测试发〔2026〕1号" in page
    assert "尚未导入" not in page


def test_a_file_is_read_in_either_encoding(logged_in):
    admin = logged_in("admin")
    admin.get("/calendar/import")
    csv = "日期,类型,名称\n" + "".join(f"{day},放假,假日\n" for day in sorted(statutory_holidays(2027)))
    for encoding in ("utf-8-sig", "gb18030"):
        upload = {"file": (io.BytesIO(csv.encode(encoding)), "2027.csv"), "do": "preview", "paper": "测试发〔2026〕9号"}
        shown = admin.post("/calendar/import", upload, content_type="multipart/form-data")
        assert shown.status_code == 200
        assert "测试发〔2026〕9号" in shown.text
    upload = {"file": (io.BytesIO(b"\xff\xd8\xff\x00"), "2027.jpg"), "do": "preview"}
    refused = admin.post("/calendar/import", upload, content_type="multipart/form-data")
    assert (refused.status_code, "不是 UTF-8 或 GB18030 编码的文本" in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"content": ""}, "内容是空的"),
        ({"content": "<script>alert(1)</script>"}, "请连标题一起粘贴"),
        ({"content": notice_2027(), "year": "2026"}, "通知写的是2027年"),
        ({"content": notice_2027(), "paper": "文" * 300}, "最多 200 字"),
    ],
)
@pytest.mark.parametrize("do", ["preview", "apply"])
def test_a_faulty_notice_comes_back_with_the_reason_and_the_input(logged_in, desk, given, sentence, do):
    admin = logged_in("admin")
    admin.get("/calendar/import")
    answer = admin.post("/calendar/import", {**given, "do": do})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<script>alert" not in answer.text
    assert not [row for row in holiday_notices(desk, None) if row.year == 2027]


def test_a_second_click_on_confirm_is_refused_with_a_reason(logged_in):
    admin = logged_in("admin")
    admin.get("/calendar/import")
    given = {"content": notice_2027(), "do": "apply"}
    assert admin.post("/calendar/import", given).status_code == 303
    again = admin.post("/calendar/import", given)
    assert (again.status_code, "已经导入，不需要重复导入" in again.text) == (422, True)


def test_nobody_else_imports(logged_in):
    for role in ("handler", "disclosure_head", "supervisor"):
        assert logged_in(role).post("/calendar/import", {"content": notice_2027(), "do": "apply"}).status_code == 403


def test_a_scheduler_that_stands_still_is_shown_to_those_who_can_help(logged_in, desk, clock):
    stopped = "定时任务已停止"
    assert stopped in logged_in("admin").get("/calendar").text
    assert stopped in logged_in("supervisor").get("/calendar").text
    assert stopped not in logged_in("handler").get("/calendar").text
    claim(desk, HEARTBEAT, "a", timedelta(0), timedelta(minutes=1))
    release(desk, HEARTBEAT, "a", done=True)
    assert stopped not in logged_in("admin").get("/calendar").text
    clock.forward(minutes=5)
    assert stopped in logged_in("admin").get("/calendar").text


def test_from_november_next_years_notice_is_an_open_task_of_the_administrator(logged_in, desk, clock):
    security = desk.settings.security.model_copy(update={"max_age_days": 3650})
    desk.settings = desk.settings.model_copy(update={"security": security})
    assert "待办：导入" not in logged_in("admin").get("/calendar").text
    clock.forward(days=200)  # 24 November
    for page in ("/calendar", "/inbox"):
        assert "待办：导入2027年放假安排" in logged_in("admin").get(page).text
        assert "待办：导入" not in logged_in("supervisor").get(page).text
    admin = logged_in("admin")
    admin.get("/calendar/import")
    admin.post("/calendar/import", {"content": notice_2027(), "do": "apply"})
    assert "待办：导入" not in admin.get("/calendar").text

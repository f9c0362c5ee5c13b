"""The list of what may be answered on the spot: its head keeps it, the counter reads it and answers by it."""

from datetime import date

from sqlalchemy import select

from engine.cases.letters_desk import read_letter
from engine.store.tables import LegalEvent
from letters.plain_text import lines


def test_the_head_approves_an_item_and_the_counter_can_use_it(office, logged_in):
    head, intake = logged_in("disclosure_head"), logged_in("intake")
    assert "清单中还没有事项" in head.get("/spot").text
    answer = head.post("/spot", {"title": "  县域  地名册 ", "locator": "政务大厅3号窗口查阅"})
    assert answer.status_code == 303
    read = intake.get("/spot").text
    assert "县域 地名册" in read
    assert "2026-05-08" in read
    assert "批准列入" not in read
    assert 'action="/spot' not in read
    case = office.register().case_id
    office.do("completeness", case=case, outcome="spot")
    opened, _intake = office.open("spot_reply", case=case, who="intake")
    assert opened.options.listed["spot"] == ("县域 地名册",)
    assert "还没有拟定处理决定" not in intake.get(f"/work/{opened.work_item_id}").text


def test_what_is_missing_is_told_beside_its_field_and_an_item_stands_once(logged_in):
    head = logged_in("disclosure_head")
    head.get("/spot")
    answer = head.post("/spot", {"title": "", "locator": "窗口查阅"})
    assert answer.status_code == 422
    assert "请填写事项名称" in answer.text
    assert "窗口查阅" in answer.text
    head.post("/spot", {"title": "地名册", "locator": "窗口查阅"})
    assert "已在目录中" in head.post("/spot", {"title": "地名册", "locator": "窗口查阅"}).text


def test_an_item_taken_off_stays_readable_and_only_the_head_may(logged_in):
    head, intake = logged_in("disclosure_head"), logged_in("intake")
    head.get("/spot")
    head.post("/spot", {"title": "地名册", "locator": "窗口查阅"})
    intake.get("/spot")
    assert intake.post("/spot", {"title": "别的", "locator": "窗口查阅"}).status_code == 403
    assert intake.post("/spot/1/withdraw").status_code == 403
    assert head.post("/spot/1/withdraw").status_code == 303
    assert "已移出" in intake.get("/spot").text
    assert head.post("/spot/1/withdraw").status_code == 404
    assert head.post("/spot", {"title": "地名册", "locator": "窗口查阅"}).status_code == 303


def test_the_letter_bears_the_day_of_the_reply_even_when_it_is_entered_later(office, clock):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="spot")
    day = office.clock.today
    clock.forward(days=3)
    made = office.do(
        "spot_reply", case=case, spot_basis="published", decision="G2", signed_on=day, locator="县政府网站"
    )
    assert made.letter_id is not None
    letter, content = read_letter(office.desk, office.people["legal"], made.letter_id)
    with office.desk.reading() as session:
        dated = session.scalar(
            select(LegalEvent.on).where(LegalEvent.case_id == case, LegalEvent.type == "reply_dated")
        )
    assert letter.dated_on == dated == date.fromisoformat(day)
    assert "2026年5月8日" in "\n".join(lines(content))
    assert letter.number is not None
    assert "〔2026〕1号" in letter.number

"""The deadline calculator: the same dates and the same reasons as on a case's page."""

import pytest


@pytest.fixture
def visitor(logged_in):
    found = logged_in("handler")
    found.get("/deadline")
    return found


def events(*lines):
    form = {}
    for number, line in enumerate(lines):
        form |= {f"{part}-{number}": value for part, value in line.items()}
    return form


def test_a_request_and_an_extension(visitor):
    answer = visitor.post(
        "/deadline",
        events(
            {"kind": "in_person", "on": "2026-05-08"},
            {"kind": "extension", "on": "2026-06-01", "days": "20"},
        ),
    )
    assert answer.status_code == 200
    for word in ("2026-07-03 周五", "2026-06-04 周四", "延期答复20个工作日", "延期前届满", "延长的期限"):
        assert word in answer.text, word


def test_the_days_of_a_consultation_are_left_out_with_their_article(visitor):
    answer = visitor.post(
        "/deadline",
        events(
            {"kind": "in_person", "on": "2026-05-08"},
            {"kind": "ask_third_party", "on": "2026-05-12", "name": "c1"},
            {"kind": "opinion", "on": "2026-05-19", "name": "c1"},
        ),
    )
    assert "不计入" in answer.text
    assert "条例第三十三条第三款" in answer.text
    assert "2026-06-11 周四" in answer.text


def test_a_case_fills_in_its_own_events(office, visitor):
    case = office.register().case_id
    page = visitor.get(f"/deadline?case={case}").text
    assert "2026-0001" in page
    assert 'value="in_person" selected' in page
    assert "2026-06-04" in page


def test_while_a_third_party_is_asked_the_date_is_called_expected_and_the_party_by_its_name(office, visitor):
    case = office.register().case_id
    office.do("completeness", outcome="complete")
    office.do("triage", outcome="handle")
    office.do("plan", outcome="measures", third_parties=[{"name": "云岭县青石纸业有限公司", "address": "青石街7号"}])
    for element, outcome in (("third_party_draft", ""), ("third_party_issue", "issue"), ("third_party_send", "")):
        office.do(element, outcome=outcome)
    office.do("third_party_reply", outcome="received")
    for path in (
        f"/cases/{case}",
        f"/cases/{case}/deadline",
        "/cases",
        "/lists/cases/print",
        f"/work/batch/sheets?case={case}",
    ):
        assert ">预计<" in visitor.get(path).text or " 预计</td>" in visitor.get(path).text, path
    assert "day stopped ahead" in visitor.get(f"/cases/{case}").text
    supposed = visitor.get(f"/deadline?case={case}").text
    assert 'value="云岭县青石纸业有限公司"' in supposed
    assert "（云岭县青石纸业有限公司）" in supposed
    assert "c1）" not in supposed
    assert "c1</small>" not in supposed
    office.do("third_party_reply", outcome="opinion")
    assert "预计" not in visitor.get(f"/cases/{case}/deadline").text


def test_a_year_without_notice_is_provisional(visitor):
    answer = visitor.post("/deadline", events({"kind": "in_person", "on": "2026-12-20"}))
    assert "暂定" in answer.text
    assert "2027年放假安排尚未导入" in answer.text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "请至少填写一个事件"),
        ([{"kind": "in_person", "on": ""}], "第 1 行：请填写日期"),
        ([{"kind": "pigeon", "on": "2026-05-08"}], "第 1 行：请选择事件。"),
        ([{"kind": "in_person", "on": "2026-05-08"}, {"kind": "extension", "on": "2026-05-09"}], "请填写工作日数"),
        ([{"kind": "opinion", "on": "2026-05-08", "name": "c9"}], "这样的时间线不成立"),
        ([{"kind": "in_person", "on": "2026-05-08"}, {"kind": "in_person", "on": "2026-05-09"}], "申请已经收到过"),
    ],
)
def test_what_cannot_be_is_told_and_the_lines_stay(visitor, lines, sentence):
    answer = visitor.post("/deadline", events(*lines))
    assert answer.status_code == 422
    assert sentence in answer.text
    for line in lines:
        assert f'value="{line["on"]}"' in answer.text

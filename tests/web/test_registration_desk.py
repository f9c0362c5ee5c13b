"""The counter's speed: drafts and files that survive, what is taken over, and what has been asked before."""

import io
import re

from engine.cases.documents import documents_of
from engine.cases.text_index import index_texts
from tests.web.registration import FORM, PAGE


def once_of(page):
    return re.search(r'name="once" value="([^"]+)"', page)[1]


def paper(name="申请书.txt", text="请公开批复"):
    return io.BytesIO(text.encode()), name


def stored(desk, case_id=1):
    with desk.reading() as session:
        return [(one.kind, one.filename) for one in documents_of(session, case_id)]


def test_a_form_opens_with_today_and_after_another_with_how_that_one_came_in(counter):
    assert 'name="arrived_on" type="date" value="2026-05-08"' in counter.get(PAGE).text
    answer = counter.post(PAGE, {**FORM, "channel": "fax", "arrived_on": "2026-05-07", "next": "yes"})
    page = counter.get(answer.headers["Location"]).text
    assert 'value="fax" checked' in page
    assert 'value="2026-05-07"' in page
    assert "韩立国" not in page.split("<form", 2)[2].split("<aside")[0]


def test_the_applicant_or_the_matter_of_the_last_one_can_be_taken_over_on_the_same_day(counter, clock):
    assert "沿用" not in counter.get(PAGE).text
    counter.post(PAGE, FORM)
    page = counter.get(f"{PAGE}?copy=applicant").text
    assert 'value="韩立国"' in page
    assert 'value="11010519491231002X"' in page
    assert "棚户区改造工程的批复文件" not in page.split("<aside")[0]
    page = counter.get(f"{PAGE}?copy=matter").text.split("<aside")[0]
    assert "棚户区改造工程的批复文件" in page
    assert 'value="韩立国"' not in page
    clock.forward(days=3)
    counter.log_in("intake")
    assert 'value="韩立国"' not in counter.get(f"{PAGE}?copy=applicant").text


def test_nobody_takes_over_from_a_colleague(counter, logged_in):
    counter.post(PAGE, FORM)
    assert logged_in("intake").get(f"{PAGE}?copy=applicant").text.count('value="韩立国"') == 1
    other = logged_in("supervisor")
    assert other.get(f"{PAGE}?copy=applicant").status_code == 403


def test_a_draft_with_its_files_survives_a_closed_browser(counter, logged_in, desk):
    once = once_of(counter.get(PAGE).text)
    answer = counter.post(f"{PAGE}/draft", {**FORM, "subject": "", "once": once, "request_files": paper()}, page=PAGE)
    assert answer.headers["Location"] == PAGE
    again = logged_in("intake")
    page = again.get(PAGE).text
    assert "已恢复您上次没有提交成功的内容。" in page
    assert "附件也在" in page
    assert 'value="韩立国"' in page
    assert "申请书.txt" in page
    assert once_of(page) == once
    assert again.post(PAGE, {**FORM, "once": once}).status_code == 303
    assert stored(desk) == [("request", "申请书.txt")]
    assert "韩立国" not in again.get(PAGE).text.split("<aside")[0]


def test_the_script_keeps_a_draft_and_is_told_what_became_of_the_files(counter):
    once = once_of(counter.get(PAGE).text)
    script = {"HX-Request": "true"}
    files = {"request_files": paper(), "id_files": paper("setup.exe")}
    answer = counter.post(f"{PAGE}/draft", {**FORM, "once": once, **files}, page=PAGE, headers=script)
    assert answer.status_code == 200
    assert "附件“setup.exe”的类型不能接收" in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    assert "申请书.txt" in answer.text
    counter.post(f"{PAGE}/draft", {**FORM, "once": once, "request_files": paper()}, page=PAGE, headers=script)
    page = counter.get(PAGE).text
    assert page.count("申请书.txt") == 2, "listed once, its name twice: as text and for the screen reader's button"


def test_a_draft_that_arrives_after_its_form_was_handed_in_does_not_come_back(counter):
    once = once_of(counter.get(PAGE).text)
    counter.post(PAGE, {**FORM, "once": once})
    counter.post(f"{PAGE}/draft", {**FORM, "once": once}, page=PAGE, headers={"HX-Request": "true"})
    assert "已恢复" not in counter.get(PAGE).text


def test_a_refused_form_waits_for_whoever_comes_back(counter, logged_in):
    assert counter.post(PAGE, {**FORM, "once": once_of(counter.get(PAGE).text), "subject": ""}).status_code == 422
    assert 'value="韩立国"' in logged_in("intake").get(PAGE).text


def test_a_draft_given_up_takes_its_files_along(counter):
    once = once_of(counter.get(PAGE).text)
    counter.post(f"{PAGE}/draft", {**FORM, "once": once, "request_files": paper()}, page=PAGE)
    counter.get(PAGE)
    assert counter.post("/drafts/discard", page=PAGE).status_code == 303
    page = counter.post(PAGE, {**FORM, "once": once, "subject": ""}).text
    assert "申请书.txt" not in page


def test_files_of_a_refused_form_are_kept_and_counted_once(counter, desk):
    once = once_of(counter.get(PAGE).text)
    answer = counter.post(
        PAGE, {**FORM, "once": once, "subject": "", "request_files": paper(), "id_files": paper("证.txt")}
    )
    assert answer.status_code == 422
    assert "申请书.txt" in answer.text
    assert "附件没有保存" not in answer.text
    number = re.search(r'name="drop_file" value="(\d+)">(?:(?!<li>).)*证\.txt', answer.text)[1]
    answer = counter.post(PAGE, {**FORM, "once": once, "drop_file": number})
    assert answer.status_code == 200
    assert "证.txt" not in answer.text
    assert counter.post(PAGE, {**FORM, "once": once, "request_files": paper()}).status_code == 303
    assert stored(desk) == [("request", "申请书.txt")]


def test_nobody_gets_or_drops_the_files_of_somebody_else(counter, logged_in, desk):
    once = once_of(counter.get(PAGE).text)
    counter.post(PAGE, {**FORM, "once": once, "subject": "", "request_files": paper()})
    other = logged_in("handler")
    other.get("/work")
    other.post(f"{PAGE}/draft", {**FORM, "once": once, "drop_file": "1"}, page=PAGE)
    assert other.post(PAGE, {**FORM, "once": once, "drop_file": "1"}).status_code in {200, 403}
    counter.post(PAGE, {**FORM, "once": once})
    assert stored(desk) == [("request", "申请书.txt")]


def test_earlier_requests_are_shown_while_one_types_and_after_saving_without_script(counter, office, desk):
    counter.post(PAGE, FORM)
    index_texts(desk)
    told = counter.post(f"{PAGE}/alike", {"name": "韩 立国", "subject": FORM["subject"]}, page=PAGE).text
    assert "2026-0001" in told
    assert "可能已经登记过" in told
    assert "没有发现" in counter.post(f"{PAGE}/alike", {"name": "罗平"}, page=PAGE).text
    refused = counter.post(PAGE, {**FORM, "arrived_on": ""}).text
    assert "2026-0001" in refused.split("<aside")[1]
    answer = counter.post(PAGE, {**FORM, "next": "yes"})
    assert "它有同一申请人或者内容相近的其他申请" in counter.get(answer.headers["Location"]).text
    assert "2026-0001" in counter.get("/cases/2/registered").text


def test_whoever_examines_a_request_sees_what_was_answered_before(counter, logged_in, office, desk):
    counter.post(PAGE, FORM)
    office.advance(1)
    counter.post(PAGE, {**FORM, "content": "申请公开青石街棚户区改造工程批复文件和资金安排情况"})
    counter.post(PAGE, {**FORM, "name": "罗平", "id_kind": "other_id", "id_number": "云0002"})
    index_texts(desk)
    step = next(one for one in office.open_steps(2) if one.element == "completeness")
    page = logged_in("handler").get(f"/work/{step.id}").text
    assert "可能是重复申请" in page
    assert "〔2026〕" in page
    assert "第三十六条第六项" in page
    assert "其他人的相近申请" in page

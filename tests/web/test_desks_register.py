"""The counter: a request is registered by form, and whatever is wrong is said beside what was typed."""

import io

import pytest

from tests.web.registration import FORM, PAGE


def refused(counter, **changed):
    answer = counter.post(PAGE, {**FORM, **changed}, content_type="multipart/form-data")
    assert answer.status_code == 422, answer.headers.get("Location")
    assert 'value="韩立国"' in answer.text, "the other answers stay"
    assert "申请公开青石街棚户区改造工程的批复文件及资金安排。" in answer.text
    return answer.text


def no_case(counter):
    return "还没有登记过" in counter.get("/cases").text


def test_the_one_kind_of_case_opens_its_form_at_once(counter):
    assert counter.get("/register").headers["Location"] == PAGE


def test_a_registered_request_shows_number_query_code_and_the_receipt_to_print(counter):
    answer = counter.post(PAGE, FORM)
    assert answer.status_code == 303
    page = counter.get(answer.headers["Location"]).text
    assert "2026-0001" in page
    assert "查询码" in page
    assert "打印回执" in page
    assert "2026-06-04 周四" in page  # twenty working days


def test_saving_and_going_on_opens_an_empty_form_that_names_the_last_number(counter):
    answer = counter.post(PAGE, {**FORM, "next": "yes"})
    assert answer.headers["Location"] == f"{PAGE}?after=1"
    page = counter.get(answer.headers["Location"]).text
    assert "2026-0001 已登记" in page
    assert "韩立国" not in page
    assert "/cases/1/registered" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"arrived_on": "2026-05-09"}, "“到达日期”不能晚于今天（2026-05-08）。"),
        ({"arrived_on": "08/05/2026"}, "“到达日期”应为日期"),
        ({"id_number": "110105194912310021"}, "身份证号码的校验位不对，请核对是否录错。"),
        ({"channel": "telephone"}, "“提交方式”没有这个选项，请重新选择。"),
        ({"channel": ""}, "请选择“提交方式”。"),
        ({"channel": "signed_mail"}, "请填写“签收人”。"),
        ({"email": "han"}, "不是有效的电子邮箱地址"),
        ({"subject": "改" * 101}, "最多 100 字，现在有 101 字"),
        ({"assistance": "a\0b"}, "含有不可见的控制字符"),
    ],
)
def test_a_wrong_answer_is_told_in_a_sentence_and_nothing_typed_is_lost(counter, changed, sentence):
    page = refused(counter, **changed)
    assert page.count(sentence) == 2, "in the summary and beside the field"
    (name,) = changed
    assert f'href="#f-{name}"' in page or "signed_by" in page
    assert no_case(counter)


def test_a_wrong_answer_is_tied_to_its_field_for_screen_readers(counter):
    page = refused(counter, arrived_on="2026-05-09")
    assert 'aria-describedby="h-arrived_on e-arrived_on" aria-invalid="true"' in page
    assert 'value="2026-05-09"' in page


def test_three_megabytes_of_text_come_back_with_a_sentence(counter):
    long = "申请" * 750_000
    answer = counter.post(PAGE, {**FORM, "content": long})
    assert answer.status_code == 422
    assert "“申请公开的内容（原文）”最多 8000 字，现在有 1500000 字" in answer.text
    assert long in answer.text
    assert no_case(counter)


@pytest.mark.parametrize(
    ("filename", "content", "sentence"),
    [
        ("setup.exe", b"MZ\x90\0", "附件“setup.exe”的类型不能接收"),
        ("scan.pdf", b"MZ\x90\0", "附件“scan.pdf”的内容不是 pdf 文件（可能改过扩展名）"),
        ("empty.pdf", b"", "附件“empty.pdf”是空文件"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_by_name(counter, filename, content, sentence):
    page = refused(counter, request_files=(io.BytesIO(content), filename))
    assert sentence in page
    assert "附件没有保存，需要重新选择。" in page
    assert no_case(counter)


def test_a_channel_in_the_address_fills_in_the_form_and_an_unknown_one_is_told(counter):
    assert 'value="fax" checked' in counter.get(f"{PAGE}?channel=fax").text
    answer = counter.get(f"{PAGE}?channel=pigeon")
    assert answer.status_code == 200
    assert "没有“pigeon”这种提交方式，请在下面选择。" in answer.text


def test_an_unknown_kind_of_case_is_not_found(counter):
    assert counter.get("/register/no_such_thing").status_code == 404
    assert counter.post("/register/no_such_thing", FORM).status_code == 404


def test_only_the_counter_registers(logged_in):
    visitor = logged_in("handler")
    assert visitor.get(PAGE).status_code == 403
    assert visitor.post(PAGE, FORM).status_code == 403


def test_a_form_that_outlived_its_session_is_there_again_after_the_login(counter, clock):
    clock.forward(minutes=31)
    answer = counter.post(PAGE, FORM)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/login")
    answer = counter.log_in("intake", next=PAGE)
    assert answer.headers["Location"] == PAGE
    page = counter.get(PAGE).text
    assert "已恢复您上次没有提交成功的内容。" in page
    assert 'value="韩立国"' in page
    assert 'value="in_person" checked' in page
    assert counter.post(PAGE, FORM).status_code == 303
    assert "韩立国" not in counter.get(PAGE).text


def test_hostile_text_is_shown_and_never_run(counter):
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    answer = counter.post(PAGE, {**FORM, "subject": evil, "name": evil, "content": evil})
    for path in (answer.headers["Location"], "/cases/1", "/cases", "/cases/1?tab=papers", "/cases/1?tab=flow"):
        page = counter.get(path).text
        assert "&lt;script&gt;alert(1)" in page or "申请" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    page = counter.post(PAGE, {**FORM, "subject": evil, "arrived_on": ""}).text
    assert "<script>alert" not in page


def test_fields_that_depend_on_others_carry_their_condition_and_are_never_demanded_by_the_browser(counter):
    page = counter.get(PAGE).text
    assert "data-when=" in page
    assert "&#34;channel&#34;: [&#34;signed_mail&#34;]" in page
    assert " required" not in page.replace('aria-required="true"', "").split('<form class="answers')[1]
    assert "onclick" not in page
    assert "<script>" not in page


def test_the_same_form_handed_in_twice_becomes_one_case(counter):
    once = counter.get(PAGE).text.split('name="once" value="', 1)[1].split('"', 1)[0]
    first, second = (counter.post(PAGE, {**FORM, "once": once}) for _click in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert "2026-0002" not in counter.get("/cases").text

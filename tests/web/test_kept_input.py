"""Nothing typed or chosen is lost: refused forms keep their files, an outdated security mark keeps everything."""

import io

import pytest

PNG = b"\x89PNG\r\n\x1a\n picture"
PLAN = "为什么出台、管哪些单位、群众怎么办事。"


@pytest.fixture
def case(office):
    """A policy document for which the need for an interpretation is to be told."""
    return office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"办法.txt": "第一条 为了规范养犬，制定本办法。"}},
        attribute="active",
        lead_unit="1",
    )


@pytest.fixture
def material(office, case):
    """The address of the step that asks for a file."""
    office.do("need", case=case, outcome="interpret", materials=[{"name": "问答", "form": "qa"}])
    return f"/work/{next(one for one in office.open_steps(case) if one.element == 'material').id}"


def test_a_refused_step_keeps_its_files(logged_in, office, case, material):
    handler = logged_in("handler")
    handler.get(material)
    refused = handler.post(material, {"elements": "aims", "material_files": (io.BytesIO(PNG), "问答.png")})
    assert refused.status_code == 422
    assert "已选附件，提交时一并保存" in refused.text
    assert "附件没有保存，需要重新选择" not in refused.text
    done = handler.post(material, {"elements": "aims", "produced_by": "罗成"})
    assert done.status_code == 303
    assert "问答.png" in handler.get(f"/cases/{case}").text


def test_a_file_that_cannot_be_taken_is_named_and_the_others_stay(logged_in, material):
    handler = logged_in("handler")
    handler.get(material)
    chosen = [(io.BytesIO(PNG), "问答.png"), (io.BytesIO(b"MZ"), "程序.exe")]
    refused = handler.post(material, {"elements": "aims", "produced_by": "罗成", "material_files": chosen})
    assert refused.status_code == 422
    assert "程序.exe" in refused.text
    page = handler.get(material).text
    assert page.count("问答.png") >= 1
    assert 'name="drop_file"' in page


def test_a_kept_file_can_be_given_up(logged_in, material):
    handler = logged_in("handler")
    handler.get(material)
    page = handler.post(material, {"material_files": (io.BytesIO(PNG), "问答.png")}).text
    number = page.partition('name="drop_file" value="')[2].partition('"')[0]
    without = handler.post(material, {"elements": "aims", "drop_file": number})
    assert "问答.png" not in without.text
    refused = handler.post(material, {"elements": "aims", "produced_by": "罗成"})
    assert "请上传“解读材料”" in refused.text


def test_put_aside_and_opened_again_the_step_has_text_and_files(logged_in, material):
    handler = logged_in("handler")
    handler.get(material)
    chosen = {"produced_by": "罗成", "material_files": (io.BytesIO(PNG), "问答.png")}
    kept = handler.post(f"{material}/keep", chosen, page=material)
    assert kept.status_code == 303
    page = handler.get(material).text
    assert 'value="罗成"' in page
    assert "问答.png" in page


def test_an_outdated_security_mark_loses_nothing(logged_in, office, case):
    office.do("need", case=case, outcome="interpret", materials=[{"name": "问答", "form": "qa"}])
    path = f"/work/{next(one for one in office.open_steps(case) if one.element == 'plan').id}"
    handler = logged_in("handler")
    handler.get(path)
    handler.token = "outdated"
    answer = handler.post(path, {"outline": PLAN})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    page = handler.get(path).text
    assert "安全标记已失效，这次提交没有生效" in page
    assert PLAN in page
    assert "plan" in office.waiting(case)


def test_an_outdated_security_mark_keeps_files_too(logged_in, material):
    handler = logged_in("handler")
    name = handler.get(material).text.partition('name="once" value="')[2].partition('"')[0]
    handler.token = "outdated"
    handler.post(material, {"once": name, "material_files": (io.BytesIO(PNG), "问答.png")})
    assert "问答.png" in handler.get(material).text


def test_what_another_site_sends_leaves_no_draft(logged_in, material):
    handler = logged_in("handler")
    handler.get(material)
    foreign = {"Referer": "https://elsewhere.example/form"}
    answer = handler.client.post(material, data={"produced_by": "别人写的一段很长的内容"}, headers=foreign)
    assert answer.status_code == 400
    assert "别人写的" not in handler.get(material).text


def test_who_is_not_logged_in_any_more_can_copy_what_was_typed(browser, material):
    answer = browser().post(material, {"produced_by": "写了很久的一段说明文字", "password": "Never-shown-412"})
    assert answer.status_code == 400
    assert "写了很久的一段说明文字" in answer.text
    assert "Never-shown-412" not in answer.text

"""One request from the counter to the archive, each step by the person whose job it is, in a real browser."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from docx import Document

from tests.browser.conftest import Person

Enter = Callable[..., Person]


def choose(person: Person, name: str, value: str) -> None:
    if person.page.locator(f"select[name={name}]").count():
        person.page.select_option(f"[name={name}]", value)
    else:
        person.page.check(f"input[name={name}][value={value}]")


def submit(person: Person) -> None:
    # The first button of the form is the one that completes the step; the others preview or put aside.
    person.page.locator("form.step-form button.primary, form button.primary").first.click()
    person.page.wait_for_load_state()
    assert not person.page.locator(".wrong").count(), person.page.locator(".wrong").all_inner_texts()


def register(intake: Person, name: str, subject: str) -> str:
    page = intake.opens("/register/disclosure_request")
    choose(intake, "channel", "in_person")
    page.fill("[name=arrived_on]", date.today().isoformat())
    choose(intake, "kind", "natural_person")
    page.fill("[name=name]", name)
    page.fill("[name=subject]", subject)
    page.fill("[name=content]", f"申请公开{subject}。")
    submit(intake)
    number = page.locator("text=/20\\d\\d-\\d{4}/").first.inner_text()
    return next(part for part in number.replace("：", " ").split() if part[:2] == "20")


def test_a_request_goes_from_the_counter_to_the_archive(person: Enter, tmp_path: Path) -> None:
    intake, handler = person("intake"), person("handler")
    number = register(intake, "田野", "县城停车泊位规划")

    handler.takes(number, "完整性审查")
    for question in ("identity_ok", "content_ok", "form_ok"):
        choose(handler, question, "yes")
    choose(handler, "outcome", "complete")
    submit(handler)

    handler.takes(number, "研判分类")
    choose(handler, "request_kind", "published")
    handler.page.fill("[name=triage_note]", "已在县政府网站公开，直接告知获取途径。")
    choose(handler, "outcome", "direct")
    submit(handler)

    handler.takes(number, "拟稿")
    choose(handler, "outcome", "submit")
    choose(handler, "decision", "G2")
    handler.page.fill("[name=locator]", "县政府网站“政务公开—规划计划”栏目，2026年9月18日发布。")
    submit(handler)

    for username, step in (
        ("head", "科室负责人审核"),
        ("secrecy", "保密审查"),
        ("legal", "合法性审查"),
        ("leader", "分管领导签发"),
    ):
        signer = person(username)
        signer.takes(number, step)
        choose(signer, "outcome", "approve")
        for question in ("facts_ok", "law_ok", "remedy_ok"):
            if signer.page.locator(f"input[name={question}][value=yes]").count():
                choose(signer, question, "yes")
        if signer.page.locator("input[name=secrecy_finding]").count():
            choose(signer, "secrecy_finding", "clear")
        submit(signer)

    legal = person("legal")
    legal.takes(number, "出具答复书")
    choose(legal, "outcome", "issue")
    submit(legal)
    page = legal.opens(f"/cases?text={number}")
    page.locator("tbody").get_by_role("link", name=number).first.click()
    page.locator("nav.tabs, .tabs").get_by_role("link", name="文书").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").first.click()
    letter = tmp_path / "letter.docx"
    download.value.save_as(letter)
    text = "\n".join(paragraph.text for paragraph in Document(str(letter)).paragraphs)
    assert "田野" in text
    assert "县城停车泊位规划" in text
    assert "规划计划" in text
    assert "北江市人民政府" in text

    intake.takes(number, "送达")
    choose(intake, "mode", "pickup")
    intake.page.fill("[name=signed_on]", date.today().isoformat())
    intake.page.fill("[name=signed_by]", "田野")
    submit(intake)

    handler.takes(number, "归档")
    choose(handler, "file_list", "complete")
    handler.page.fill("[name=volume_no]", "2026-依申请-88")
    handler.page.fill("[name=pages]", "12")
    handler.page.fill("[name=archived_on]", date.today().isoformat())
    submit(handler)
    page = handler.opens(f"/cases?text={number}")
    assert page.get_by_text("已归档").count() or page.get_by_text("按期办结").count()
    for one in (intake, handler, legal):
        assert not one.outside
        assert not one.complaints


def test_a_request_can_be_registered_without_javascript(person: Enter) -> None:
    intake = person("intake", java_script_enabled=False)
    assert register(intake, "秋实", "县志编纂经费决算").startswith("20")


def test_the_wrong_date_is_told_beside_its_field_and_nothing_is_lost(person: Enter) -> None:
    intake = person("intake")
    page = intake.opens("/register/disclosure_request")
    choose(intake, "channel", "in_person")
    page.fill("[name=arrived_on]", date.today().replace(year=date.today().year + 1).isoformat())
    choose(intake, "kind", "natural_person")
    page.fill("[name=name]", "林深")
    page.fill("[name=subject]", "河道采砂许可")
    page.fill("[name=content]", "申请公开河道采砂许可。")
    page.locator("form button.primary").first.click()
    page.wait_for_load_state()
    assert "不能晚于今天" in page.locator("main").inner_text()
    assert page.input_value("[name=name]") == "林深"
    assert page.input_value("[name=content]") == "申请公开河道采砂许可。"

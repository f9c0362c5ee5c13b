"""One request from the counter to the archive, each step by the person whose job it is, in a real browser."""

from collections.abc import Callable
from pathlib import Path

from docx import Document

from tests.browser.conftest import Person, today

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
    page.fill("[name=arrived_on]", today())
    choose(intake, "kind", "natural_person")
    page.fill("[name=name]", name)
    page.fill("[name=subject]", subject)
    page.fill("[name=content]", f"申请公开{subject}。")
    submit(intake)
    number = page.locator("text=/20\\d\\d-\\d{4}/").first.inner_text()
    return next(part for part in number.replace("：", " ").split() if part[:2] == "20")


def draft(handler: Person, number: str) -> None:
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


def sign(signer: Person, number: str, step: str) -> None:
    signer.takes(number, step)
    choose(signer, "outcome", "approve")
    for question, answer in (
        ("facts_ok", "yes"),
        ("law_ok", "yes"),
        ("remedy_ok", "yes"),
        ("secrecy_finding", "clear"),
    ):
        if signer.page.locator(f"input[name={question}]").count():
            choose(signer, question, answer)
    submit(signer)


def issue_and_download(legal: Person, number: str, target: Path) -> str:
    legal.takes(number, "出具答复书")
    choose(legal, "outcome", "issue")
    submit(legal)
    page = legal.opens(f"/cases?text={number}")
    page.locator("tbody").get_by_role("link", name=number).first.click()
    page.locator(".tabs").get_by_role("link", name="文书").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").first.click()
    download.value.save_as(target)
    return "\n".join(paragraph.text for paragraph in Document(str(target)).paragraphs)


def serve(intake: Person, number: str) -> None:
    intake.takes(number, "送达")
    choose(intake, "mode", "pickup")
    intake.page.fill("[name=signed_on]", today())
    intake.page.fill("[name=signed_by]", "田野")
    submit(intake)


def archive(handler: Person, number: str) -> None:
    handler.takes(number, "归档")
    choose(handler, "file_list", "complete")
    handler.page.fill("[name=volume_no]", "2026-依申请-88")
    handler.page.fill("[name=pages]", "12")
    handler.page.fill("[name=archived_on]", today())
    submit(handler)


def test_a_request_goes_from_the_counter_to_the_archive(person: Enter, tmp_path: Path) -> None:
    intake, handler, legal = person("intake"), person("handler"), person("legal")
    number = register(intake, "田野", "县城停车泊位规划")
    draft(handler, number)
    sign(person("head"), number, "科室负责人审核")
    sign(person("secrecy"), number, "保密审查")
    sign(legal, number, "合法性审查")
    sign(person("leader"), number, "分管领导签发")
    letter = issue_and_download(legal, number, tmp_path / "letter.docx")
    for word in ("田野", "县城停车泊位规划", "规划计划", "北江市人民政府"):
        assert word in letter
    serve(intake, number)
    archive(handler, number)
    assert "已办结" in handler.opens(f"/cases?text={number}").locator("tbody").inner_text()
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
    page.fill("[name=arrived_on]", today(later=30))
    choose(intake, "kind", "natural_person")
    page.fill("[name=name]", "林深")
    page.fill("[name=subject]", "河道采砂许可")
    page.fill("[name=content]", "申请公开河道采砂许可。")
    page.locator("form button.primary").first.click()
    page.wait_for_load_state()
    assert "不能晚于今天" in page.locator("main").inner_text()
    assert page.input_value("[name=name]") == "林深"
    assert page.input_value("[name=content]") == "申请公开河道采砂许可。"

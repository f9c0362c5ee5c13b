"""Twenty letters on the desk: registered by keyboard alone, and nothing typed is lost with the browser."""

import time
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Person

Enter = Callable[..., Person]
PAGE = "/register/disclosure_request"


def test_twenty_requests_are_registered_by_keyboard(
    person: Enter, record_testsuite_property: Callable[[str, object], None]
) -> None:
    intake = person("intake")
    page = intake.opens(PAGE)
    keys = page.keyboard
    began = time.monotonic()
    for number in range(20):
        if number == 0:  # from the second on, channel and day are those of the one before
            keys.press("1")
            keys.press("Enter")
            keys.press("Enter")
        keys.press("1")
        keys.press("Enter")
        keys.insert_text(f"键盘登记{number:02}")
        keys.press("Enter")
        keys.press("3")
        keys.press("Enter")
        keys.insert_text(f"云K{number:04}")
        keys.press("Enter")
        keys.insert_text("0870-5550188")
        for _field in ("phone", "email", "address", "postcode"):
            keys.press("Enter")
        keys.insert_text(f"第{number}村道路硬化工程决算")
        keys.press("Enter")
        keys.insert_text(f"申请公开第{number}村道路硬化工程竣工决算报告。")
        with page.expect_navigation():
            keys.press("Control+Shift+Enter")
        assert "after=" in page.url, page.locator(".summary").all_inner_texts()
    record_testsuite_property("seconds for twenty registrations", round(time.monotonic() - began, 1))

    # A repeat is told while one types.
    page.keyboard.press("1")
    page.fill("#f-name", "")
    page.locator("#f-name").press_sequentially("键盘登记07")
    page.locator("#f-subject").press_sequentially("第7村道路硬化工程决算")
    page.locator("#alike", has_text="可能已经登记过").wait_for()
    assert Axe().run(page).violations_count == 0

    assert not intake.outside
    assert not intake.complaints


def test_what_is_typed_and_chosen_survives_a_closed_browser(person: Enter) -> None:
    intake = person("intake")
    page = intake.opens(PAGE)
    page.fill("#f-name", "键盘登记07")
    paper = {"name": "申请书.txt", "mimeType": "text/plain", "buffer": "请公开".encode()}
    page.set_input_files("#f-request_files", paper)
    page.locator("#kept-files", has_text="申请书.txt").wait_for()
    assert page.input_value("#f-request_files") == ""
    page.locator("#draft-state", has_text="草稿已保存").wait_for()
    # Typing on without a pause is kept as well, and so are the last words before the browser is closed.
    drafts: list[str] = []
    page.on("request", lambda asked: drafts.append(asked.url) if asked.url.endswith("/draft") else None)
    page.locator("#f-content").press_sequentially("申请公开第七村道路硬化工程的竣工决算报告和施工单位的名称", delay=120)
    assert drafts
    page.locator("#f-content").press_sequentially("，谢谢。")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    again = person("intake").opens(PAGE)
    assert again.input_value("#f-name") == "键盘登记07"
    assert again.input_value("#f-content").endswith("名称，谢谢。")
    assert again.locator("#kept-files", has_text="申请书.txt").is_visible()
    # The field that comes first is in sight, wherever on the page it stands.
    again.get_by_role("button", name="不要了，清空").click()
    again.get_by_role("link", name="申请人", exact=True).first.click()
    place = again.locator("#f-subject:focus").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 900 - place["height"], place
    assert again.input_value("#f-content") == ""
    assert not intake.complaints


def test_full_text_search_holds_no_barrier(person: Enter) -> None:
    page = person("handler").opens("/search?text=补偿")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

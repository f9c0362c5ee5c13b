"""Severance with the mouse: an area is dragged over the page and blacked out."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.paper import drawn_pdf


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "合同.pdf"
    path.write_bytes(drawn_pdf("Zhang Wei 13800138000", 2))
    return path


def test_an_area_dragged_with_the_mouse_is_blacked_out(person, pdf):
    handler = person("handler")
    page = handler.opens("/cases?status=open")
    case = page.locator("table a[href*='/cases/']").first.get_attribute("href").split("?")[0]
    handler.opens(f"{case}?tab=papers")
    page.set_input_files("#f-files", pdf)
    page.get_by_role("button", name="上传").click()
    page.locator("tr", has_text="合同.pdf").get_by_role("button", name="区分处理").click()
    picture = page.locator(".severance-page img")
    picture.wait_for()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    box = picture.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.2, steps=5)
    page.mouse.up()
    assert 9 < float(page.input_value("#mark [name=left]")) < 11
    assert 69 < float(page.input_value("#mark [name=right]")) < 71
    page.fill("#mark [name=what]", "姓名和电话")
    page.select_option("#mark [name=ground]", "R4")
    page.fill("#mark [name=why]", "个人隐私")
    page.get_by_role("button", name="添加这一处").click()
    page.get_by_text("已划定 1 处").wait_for()
    page.get_by_role("button", name="遮盖并核验").click()
    page.get_by_text("已完成遮盖并核验").wait_for()
    with page.expect_download() as told:
        page.get_by_role("link", name="处理后的文件").click()
    assert Path(told.value.path()).read_bytes().startswith(b"%PDF-")
    assert (handler.outside, handler.complaints) == ([], [])

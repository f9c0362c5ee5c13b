"""Severance through the pages, with the forms alone: no script is needed."""

import io

import pytest

from engine.cases.documents import Upload, add_documents
from letters.pdf_text import text_of
from tests.paper import drawn_pdf

TOLD = {"what": "联系电话", "ground": "R4", "why": "个人隐私"}
SIDES = {"left": "10", "top": "50", "right": "40", "bottom": "60"}


@pytest.fixture
def document(desk, office):
    case = office.register(subject="青石街改造工程批复").case_id
    upload = Upload("合同.pdf", io.BytesIO(drawn_pdf("Zhang Wei 13800138000", 2)))
    return add_documents(desk, office.people["handler"], case, [upload], "found")[0]


@pytest.fixture
def page(document, logged_in):
    """The handler's browser and the path of the severance."""
    handler = logged_in("handler")
    tab = f"/cases/{document.case_id}?tab=papers"
    assert f"/severance/of/{document.id}" in handler.get(tab).text
    answer = handler.post(f"/severance/of/{document.id}", page=f"/cases/{document.case_id}")
    return handler, answer.headers["Location"]


def test_a_document_is_severed_without_a_script(page):
    handler, path = page
    assert "第 1 页，共 2 页" in handler.get(path).text
    picture = handler.get(f"{path}/pages/1.png")
    assert (picture.mimetype, picture.data[:4]) == ("image/png", b"\x89PNG")
    answer = handler.post(path, {"do": "search", "words": "13800138000", "page": "1", **TOLD})
    assert "找到并划定 2 处" in handler.get(answer.headers["Location"]).text
    answer = handler.post(path, {"do": "mark", "page": "2", **SIDES, **TOLD, "what": "签名"})
    shown = handler.get(answer.headers["Location"]).text
    assert "已划定 3 处" in shown
    assert "第 2 页，共 2 页" in shown
    handler.post(path, {"do": "remove", "mark": ["2"], "page": "2"})
    assert "已划定 2 处" in handler.get(path).text
    answer = handler.post(path, {"do": "finish", "page": "1"})
    shown = handler.get(answer.headers["Location"]).text
    assert "已完成遮盖并核验" in shown
    link = shown.split('href="/cases/documents/')[1].split('"')[0]
    assert "".join(text_of(handler.get(f"/cases/documents/{link}").data)).strip() == ""


def test_areas_are_listed_by_what_they_say_and_taken_away_one_by_one_or_all_of_a_kind(page):
    handler, path = page
    handler.get(path)
    handler.post(path, {"do": "search", "words": "13800138000", "page": "1", **TOLD})
    for left in ("5", "7"):
        handler.post(path, {"do": "mark", "page": "2", **SIDES, "left": left, **TOLD, "what": "签名"})
    shown = handler.get(f"{path}?page=2").text
    assert shown.count("<b>联系电话</b>") == shown.count("<b>签名</b>") == 1
    # What was said last opens both forms; what is covered is written anew.
    assert shown.count('value="个人隐私"') == 2
    assert 'value="签名"' not in shown
    # The picture of the page numbers its own areas: the telephone 1, the signatures 2 and 3.
    assert [shown.count(f'name="mark" value="{place}"') for place in range(4)] == [0, 1, 1, 1]
    handler.post(path, {"do": "remove", "mark": ["3"], "page": "2"})
    assert "已划定 3 处" in handler.get(path).text
    handler.post(path, {"do": "remove", "like": ["0"], "page": "2"})
    shown = handler.get(path).text
    assert "已划定 1 处" in shown
    assert "<b>联系电话</b>" not in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "mark", **SIDES, "what": "电话", "ground": "", "why": "隐私"}, "请选择不予公开的依据"),
        ({"do": "mark", **TOLD, **SIDES, "left": "x"}, "0 至 100 的数字"),
        ({"do": "mark", **TOLD}, "太小或者不在页面内"),
        ({"do": "search", "words": "李四", **TOLD}, "没有找到“李四”"),
        ({"do": "finish"}, "还没有划定遮盖区域"),
    ],
)
def test_what_is_wrong_is_said_on_the_page_and_what_was_typed_stays(page, sent, said):
    handler, path = page
    handler.get(path)
    answer = handler.post(path, {"page": "2", **sent})
    assert answer.status_code == 422
    assert said in answer.text
    assert "第 2 页，共 2 页" in answer.text
    if sent.get("why"):
        assert sent["why"] in answer.text


def test_others_are_kept_out(page, document, logged_in):
    _handler, path = page
    leader = logged_in("leader")
    assert leader.get(path).status_code == 403
    assert "/severance/of/" not in leader.get(f"/cases/{document.case_id}?tab=papers").text
    assert leader.get(f"/cases/documents/{document.id}").status_code == 403
    assert logged_in("legal").get("/severance/99").status_code == 404

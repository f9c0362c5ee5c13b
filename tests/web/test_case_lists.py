"""Lists of single case types: words, heads and columns as each declares them in case.toml."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook


@pytest.fixture
def both(office):
    """A request and a policy document."""
    request = office.register(subject="青石街改造工程批复").case_id
    policy = office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"办法.txt": "第一条 为了规范养犬，制定本办法。"}},
        title="云岭县养犬管理办法",
        document_type="normative_government",
        attribute="active",
        lead_unit="1",
    )
    return request, policy


def heads(page: str) -> list[str]:
    table = page[page.index("<table") :]
    return [re.sub(r"<[^>]+>", "", head).strip() for head in re.findall(r"<th scope=\"col\".*?</th>", table)]


def test_the_menu_leads_to_each_kind_under_its_own_name(logged_in, both):
    page = logged_in("supervisor").get("/cases").text
    menu = page[: page.index("</nav>")]
    for words, address in (("全部办件", "/cases"), ("全部申请", "/cases?kind=disclosure_request")):
        assert f'href="{address}"' in menu
        assert f"<span>{words}</span>" in menu
    assert "<span>政策文件</span>" in menu
    assert "青石街改造工程批复" in page
    assert "云岭县养犬管理办法" in page


def test_a_list_has_the_title_heads_and_columns_of_its_kind(logged_in, both):
    page = logged_in("supervisor").get("/cases?kind=policy_interpretation").text
    assert "<h1>政策文件</h1>" in page
    assert heads(page)[1:] == [
        "期限",
        "编号",
        "文件标题",
        "登记",
        "牵头起草单位",
        "文号",
        "补发期限",
        "当前环节",
    ]
    assert "政务公开股" in page[page.index("<table") :]  # the lead unit, in words
    assert "青石街改造工程批复" not in page
    assert "申请人" not in page[page.index("<main") :]


def test_the_list_of_requests_speaks_of_requests(logged_in, both):
    page = logged_in("supervisor").get("/cases?kind=disclosure_request").text
    assert "<h1>全部申请</h1>" in page
    assert heads(page)[1:] == ["期限", "编号", "申请人和内容", "收到", "届满", "当前环节"]
    assert "云岭县养犬管理办法" not in page


def test_other_filters_stay_within_the_kind(logged_in, both):
    supervisor = logged_in("supervisor")
    page = supervisor.get("/cases?kind=policy_interpretation&content=养犬").text
    assert "云岭县养犬管理办法" in page
    assert 'name="kind" value="policy_interpretation"' in page
    nothing = supervisor.get("/cases?kind=policy_interpretation&content=青石街").text
    assert "没有符合条件的办件" in nothing
    assert supervisor.get("/cases?kind=unknown").status_code == 200


def test_the_spreadsheet_of_an_english_reader_is_in_english_and_holds_no_markup(logged_in, both):
    supervisor = logged_in("supervisor")
    supervisor.get("/cases")
    supervisor.post("/language", {"language": "en"}, page="/cases")
    sheet = load_workbook(BytesIO(supervisor.get("/lists/cases.xlsx").data)).active
    told = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    told += [str(sheet.oddFooter.left.text), str(sheet.oddFooter.center.text), str(sheet.oddHeader.right.text)]
    assert any("internal: keep confidential" in cell for cell in told)
    assert not any("注意保密" in cell or "<span" in cell for cell in told)
    shown = supervisor.get("/lists/cases/print").text
    assert "internal: keep confidential" in shown
    assert "注意保密" not in shown


def test_a_date_column_is_called_what_it_is_and_a_limit_has_one_name(logged_in, both):
    handler = logged_in("handler")
    handler.get("/cases")
    handler.post("/language", {"language": "en"}, page="/cases")
    for tab in ("flow", "diagram"):
        assert "Done at" in heads(handler.get(f"/cases/{both[0]}?tab={tab}").text)
    assert "Step and internal limit" in heads(handler.get("/work?tab=claim").text)

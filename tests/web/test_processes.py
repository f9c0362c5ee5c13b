"""The administrator's pages: versions, their differences, both diagrams, and moving running cases."""

import re

import pytest

from engine.cases.versions import register_folders, versions
from engine.process.differences import LABELS
from tests.changed import Changed
from webui.version_words import TITLES


@pytest.fixture
def two(app, desk, office, tmp_path):
    """A request under the first version (`old`), and a changed second one (`new`)."""
    case = office.register(subject="青石街改造工程批复").case_id
    old = office.case(case).definition_digest
    changed = Changed(tmp_path / "changed")
    changed.rename("completeness", "完整性和管辖审查")
    changed.add_before("triage", "screening", "初筛", role="handler", form="archive")
    changed.remove("conference")
    (new,) = register_folders(desk, [changed.folder])
    return case, old, new


def test_versions_are_listed_with_their_running_cases(two, logged_in):
    _case, old, new = two
    page = logged_in("admin").get("/admin/processes").text
    assert f"/admin/processes/{old[:12]}/{new[:12]}" in page
    row = page.split(old[:12])[1].split("</tr>")[0]
    assert "以前的版本" in row
    assert '<td class="num">1</td>' in row


def test_the_comparison_says_in_words_what_differs_and_shows_no_case_content(two, logged_in):
    _case, old, new = two
    page = logged_in("admin").get(f"/admin/processes/{old[:12]}/{new[:12]}").text
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert "改名 步骤 完整性和管辖审查 completeness intake_check 名称：完整性审查 → 完整性和管辖审查" in told
    assert "新增 步骤 初筛 screening handling" in told
    assert "删去 步骤 疑难会商 conference handling" in told
    assert any("2026-0001 可以迁移" in row and "完整性审查 → 完整性和管辖审查" in row for row in told)
    assert "青石街" not in page
    assert "韩立国" not in page


def test_both_diagrams_are_there_with_their_marks(two, logged_in):
    _case, old, new = two
    admin = logged_in("admin")
    page = admin.get(f"/admin/processes/{old[:12]}/{new[:12]}?level=handling").text
    urls = re.findall(r'data-url="([^"]+)"', page)
    assert urls == [f"/admin/processes/{one}/diagrams/handling.bpmn" for one in (old, new)]
    assert [("screening" in admin.get(url).text) for url in urls] == [False, True]
    assert 'data-added="[&#34;screening&#34;]"' in page
    assert admin.get(f"/admin/processes/{old}/diagrams/nothing.bpmn").status_code == 404


def test_the_cases_are_moved_by_a_button_and_the_page_says_how_many(two, logged_in, desk, office):
    case, old, new = two
    admin = logged_in("admin")
    path = f"/admin/processes/{old[:12]}/{new[:12]}"
    admin.get(path)
    assert office.case(case).definition_digest == old, "looking moves nothing"
    answer = admin.post(path)
    assert answer.status_code == 303
    page = admin.get(answer.headers["Location"]).text
    assert "已迁移 1 件，0 件留在原版本。" in page
    assert "没有按原版本办理的在办件" in page
    assert office.case(case).definition_digest == new
    assert "完整性和管辖审查" in logged_in("handler").get(f"/cases/{case}").text


def test_what_cannot_be_moved_is_listed_with_its_reason(two, logged_in, desk, office):
    case, old, new = two
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    office.do("plan", case=case, outcome="conference")
    page = logged_in("admin").get(f"/admin/processes/{old[:12]}/{new[:12]}").text
    assert "“疑难会商”在新版中没有了。" in page
    assert "迁移这" not in page


@pytest.mark.parametrize(("old", "new", "status"), [("abcdef", "abcdef12", 404), ("x", "y", 404)])
def test_unknown_versions_are_not_found(app, logged_in, old, new, status):
    assert logged_in("admin").get(f"/admin/processes/{old}/{new}").status_code == status


def test_two_case_types_are_not_compared(desk, logged_in):
    first, *_rest, last = versions(desk, None)
    answer = logged_in("admin").get(f"/admin/processes/{first.digest[:12]}/{last.digest[:12]}")
    assert "两类事项" in answer.text
    assert answer.status_code < 500


def test_the_page_calls_things_what_the_command_line_calls_them(app):
    with app.test_request_context():
        assert {code: str(title) for code, title in TITLES.items()} == dict(LABELS)

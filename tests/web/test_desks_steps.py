"""Steps through the browser: claim, look at, complete, come too late, hand over."""

import io
import re

import pytest

from letters.plain_text import lines


@pytest.fixture
def case(office):
    return office.register(subject="青石街改造工程批复").case_id


def item(office, case, element):
    return next(work.id for work in office.open_steps(case) if work.element == element)


COMPLETE = {"identity_ok": "yes", "content_ok": "yes", "form_ok": "yes", "outcome": "complete"}


def test_claimed_and_completed_and_what_comes_next_is_told(office, case, logged_in):
    handler, work = logged_in("handler"), item(office, case, "completeness")
    assert "签收" in handler.get("/work?tab=claim").text
    assert handler.post(f"/work/{work}/claim", page="/work").headers["Location"] == f"/work/{work}"
    assert "完整性审查" in handler.get(f"/work/{work}").text
    assert "青石街改造工程批复" in handler.get("/work").text
    answer = handler.post(f"/work/{work}", COMPLETE)
    assert answer.headers["Location"] == f"/cases/{case}"
    page = handler.get(f"/cases/{case}").text
    assert "“完整性审查”已完成。下一步：研判分类。" in page
    assert "完整性审查" in handler.get("/work?tab=done").text


def test_a_step_with_wrong_answers_keeps_them(office, case, logged_in):
    handler, work = logged_in("handler"), item(office, case, "completeness")
    handler.get(f"/work/{work}")
    answer = handler.post(f"/work/{work}", {"identity_ok": "yes", "completeness_note": "身份证复印件待补"})
    assert answer.status_code == 422
    assert "请选择“审查结论”。" in answer.text
    assert 'name="identity_ok" value="yes" checked' in answer.text
    assert "身份证复印件待补" in answer.text
    assert office.waiting(case) == ["completeness"]


def test_the_second_of_two_reads_who_was_quicker_and_keeps_what_was_typed(office, case, logged_in):
    first, second = logged_in("handler"), logged_in("handler")
    work = item(office, case, "completeness")
    first.get(f"/work/{work}")
    second.get(f"/work/{work}")
    first.post(f"/work/{work}", COMPLETE)
    answer = second.post(f"/work/{work}", {**COMPLETE, "completeness_note": "内容清楚，无须补正"})
    assert answer.status_code == 409
    assert "“完整性审查”已由 经办人甲 于 2026-05-08 10:00 办理完毕，您的提交没有生效。" in answer.text
    assert "内容清楚，无须补正" in answer.text
    assert office.waiting(case) == ["triage"]
    assert second.get(f"/work/{work}").headers["Location"] == f"/cases/{case}"


def test_somebody_elses_step_is_refused_with_the_reason(office, case, logged_in):
    work = item(office, case, "completeness")
    intake = logged_in("intake")
    for answer in (intake.get(f"/work/{work}"), intake.post(f"/work/{work}", COMPLETE)):
        assert answer.status_code == 403
        assert "“完整性审查”不属于您的岗位职责。" in answer.text


def test_who_has_nothing_to_do_with_a_case_learns_nothing_of_it(office, case, logged_in):
    work = item(office, case, "completeness")
    unit = logged_in("unit")
    for path in (f"/work/{work}", f"/cases/{case}", f"/cases/{case}/registered", f"/deadline?case={case}"):
        answer = unit.get(path)
        assert answer.status_code == 404, path
        assert "青石街" not in answer.text
    assert unit.post(f"/work/{work}", COMPLETE).status_code == 404
    assert unit.post(f"/work/{work}/claim", page="/work").status_code == 404


def test_a_claimed_step_can_be_given_back(office, case, logged_in):
    handler, work = logged_in("handler"), item(office, case, "completeness")
    handler.get("/work?tab=claim")
    handler.post(f"/work/{work}/claim", page="/work")
    handler.get(f"/cases/{case}")
    assert handler.post(f"/work/{work}/give-back", page=f"/cases/{case}").status_code == 303
    assert "没有待办的环节" in handler.get("/work").text
    assert office.open_steps(case)[0].assignee_id is None


def test_handing_over_wants_a_person_and_a_reason(office, case, logged_in):
    work = item(office, case, "completeness")
    supervisor = logged_in("supervisor")
    assert "经办人甲" in supervisor.get(f"/work/{work}/reassign").text
    answer = supervisor.post(f"/work/{work}/reassign", {"to": f"p{office.people['handler'].id}"})
    assert answer.status_code == 422
    assert "请填写转办原因。" in answer.text
    answer = supervisor.post(f"/work/{work}/reassign", {"to": "p999", "reason": "出差"})
    assert "不能办理" in answer.text
    answer = supervisor.post(f"/work/{work}/reassign", {"to": f"p{office.people['handler'].id}", "reason": "出差"})
    assert answer.status_code == 303
    assert office.open_steps(case)[0].assignee_id == office.people["handler"].id
    assert logged_in("handler").get(f"/work/{work}/reassign").status_code == 200


def test_a_table_works_without_script_and_its_errors_stand_in_their_line(office, case, logged_in):
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    handler, work = logged_in("handler"), item(office, case, "plan")
    page = handler.get(f"/work/{work}").text
    assert 'name="third_parties-1-name"' in page
    assert "再加三行" in page
    typed = {"outcome": "measures", "third_parties-0-name": "北江恒通公司", "third_parties-0-address": "北江市1号"}
    more = handler.post(f"/work/{work}", {**typed, "more_rows": "third_parties"})
    assert more.status_code == 200
    assert 'name="third_parties-4-name"' in more.text
    assert 'value="北江恒通公司"' in more.text
    answer = handler.post(
        f"/work/{work}", {**typed, "third_parties-1-name": "", "third_parties-2-name": "云岭化工公司"}
    )
    assert answer.status_code == 422
    assert "第 3 行：请填写“送达地址”。" in answer.text
    assert 'id="e-third_parties-2-address"' in answer.text
    assert handler.post(f"/work/{work}", typed).status_code == 303
    assert "third_party_draft" in office.waiting(case)


def test_a_leader_signs_from_one_page_and_reads_the_letter_beforehand(office, case, logged_in):
    office.advance(case, until="leader_signoff")
    leader, work = logged_in("leader"), item(office, case, "leader_signoff")
    page = leader.get(f"/work/{work}").text
    for word in (
        "本件摘要",
        "前面的意见",
        "G2 已主动公开，告知获取方式",
        "县政府网站首页“政务公开—公告栏”。",
        "预览文书",
    ):
        assert word in page
    # What is signed comes first, then the form that signs it, then the days; the step is named once.
    places = [
        page.index(mark)
        for mark in ("县政府网站首页“政务公开—公告栏”。", 'name="outcome"', "前面的意见", "答复期限逐日示意")
    ]
    assert places == sorted(places)
    assert len(re.findall(r">分管领导签发</h\d>", page)) == 1
    shown = leader.post(f"/work/{work}/preview", {"opinion": "同意“照发”"}, page=f"/work/{work}")
    assert shown.status_code == 200
    assert 'class="sheet-title">政府信息公开申请答复书</p>' in shown.text
    assert "预览稿　未编号　不得发出" in shown.text
    assert 'name="opinion" value="同意“照发”"' in shown.text
    answer = leader.post(f"/work/{work}/preview", {"as": "docx"}, page=f"/work/{work}")
    assert answer.headers["Content-Disposition"].isascii()
    assert "公告栏" in "\n".join(lines(answer.data))
    assert office.waiting(case) == ["leader_signoff"]
    answer = leader.post(f"/work/{work}", {"outcome": "return"})
    assert "请填写“退回理由”。" in answer.text
    assert leader.post(f"/work/{work}", {"outcome": "approve"}).status_code == 303


def test_issuing_leads_to_the_letter_and_its_file_never_changes(office, case, logged_in):
    office.advance(case, until="issue_reply")
    legal, work = logged_in("legal"), item(office, case, "issue_reply")
    assert "完成这一步将出具" in legal.get(f"/work/{work}").text
    answer = legal.post(f"/work/{work}", {"outcome": "issue"})
    page = legal.get(answer.headers["Location"]).text
    assert "文书已出具：" in page
    assert "云政公复〔2026〕1号" in page
    path = page.split('href="/letters/')[1].split('"')[0].replace("read", "file")
    once, twice = legal.get(f"/letters/{path}"), legal.get(f"/letters/{path}")
    assert once.data == twice.data
    assert once.data.startswith(b"PK")
    assert once.headers["Content-Disposition"].startswith("attachment")
    assert once.headers["Content-Disposition"].isascii()


def test_a_form_put_aside_opens_as_it_was_left(office, case, logged_in):
    handler, work = logged_in("handler"), item(office, case, "completeness")
    handler.get(f"/work/{work}")
    answer = handler.post(f"/work/{work}/keep", {"completeness_note": "等申请人回电"}, page=f"/work/{work}")
    assert answer.headers["Location"] == f"/work/{work}"
    page = handler.get(f"/work/{work}").text
    assert "已暂存。" in page
    assert "等申请人回电" in page
    again = logged_in("handler")
    assert "等申请人回电" in again.get(f"/work/{work}").text
    again.post(f"/work/{work}", COMPLETE)
    assert office.waiting(case) == ["triage"]


def test_a_refused_file_at_a_step_changes_nothing(office, case, logged_in):
    office.advance(case, until="draft")
    handler, work = logged_in("handler"), item(office, case, "draft")
    handler.get(f"/work/{work}")
    form = {"outcome": "submit", "decision": "G2", "locator": "公告栏"}
    form["draft_files"] = (io.BytesIO(b"MZ"), "tool.exe")
    answer = handler.post(f"/work/{work}", form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "附件“tool.exe”的类型不能接收" in answer.text
    assert ">公告栏</textarea>" in answer.text.replace("\n公告栏", "公告栏")
    assert office.waiting(case) == ["draft"]


def test_a_decision_without_its_evidence_does_not_leave_the_drafter(office, case, logged_in):
    office.advance(case, until="draft")
    handler, work = logged_in("handler"), item(office, case, "draft")
    assert 'label="R4　不予公开：保护第三方合法权益" data-of="R4"' in handler.get(f"/work/{work}").text
    form = {"outcome": "submit", "decision": "R4", "ground": "privacy", "reason": "涉及个人住址"}
    form |= {"third_party_opinion": "未征求", "balancing": "没有重大影响"}
    answer = handler.post(f"/work/{work}", form)
    assert answer.status_code == 422
    assert "材料不全，不能提交：缺少征求意见记录" in answer.text
    assert "涉及个人住址" in answer.text
    assert office.waiting(case) == ["draft"]


def test_an_action_is_taken_by_form_or_refused_with_its_errors(office, case, logged_in):
    handler = logged_in("handler")
    assert "申请人撤回" in handler.get(f"/cases/{case}").text
    path = f"/cases/{case}/actions/withdraw"
    handler.get(path)
    answer = handler.post(path, {"withdrawn_on": "2026-05-08"})
    assert answer.status_code == 422
    assert "请填写“撤回情况”。" in answer.text
    form = {"withdrawn_on": "2026-05-08", "withdrawn_by": "oral", "withdrawn_note": "来电撤回"}
    assert handler.post(path, form).status_code == 303
    answer = handler.post(path, form)
    assert answer.status_code == 409
    assert "来电撤回" in answer.text
    assert handler.get(f"/cases/{case}/actions/no_such").status_code == 404
    assert logged_in("legal").get(path).status_code == 403

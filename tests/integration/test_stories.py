"""The worked requests, told through the real commands at their own dates: decision, letter, dates, what must show."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engine.cases.audit import verify
from engine.cli.app import yishen
from engine.demo.queue import move
from engine.holidays import builtin_calendar
from engine.statute.decisions import RemedyType
from engine.store.tables import Case, Letter
from tests.told import Told, tell_stories, worked

# story: decision, ground, letter, receipt, last day for the reply (None: none any more), day that governs timeliness.
SAMPLES = {
    "R01": ("G2", None, "A-01", "2026-09-14", "2026-10-16", "2026-09-17"),
    "R02": ("G1", None, "A-02", "2026-09-16", "2026-10-20", "2026-10-15"),
    "R03": ("P1", "R4", "A-04", "2026-03-02", "2026-04-13", "2026-03-31"),
    "R04": ("R6", None, "A-11", "2026-04-22", "2026-05-22", "2026-05-11"),
    "R05": ("D1", None, "A-19", "2026-05-07", "2026-06-03", "2026-05-12"),
    "R06": ("O1", None, "L-14", "2026-06-01", None, None),
    "R07": ("R8", None, "A-13", "2026-06-15", "2026-07-14", "2026-06-22"),
    "R08": ("N2", None, "A-16", "2026-07-01", "2026-07-29", "2026-07-09"),
    "R09": ("N1", "other_agency", "A-15", "2026-07-20", "2026-08-17", "2026-07-24"),
    "R10": ("D2", None, "A-18", "2026-11-09", "2026-12-07", "2026-11-13"),
    "R11": ("G1", None, "A-02", "2026-08-10", "2026-09-28", "2026-09-14"),
    "R12": ("G1", None, "A-02", "2026-10-12", "2026-12-01", "2026-11-11"),
    "R13": ("G1", None, "A-02", "2026-12-10", None, "2026-12-30"),
    "R14": ("G3", None, "A-03", "2026-11-03", "2026-12-01", "2026-11-03"),
    "R15": ("P1", "R3", "A-04", "2026-11-02", "2026-12-21", "2026-12-11"),
    "R16": ("R4", "trade_secret", "A-08", "2026-05-18", "2026-07-09", "2026-06-22"),
    "R17": ("N1", "not_found", "A-14", "2026-06-23", "2026-07-21", "2026-07-07"),
    "R18": ("O3", None, "L-14", "2026-08-24", None, None),
    "R19": ("G1", None, "A-02", "2026-09-07", "2026-10-10", "2026-09-28"),
    "R20": ("D4", None, "A-21", "2026-10-19", "2026-11-16", "2026-11-06"),
    "R21": ("G1", None, "A-02", "2026-07-13", "2026-08-25", "2026-08-10"),
}


@pytest.fixture(scope="module")
def told(sqlite_template, tmp_path_factory) -> Told:
    folder = tmp_path_factory.mktemp("stories")
    (folder / "yishen.db").write_bytes(sqlite_template.read_bytes())
    told = tell_stories(f"sqlite:///{folder / 'yishen.db'}", folder / "var", [story.id for story in worked()])
    yield told
    told.desk.sessions.engine.dispose()


def assert_ends_as_shown(told: Told, story: str) -> None:
    decision, ground, letter, receipt, due, replied = SAMPLES[story]
    case = told.case(story)
    assert (case.decision, case.ground, told.letters(story)[-1].code) == (decision, ground, letter)
    dates = (case.received_on, case.due_on, case.replied_on)
    assert dates == tuple(date.fromisoformat(day) if day else None for day in (receipt, due, replied))
    assert case.in_time is (True if replied else None)
    assert case.archived_at is not None
    assert told.page(story).waiting == ()


@pytest.mark.parametrize("story", SAMPLES)
def test_every_request_ends_as_shown(told, story):
    assert_ends_as_shown(told, story)


def test_the_same_on_postgresql(postgresql_database, tmp_path):
    told = tell_stories(postgresql_database(), tmp_path, ["R02", "R03", "R06", "R12", "R18", "R19"])
    try:
        for story in told.cases:
            assert_ends_as_shown(told, story)
        with told.desk.reading() as session:
            assert verify(session).broken is None
    finally:
        told.desk.sessions.engine.dispose()


def test_the_dates_are_those_of_yishen_deadline(told):
    stories = list(told.cases)
    ledgers = [
        {"events": [{**row.data, "type": row.type, "date": row.on.isoformat()} for row in told.ledger(story)]}
        for story in stories
    ]
    answer = CliRunner().invoke(yishen, ["deadline", "--json", "-"], input=json.dumps(ledgers))
    assert answer.exit_code == 0, answer.stderr
    for story, given in zip(stories, json.loads(answer.stdout), strict=True):
        case = told.case(story)
        assert given["receipt"] == case.received_on.isoformat(), story
        shown = case.due_on.isoformat() if case.due_on else None
        if case.estimated_due_on:
            assert (given["reply_due"], given["provisional_reply_due"]) == (
                "INDETERMINATE",
                case.estimated_due_on.isoformat(),
            )
        else:
            assert given["reply_due"] == shown, story
        assert given.get("in_time") == case.in_time, story


def test_every_letter_reads_clean(told):
    assert told.findings() == []


def test_the_trail_holds_and_no_number_is_missing(told):
    with told.desk.reading() as session:
        assert verify(session).broken is None
    numbers = [case.number for case in told.rows(select(Case).order_by(Case.id))]
    assert numbers == [f"2026-{serial:04d}" for serial in range(1, 35)]
    for series in ("reply", "notice"):
        used = told.rows(select(Letter).where(Letter.series == series).order_by(Letter.id))
        assert [one.serial for one in used] == list(range(1, len(used) + 1))
        assert len({one.number for one in used}) == len(used)


def test_public_already_the_reply_leads_to_the_document(told):
    text = told.letter_text("R01", "A-01")
    assert "政府信息公开—政策文件—县政府办公室文件" in text
    assert "YL530690-2026-0133" in text


def test_two_units_search_and_the_period_runs_over_two_holidays_and_two_make_up_days(told):
    searches = told.work("R02", "search")
    assert len({one.unit_id for one in searches}) == len({one.done_by for one in searches}) == 2
    assert [told.work("R02", step)[0].outcome for step in ("legal_review", "leader_signoff")] == ["通过", "同意签发"]
    cells = told.page("R02").strip
    assert [cell.on.isoformat() for cell in cells if cell.make_up] == ["2026-09-20", "2026-10-10"]
    assert sum(cell.number is not None for cell in cells) == 20
    assert {cell.on.month for cell in cells if cell.kind == "holiday"} == {9, 10}
    assert "已核对居民身份证" in told.answers("R02", "送达")["签收人或者见证人"]


def test_a_third_party_objects_and_the_rest_is_supplied(told):
    assert told.on("R03", "consult_sent") == ["2026-03-05"]
    assert told.on("R03", "consult_received") == ["2026-03-06"]
    assert told.on("R03", "opinion") == ["2026-03-18"]
    assert told.page("R03").clock.suspended_working_days == 9
    assert {"L-06", "L-08"} <= {letter.code for letter in told.letters("R03")}
    text = told.letter_text("R03", "A-04")
    assert "第五章第二节" in text
    assert "环境影响报告书（区分处理后）" in text
    assert "商业秘密" in text
    assert ("redaction_record", "区分处理底稿.txt") in told.papers("R03")


@pytest.mark.parametrize(
    ("story", "arrived", "alarm"), [("R04", "2026-04-20", "2026-04-21"), ("R05", "2026-05-06", "2026-05-07")]
)
def test_a_late_confirmation_has_given_alarm_and_both_dates_stand(told, story, arrived, alarm):
    warned = [one for one in told.messages(story, "intake") if "当日未与申请人确认" in one.text]
    assert [told.local_day(one.sent_at).isoformat() for one in warned] == [alarm]
    assert [one.element for one in told.audit(story, "timer")] == ["confirmation_due"]
    page = told.page(story)
    assert page.case.arrived_on.isoformat() == arrived
    assert page.case.received_on > page.case.arrived_on
    assert page.case.cautious_due_on < page.case.due_on


def test_a_refusal_tells_to_apply_for_reconsideration_first(told):
    text = told.letter_text("R04", "A-11")
    assert "先依法向北江市人民政府申请行政复议" in text
    assert told.letters("R04", "A-11")[0].remedy == RemedyType.RF


@pytest.mark.parametrize(
    ("story", "code", "words"),
    [
        ("R05", "A-19", ["12345", "云岭县综合行政执法局"]),
        ("R07", "A-13", ["市场主体登记管理条例", "二楼12号窗口"]),
        ("R08", "A-16", ["政府信息公开年报", "加工、分析"]),
        ("R09", "A-15", ["北江市发展和改革委员会", "0870-5550500"]),
        ("R16", "A-08", ["没有提出意见", "纾困资金"]),
        ("R17", "A-14", ["县档案馆", "粮站"]),
    ],
)
def test_the_letter_names_what_the_applicant_needs(told, story, code, words):
    text = told.letter_text(story, code)
    assert [word for word in words if word not in text] == []


def test_an_answer_to_the_correction_notice_never_came(told):
    assert told.on("R06", "correction_notice_served") == ["2026-06-05"]
    fired = told.audit("R06", "timer")
    assert [(one.element, told.local_day(one.at).isoformat()) for one in fired] == [("correction_due", "2026-06-30")]
    assert "correction_service_proof" in {kind for kind, _name in told.papers("R06")}
    assert "2026年6月29日届满" in told.letter_text("R06", "L-14")


def test_the_earlier_request_is_pointed_out_and_cited(told):
    assert "R02" in {story for story in told.cases for case in told.page("R10").earlier if case.id == told.cases[story]}
    (reply,) = told.letters("R02", "A-02")
    text = told.letter_text("R10", "A-18")
    assert reply.number in text
    assert "2026年10月13日" in text
    assert reply.dated_on == date(2026, 10, 13)


def test_the_fee_stands_line_by_line_and_the_period_begins_afresh(told):
    fields = told.letters("R11", "L-12")[0].fields
    assert [(line["count"], str(line["amount"])) for line in fields["fee_lines"]] == [
        (30, "0"), (70, "700"), (100, "2000"), (60, "2400"),
    ]  # fmt: skip
    assert str(fields["fee_total"]) == "5100"
    assert told.on("R11", "fee_notice_served") == ["2026-08-20"]
    assert told.on("R11", "fee_paid") == ["2026-08-31"]
    assert told.page("R11").clock.period_start == date(2026, 8, 31)


def test_a_silent_joint_agency_consents_and_a_silent_third_party_does_neither(told):
    joint, third = told.page("R12").clock, told.page("R16").clock
    assert [day.value.isoformat() for day in joint.deemed_consent.values()] == ["2026-11-06"]
    assert third.deemed_consent == {}
    assert [day.value.isoformat() for day in third.consult_deadline.values()] == ["2026-06-12"]
    assert any("视为同意公开（条例第三十四条）" in one.text for one in told.messages("R12", "handler"))
    assert any("不视为同意也不视为不同意" in one.text for one in told.messages("R16", "handler2"))
    assert told.answers("R16", "拟稿")["公共利益的衡量"]


def test_answered_on_the_spot_with_a_fingerprint_and_reviewed_by_another(told):
    assert told.answers("R14", "政府信息公开申请登记")["申请人签名或者按指印"] == "已按指印"
    assert "视力障碍" in told.page("R14").applicant.assistance
    spot = told.answers("R14", "当场答复")
    assert (spot["申请人签名或者按指印"], spot["清单事项"]) == ("已按指印", "农村低保评议标准和评议结果")
    (reply,), (review,) = told.work("R14", "spot_reply"), told.work("R14", "spot_review")
    assert (reply.done_by, review.done_by) == (told.actor("intake").id, told.actor("supervisor").id)


def test_an_extension_is_approved_by_the_head_and_told_before_the_reply_was_due(told):
    clock = told.page("R15").clock
    assert clock.extension_valid is True
    assert told.work("R15", "extension_approve")[0].done_by == told.actor("head").id
    (told_on,) = told.on("R15", "extension")
    assert told_on == "2026-11-24" < clock.reply_due_before_extension.value.isoformat() == "2026-11-30"
    assert told.letters("R15", "L-05")[0].fields["extended_due"] == {"date": "2026-12-21", "provisional": False}


def test_a_withdrawal_recalls_the_search_order(told):
    (search,) = told.work("R18", "search")
    assert search.status == "recalled"
    assert told.local_day(search.done_at) == date(2026, 8, 28)
    assert [one.action for one in told.audit("R18", "action", "recall")] == ["recall", "action"]
    assert told.page("R18").light.light == "closed"


def test_returned_mail_timely_by_the_first_posting_remedies_from_the_delivery(told):
    assert told.on("R19", "reply_posted") == ["2026-09-28", "2026-10-13"]
    clock = told.page("R19").clock
    assert (clock.in_time, clock.reply_on) == (True, date(2026, 9, 28))
    # Sixty days from 2026-10-16.
    assert clock.reconsideration_deadline.value == date(2026, 12, 15)
    assert ("service_proof", "退回信封（原址查无此人）.txt") in told.papers("R19")
    assert [row.outcome for row in told.work("R19", "delivery")] == ["退回", "已妥投"]
    addresses = [dict(one.answers)["寄往地址或者电子地址"] for one in told.page("R19").answered if one.title == "送达"]
    assert len(set(addresses)) == 2


def test_the_system_counts_fourteen_requests_in_the_month(told):
    page = told.page("R20")
    earlier = [
        case for case in page.earlier if case.arrived_on.strftime("%Y-%m") == "2026-10" and case.id < page.case.id
    ]
    assert len(earlier) == 13
    assert told.on("R20", "reasons_requested") == ["2026-10-23"]
    assert told.on("R20", "reasons_received") == ["2026-10-30"]
    assert "十四件" in told.letter_text("R20", "A-21")


def test_corrected_in_time_the_same_case_starts_afresh(told):
    assert told.on("R21", "corrected_received") == ["2026-07-28"]
    assert told.page("R21").clock.period_start == date(2026, 7, 28)
    assert told.case("R21").due_on == move(date(2026, 7, 28), 20, builtin_calendar())
    assert "老城片区保护更新专项规划" in told.case("R21").subject
    assert len({event.chain for event in told.audit("R21", "register", "complete")}) == 1

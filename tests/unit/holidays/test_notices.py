"""Holiday notices read from text, JSON and CSV, and the calendars made of them."""

import json
from datetime import date

import pytest

from engine.holidays import HolidayNotice, NoticeError, builtin_calendar, builtin_notices, combine, read_notice

TEXTS = {
    2024: """关于2024年部分节假日安排的通知
国办发明电〔2023〕7号
各乡镇、各部门：现将2024年放假的日子写在下面。
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
""",
    2025: """关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
值班人员名单请于12月20日前报来。
""",
    2026: """关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
""",
    2023: """关于2023年部分节假日安排的通知
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
""",
}


@pytest.mark.parametrize("year", TEXTS)
def test_a_pasted_notice_gives_the_same_days_as_the_built_in_year(year):
    notice = read_notice(TEXTS[year])
    assert notice.year == year
    combined, known = combine([notice]), builtin_calendar()
    span = date(year - 1, 12, 1), date(year + 1, 1, 31)
    assert combined.working_days(*span) == known.working_days(*span)
    built_in = next(one for one in builtin_notices() if one.year == year)
    assert notice.make_up_days == built_in.make_up_days


def test_the_number_is_found_and_days_carry_their_holiday():
    notice = read_notice(TEXTS[2026])
    assert notice.paper == "国办发明电〔2025〕7号"
    assert notice.names[date(2026, 2, 14)] == "春节"
    assert read_notice(TEXTS[2025]).names[date(2025, 10, 6)] == "国庆节、中秋节"
    assert read_notice(TEXTS[2025], paper="县政府办转发").paper == "县政府办转发"


@pytest.mark.parametrize("name", ["12月31日至1月2日", "12月31日（周四）至2027年1月2日（周六）"])
def test_a_range_over_new_year_may_leave_its_year_out(name):
    moved = TEXTS[2026].replace("2026年", "2027年")
    head, *rest = moved.splitlines()
    text = "\n".join(line for line in [head, *rest] if "日" in line and ("关于" in line))
    text += f"\n一、元旦：{name}放假调休，共3天。"
    for festival, line in {
        "春节": "2月5日至11日放假调休，共7天",
        "清明节": "4月3日至5日放假，共3天",
        "劳动节": "5月1日至5日放假调休，共5天",
        "端午节": "6月9日放假",
        "中秋节": "9月15日放假",
        "国庆节": "10月1日至7日放假调休，共7天。9月26日（周日）上班",
    }.items():
        text += f"\n{festival}：{line}。"
    notice = read_notice(text)
    assert {date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)} <= notice.rest_days
    calendar = combine([notice])
    assert 2027 in calendar.loaded_years
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2027, 9, 26))
    assert calendar.working_days_after(date(2026, 12, 10), 20).firm


def replaced(old: str, new: str) -> str:
    assert old in TEXTS[2026]
    return TEXTS[2026].replace(old, new)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "空"),
        ("今天天气很好", "节假日安排"),
        ("关于2026年部分节假日安排的通知\n大家注意安全。", "元旦"),
        (replaced("共9天", "共8天"), "共8天"),
        (replaced("（周六）、2月28日（周六）", "（周日）、2月28日（周六）"), "周日"),
        (replaced("2026年部分", "2025年部分"), "周四"),
        (replaced("六、中秋节：9月25日（周五）至27日（周日）放假，共3天。\n", ""), "中秋节"),
        (replaced("4月4日（周六）至6日（周一）放假，共3天", "4月31日放假"), "4月31日"),
        (replaced("5月9日（周六）上班", "5月8日上班"), "工作日"),
        (replaced("5月9日（周六）上班", "5月2日上班"), "既是放假又是上班"),
        (replaced("5月9日（周六）上班", "2月14日上班"), "两处"),
        (replaced("6月19日（周五）至21日（周日）放假，共3天", "待定"), "端午节"),
        (replaced("4月4日（周六）至6日（周一）", "4日至6日"), "月份"),
        (replaced("10月1日（周四）至7日（周三）", "10月7日至1日"), "范围"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused_with_its_reason(text, says):
    with pytest.raises(NoticeError) as caught:
        read_notice(text)
    assert says in str(caught.value)


def test_a_chosen_year_must_agree_with_the_notice():
    assert read_notice(TEXTS[2026], year=2026).year == 2026
    with pytest.raises(NoticeError, match="2026"):
        read_notice(TEXTS[2026], year=2027)


DAYS = [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-03", "isOffDay": False},
]


def test_json_and_csv_give_the_same_notice():
    from_json = read_notice(json.dumps({"year": 2027, "papers": ["国办发明电〔2026〕9号"], "days": DAYS}))
    from_csv = read_notice(
        "日期,节日,类型\n2027-01-01,元旦,放假\n2027-01-03,元旦,上班\n", paper="国办发明电〔2026〕9号"
    )
    assert from_json == from_csv
    assert from_json.paper == "国办发明电〔2026〕9号"
    assert from_json.names[date(2027, 1, 3)] == "元旦"
    assert hash(from_json) == hash(from_csv)
    english = read_notice("date\tisOffDay\n2027-01-01\ttrue\n\n2027-01-03\tfalse")
    assert english.make_up_days == {date(2027, 1, 3)}


def test_files_in_gb18030_and_with_a_byte_order_mark():
    text = "日期,类型\n2027-01-01,放假\n"
    expected = read_notice(text)
    assert read_notice(text.encode("gb18030")) == expected
    assert read_notice(text.encode("utf-8-sig")) == expected
    with pytest.raises(NoticeError, match="编码"):
        read_notice(b"\xff\xff\xff")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[1]", "days"),
        ('{"year": "2027", "days": []}', "year"),
        ('{"year": true, "days": []}', "year"),
        ('{"year": 2027, "days": []}', "没有读到放假日期"),
        ('{"year": 2027, "days": [5]}', "第 1 项"),
        ('{"year": 2027, "days": [{"date": "2027-01-01"}]}', "isOffDay"),
        ('{"year": 2027, "days": [{"date": "2027-13-01", "isOffDay": true}]}', "2027-13-01"),
        ('{"year": 2027, "days": [{"date": "2029-01-01", "isOffDay": true}]}', "2029-01-01"),
        (json.dumps({"year": 2027, "days": DAYS + DAYS[:1]}), "两次"),
        ("日期,备注\n2027-01-01,放假", "类型"),
        ("日期,类型\n2027-01-01,也许", "第 2 行"),
        ("日期,类型\n2027/1/1,放假", "第 2 行"),
        ("日期,类型\n", "没有日期"),
        ("日期,类型\n" + "2027-01-01,放假\n" * 20_000, "太长"),
    ],
)
def test_files_that_cannot_be_right_are_refused_with_place_and_reason(content, says):
    with pytest.raises(NoticeError) as caught:
        read_notice(content)
    assert says in str(caught.value)


def test_a_later_notice_for_a_year_replaces_the_earlier_one():
    first = read_notice(TEXTS[2026])
    amended = HolidayNotice(2026, "补充通知", first.rest_days | {date(2026, 2, 24)}, first.make_up_days)
    assert not combine([first, amended]).is_working_day(date(2026, 2, 24))
    assert combine([amended, first]).is_working_day(date(2026, 2, 24))


def test_replacing_a_year_keeps_what_the_next_years_notice_says_about_its_end():
    only_new_year = HolidayNotice(2018, "", frozenset({date(2018, 1, 1)}), frozenset())
    calendar = combine([only_new_year])
    assert not calendar.is_working_day(date(2018, 12, 31))  # the notice of 2019
    assert calendar.is_working_day(date(2018, 12, 29))
    assert calendar.is_working_day(date(2018, 10, 1))


def test_built_in_years_are_those_of_the_library():
    assert builtin_calendar().loaded_years == set(range(2004, 2027))


def test_an_office_may_observe_local_holidays():
    assert not combine([], extra_rest_days=frozenset({date(2026, 7, 1)})).is_working_day(date(2026, 7, 1))

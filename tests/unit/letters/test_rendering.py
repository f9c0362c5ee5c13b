"""Every letter comes out whole, for every decision it answers, and says when something is missing."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt

from letters import plain_text
from letters.catalog import load
from letters.fields import FieldFault, MissingFields, collect, quoted_words
from letters.lint import lint
from letters.render import missing_fields, preview, render
from letters.samples import ISSUED_ON, owed_remedy, samples
from letters.wording import ClockDate

ROOT = Path(__file__).parents[3]
CATALOG = load()
SAMPLES = [sample for entry in CATALOG.letters.values() for sample in samples(entry, CATALOG)]


def typical(code, decision=None):
    return next(
        sample
        for sample in samples(CATALOG[code], CATALOG)
        if sample.length == "typical" and decision in {None, sample.decision}
    )


def text_of(letter):
    return "\n".join(plain_text.lines(letter))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name.replace(" ", "_"))
def test_every_sample_renders_reads_clean_and_opens_again(sample):
    entry = CATALOG[sample.code]
    letter = render(sample.code, sample.fields, CATALOG)
    assert Document(io.BytesIO(letter)).paragraphs
    findings = lint(
        plain_text.lines(letter),
        entry,
        remedy=owed_remedy(entry, sample.decision, sample.ground, sample.fields),
        dated=ISSUED_ON,
        quoted=quoted_words(entry, sample.fields),
    )
    assert [str(finding) for finding in findings] == []


def test_a_reply_says_who_what_when_and_on_which_article():
    text = text_of(render("A-14", typical("A-14").fields, CATALOG))
    for words in (
        "云岭县人民政府", "云政公复〔2026〕12号", "韩立国：", "2026年10月12日收到", "“申请公开本县城东片区",
        "1．本机关档案室", "“北门粮站”", "第三十六条第四项", "60日内", "6个月内", "北江市中级人民法院",
        "2026年11月6日", "李静",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("code", sorted(CATALOG.letters))
def test_each_missing_field_is_named(code):
    entry = CATALOG[code]
    fields = typical(code).fields
    for field in entry.fields:
        if not field.required:
            continue
        without = {name: value for name, value in fields.items() if name != field.name}
        assert missing_fields(code, without, CATALOG) == (field,)
        with pytest.raises(MissingFields, match=field.label) as raised:
            render(code, without, CATALOG)
        assert raised.value.fields == (field,)


@pytest.mark.parametrize("empty", [None, "", "  \n ", []])
def test_a_blank_value_is_a_missing_one(empty):
    fields = {**typical("A-11").fields, "reason": empty}
    assert [field.name for field in missing_fields("A-11", fields, CATALOG)] == ["reason"]


def test_equal_fields_give_equal_bytes():
    fields = typical("A-02").fields
    assert render("A-02", fields, CATALOG) == render("A-02", fields, CATALOG)


def test_preview_is_marked_on_every_page_and_has_no_number():
    fields = {name: value for name, value in typical("A-11").fields.items() if name != "reason"}
    letter = preview("A-11", fields, CATALOG)
    text = text_of(letter)
    assert text.count("预览稿　未编号") == 3  # first page, odd pages, even pages
    assert "云政公复" not in text
    assert "【待填：本件的具体理由】" in text
    assert "预览" not in text_of(render("A-11", typical("A-11").fields, CATALOG))


def test_a_preview_of_nothing_at_all_still_opens():
    for code in CATALOG.letters:
        assert "【待填" in text_of(preview(code, {}, CATALOG))


def test_optional_parts_leave_no_trace_when_absent():
    fields = {name: value for name, value in typical("A-02").fields.items() if name != "form_reason"}
    assert "第四十条" in text_of(render("A-02", typical("A-02").fields, CATALOG))
    assert "第四十条" not in text_of(render("A-02", fields, CATALOG))


def test_an_organisation_is_not_addressed_as_a_person():
    fields = {**typical("A-05").fields, "you": "organisation"}
    text = text_of(render("A-05", fields, CATALOG))
    assert "贵单位申请公开" in text
    assert "您" not in text


def test_a_provisional_date_never_reads_as_a_firm_one():
    due = ClockDate(date(2027, 1, 8), provisional=True, years=(2027,))
    text = text_of(render("L-05", {**typical("L-05").fields, "extended_due": due}, CATALOG))
    assert "2027年1月8日（暂定：2027年放假安排尚未公布" in text
    firm = text_of(render("L-05", {**typical("L-05").fields, "extended_due": ClockDate(date(2026, 12, 4))}, CATALOG))
    assert "2026年12月4日。" in firm
    assert "暂定" not in firm


def test_a_derived_date_without_its_certainty_is_refused():
    with pytest.raises(FieldFault, match="延期后的答复期限"):
        render("L-05", {**typical("L-05").fields, "extended_due": date(2026, 12, 4)}, CATALOG)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("files", "三份文件", "提供的政府信息"),
        ("files", ["三份文件"], "每一行"),
        ("files", [{"name": "甲", "form": "纸质", "pages": "三"}], "页数"),
        ("receipt_on", "10月12日", "收到申请之日"),
        ("you", "robot", "robot"),
        ("form_given", 3.5, "提供方式"),
        ("form_given", "长" * 20_001, "20000字"),
        ("files", [{"name": "甲", "form": "纸质", "pages": 1}] * 1_001, "1000行"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_in_chinese(name, value, words):
    with pytest.raises(FieldFault, match=words):
        render("A-02", {**typical("A-02").fields, name: value}, CATALOG)


def test_what_an_applicant_types_stays_text():
    hostile = "{{ 7*7 }}<w:p/>&lt;b&gt;{% for x in y %}\x00\x0b\u202e“引号”]]>"
    letter = render("A-11", {**typical("A-11").fields, "subject": hostile, "addressee": "<韩>&立国"}, CATALOG)
    text = text_of(letter)
    assert "｛｛ 7*7 ｝｝<w:p/>&lt;b&gt;" in text
    assert "“引号”" not in text
    assert "‘引号’" in text
    assert "<韩>&立国：" in text
    assert "\x00" not in text
    assert "\u202e" not in text


def test_many_lines_stay_paragraphs_of_their_own():
    reason = "第一，内容尚在讨论\n\n第二，方案没有定稿；\r\n第三,公开会影响讨论(含会签)"
    lines = plain_text.lines(render("A-11", {**typical("A-11").fields, "reason": reason}, CATALOG))
    assert "第一，内容尚在讨论。" in lines
    assert "第二，方案没有定稿；" in lines
    assert "第三，公开会影响讨论（含会签）。" in lines


def test_collect_takes_each_field_from_its_source():
    entry = CATALOG["A-15"]
    sources = {"office.organ": "云岭县人民政府", "answer.reason": "不属于本机关职责", "answer.locator": "不相干"}
    assert collect(entry, sources) == {"organ": "云岭县人民政府", "reason": "不属于本机关职责"}


def test_a_letter_carries_no_identity_number_and_no_macro():
    for code in CATALOG.letters:
        letter = render(code, typical(code).fields, CATALOG)
        names = zipfile.ZipFile(io.BytesIO(letter)).namelist()
        assert not [name for name in names if "vba" in name.lower() or "thumbnail" in name]
        assert "身份证号" not in text_of(letter)


def test_a_preview_hides_only_the_number_that_issuing_takes():
    own = load(ROOT / "workflows" / "policy_interpretation" / "letters", "policy_interpretation")
    sample = next(one for one in samples(own["P-04"], own) if one.length == "typical")
    assert "云府办发〔2026〕33号" in text_of(preview("P-04", sample.fields, own))
    assert "未编号" in text_of(preview("A-14", typical("A-14").fields, CATALOG))


def test_a_number_stays_on_one_line_reads_as_before_and_an_address_can_be_copied():
    fields = {**typical("A-14").fields, "search_method": "见 https://yunling.example/2026-10/12-15.html"}
    letter = render("A-14", fields, CATALOG)
    text = text_of(letter)
    assert "2026-0132" in text
    assert "0888-6123456" in text
    assert "https://yunling.example/2026-10/12-15.html" in text
    with zipfile.ZipFile(io.BytesIO(letter)) as package:
        body = package.read("word/document.xml").decode()
    assert body.count("<w:noBreakHyphen/>") == text.count("2026-0132") + text.count("0888-6123456")
    assert "https://yunling.example/2026-10/12-15.html" in body


def test_a_long_name_of_an_attachment_goes_on_under_its_first_character_numbered_or_not():
    fields = typical("A-02").fields
    for files, name in ((fields["files"][:1], "附件说明（单件）"), (fields["files"], "附件说明")):
        letter = Document(io.BytesIO(render("A-02", {**fields, "files": files}, CATALOG)))
        lines = [one for one in letter.paragraphs if one.style.name.startswith("附件说明")]
        assert [one.style.name for one in lines] == [name] * len(files)
        form = lines[0].style.paragraph_format
        # Without a number the text begins at the tab stop; the number takes twenty points more.
        assert form.left_indent - form.tab_stops[0].position == (Pt(20) if len(files) > 1 else 0)
        assert lines[0].text.startswith("附件：\t1. " if len(files) > 1 else "附件：\t《")

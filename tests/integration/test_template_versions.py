"""Templates belong to the office: checked when they come in, kept as versions; issued letters keep theirs."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.cases.access import find_case
from engine.cases.definitions import current_definition
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.issuing import issue, letter_entry
from engine.cases.letters_desk import read_letter
from engine.cases.own_letters import catalog_for
from engine.cases.steps import open_turn
from engine.cases.template_versions import (
    TemplateRefused,
    add_template,
    read_template,
    sample_preview,
    template_faults,
    template_in_use,
    template_list,
    template_versions,
    use_template,
)
from engine.store.files import FileStore
from engine.store.tables import CaseEvent
from letters.plain_text import lines
from tests.paper import edited_docx


@pytest.fixture
def legal(office):
    return office.people["legal"]


@pytest.fixture
def shipped(office, legal):
    return read_template(office.desk, legal, "L-03", None)[1]


@pytest.fixture
def notice(office):
    """Call it to issue a correction notice; returns its letter id."""
    case = office.register(subject="青石街改造工程批复").case_id
    office.do("completeness", outcome="correct")
    office.do("correction_draft")
    actor = office.people["legal"]

    def work(session):
        turn = open_turn(office.desk, session, find_case(session, actor, case), actor.author)
        return issue(turn, letter_entry(turn, "L-03")).id

    return lambda: office.desk.write(work)


def text_of(office, letter_id):
    return "\n".join(lines(read_letter(office.desk, office.people["legal"], letter_id)[1]))


def test_a_new_version_is_used_from_then_on_and_issued_letters_keep_theirs(office, legal, shipped, notice):
    before = notice()
    fixed = read_letter(office.desk, legal, before)
    changed = edited_docx(shipped, "特此告知。", "专此告知，顺致敬意。")
    version = add_template(office.desk, legal, "L-03", "补正告知书（新）.docx", changed, "语气更客气")
    after = notice()
    assert "专此告知，顺致敬意。" in text_of(office, after)
    assert read_letter(office.desk, legal, before)[1] == fixed[1]
    assert "特此告知。" in text_of(office, before)
    use_template(office.desk, legal, "L-03", None)
    assert "特此告知。" in text_of(office, notice())
    use_template(office.desk, legal, "L-03", version)
    assert "专此告知" in text_of(office, notice())


def test_versions_say_who_when_and_why(office, legal, shipped):
    add_template(
        office.desk, legal, "L-03", "C:\\模板\\新.docx", edited_docx(shipped, "特此告知。", "专此告知。"), "改结尾"
    )
    _entry, versions = template_versions(office.desk, legal, "L-03")
    assert [(one.filename, one.why, one.uploaded_by, one.active) for one in versions] == [
        ("新.docx", "改结尾", "法制人员甲", True),
        ("L-03.docx", "", "", False),
    ]
    assert versions[0].uploaded_at.date().isoformat() == office.clock.today
    line = next(one for one in template_list(office.desk, legal) if one.code == "L-03")
    assert (line.versions, line.own) == (1, True)
    with office.desk.reading() as session:
        told = session.scalars(select(CaseEvent.action).where(CaseEvent.chain.endswith(":templates"))).all()
    assert told == ["template_added"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ correction_days }}", "{{ days }}", ["没有的字段“days”", "没有用到必填字段“correction_days”"]),
        ("{{ correction_days }}", "十五", ["没有用到必填字段“correction_days”（补正期限（工作日））"]),
        ("{{ correction_days }}", "{{ correction_days", ["不成对"]),
    ],
)
def test_every_unknown_and_missing_field_is_named_and_nothing_is_kept(office, legal, shipped, old, new, said):
    broken = edited_docx(shipped, old, new)
    with pytest.raises(TemplateRefused) as refused:
        add_template(office.desk, legal, "L-03", "x.docx", broken, "试试")
    assert all(any(words in fault for fault in refused.value.faults) for words in said)
    assert len(template_versions(office.desk, legal, "L-03")[1]) == 1


@pytest.mark.parametrize(
    ("code", "old", "new", "said"),
    [
        (
            "A-11",
            "特此答复。",
            "不服的，可以向本级人民政府或者其上一级主管部门申请行政复议。特此答复。",
            "本级人民政府",
        ),
        ("A-11", "{{ line }}", "对本答复书不服的，可以自收到之日起6个月内提起行政诉讼：{{ line }}", "不能告知直接起诉"),
        ("L-05", "特此告知。", "对本告知书不服的，可以申请行政复议。", "不应当写救济途径"),
        ("L-05", "特此告知。", "特此告知,请知悉。", "半角"),
        ("A-01", "第三十六条第一项", "有关条款", "没有写明所依据的条款"),
    ],
)
def test_a_template_whose_letters_would_be_wrong_is_not_taken(office, legal, code, old, new, said):
    wrong = edited_docx(read_template(office.desk, legal, code, None)[1], old, new)
    faults = template_faults(office.desk, code, wrong)
    assert any(said in fault for fault in faults), faults


def test_a_field_that_word_has_split_over_runs_still_works(office, legal, shipped, notice):
    run = '</w:t></w:r><w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">'
    split = edited_docx(shipped, "{{ correction_days }}", f"{{{run}{{ corr{run}ection_days {run}}}}}")
    assert template_faults(office.desk, "L-03", split) == ()
    add_template(office.desk, legal, "L-03", "split.docx", split, "用 Word 改过")
    assert "个工作日内" in text_of(office, notice())


def test_the_preview_shows_sample_data_and_says_that_it_is_one(office, legal, shipped):
    text = "\n".join(lines(sample_preview(office.desk, legal, "L-03", shipped)))
    assert "韩立国" in text
    assert "预览稿" in text


def test_what_makes_no_sense_is_refused_with_a_sentence(office, legal, shipped):
    with pytest.raises(Refusal, match="原因"):
        add_template(office.desk, legal, "L-03", "x.docx", shipped, " ")
    with pytest.raises(Refusal, match="请先选择"):
        add_template(office.desk, legal, "L-03", "x.docx", b"", "试试")
    with pytest.raises(Refusal, match="不是有效的 Word 文档"):
        add_template(office.desk, legal, "L-03", "x.docx", b"%PDF-", "试试")
    add_template(office.desk, legal, "L-03", "x.docx", shipped, "原样")
    with pytest.raises(Refusal, match="完全相同"):
        add_template(office.desk, legal, "L-03", "x.docx", shipped, "再来")
    with pytest.raises(NotFound):
        template_versions(office.desk, legal, "Z-99")
    with pytest.raises(NotFound):
        use_template(office.desk, legal, "L-04", 1)


def test_only_legal_staff_touch_templates(office, shipped):
    for role in ("handler", "admin", "leader"):
        with pytest.raises(NotPermitted):
            add_template(office.desk, office.people[role], "L-03", "x.docx", shipped, "试试")


def test_a_case_types_own_letter_is_replaced_like_the_offices(office, legal):
    key = "policy_interpretation.P-02"
    own = read_template(office.desk, legal, key, None)[1]
    line = next(one for one in template_list(office.desk, legal) if one.key == key)
    assert (line.case_type, line.code, line.own) == ("政策文件和解读", "P-02", False)
    bad = edited_docx(own, "{{ contact_phone }}", "{{ telephone }}")
    assert any("telephone" in fault for fault in template_faults(office.desk, key, bad))
    add_template(office.desk, legal, key, "方案.docx", edited_docx(own, "时间安排", "时间和步骤"), "分步骤写")
    assert next(one for one in template_list(office.desk, legal) if one.key == key).own
    with office.desk.reading() as session:
        definition = current_definition(session, office.desk.library, "policy_interpretation")
        entry = catalog_for(office.desk, definition, "P-02")["P-02"]
        used = template_in_use(session, legal.agency_id, entry, FileStore(office.desk.files))
        assert "时间和步骤" in "\n".join(lines(used))
        # A case on a version whose letter prints other fields keeps that version's template.
        older = replace(entry, fields=tuple(field for field in entry.fields if field.name != "schedule"))
        assert template_in_use(session, legal.agency_id, older, FileStore(office.desk.files)) == own

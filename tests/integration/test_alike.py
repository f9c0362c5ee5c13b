"""Same applicant, same matter: what stands beside a request, on both databases."""

import pytest
from sqlalchemy import event

from engine.cases import alike as alike_module
from engine.cases import postings
from engine.cases.alike import Asked, alike, alike_to
from engine.cases.links import add_link
from engine.cases.postings import Entry
from engine.cases.text_index import index_texts
from engine.store.tables import SearchedText, TextGram

CONTENT = "请求公开青石街棚户区改造项目的房屋征收补偿方案及资金使用情况"
REWORDED = "申请提供青石街棚户区改造项目房屋征收补偿方案、资金使用明细"


@pytest.fixture
def asked_before(office):
    """Han asked and was answered, so was Luo about the same; Fang asked about something else."""
    office.han = office.register(subject="青石街改造征收补偿方案", content=CONTENT, name="韩立国").case_id
    office.luo = office.register(subject="棚户区补偿方案", content=REWORDED, name="罗平", id_number="云0002").case_id
    for case in (office.han, office.luo):
        office.advance(case, until="draft")
        office.do("draft", case=case, outcome="submit", decision="G1", content="补偿方案一份", form="paper")
        office.advance(case)
    office.fang = office.register(
        subject="白水河取水许可", content="取水许可证", name="方圆", id_number="云0003"
    ).case_id
    index_texts(office.desk)
    return office


def look(office, who="intake", **asked):
    return alike(office.desk, office.people[who], Asked(**asked))


def test_earlier_requests_of_the_applicant_are_found_by_number_or_by_name(asked_before):
    by_number = look(asked_before, name="另一个写法", id_number=" 云0001 ")
    assert [(one.case_id, one.by) for one in by_number.same] == [(asked_before.han, "id")]
    by_name = look(asked_before, name="韩 立国")
    assert [(one.case_id, one.by) for one in by_name.same] == [(asked_before.han, "name")]
    namesake = look(asked_before, name="韩立国", id_number="云0099")
    assert [(one.case_id, one.by) for one in namesake.same] == [(asked_before.han, "namesake")]
    assert not look(asked_before, name="韩立")


def test_a_body_is_found_by_its_credit_code_however_its_name_is_written(asked_before):
    code = "91350100M000100Y43"
    body = {"kind": "organisation", "category": "商业企业", "id_kind": "credit_code", "id_number": code}
    case = asked_before.register(subject="排污许可", name="云岭（北门）商贸公司", contact_person="罗平", **body).case_id
    assert [one.case_id for one in look(asked_before, id_number=code.lower()).same] == [case]
    assert [one.case_id for one in look(asked_before, name="云岭(北门) 商贸公司").same] == [case]


def test_a_repeat_that_was_answered_is_named_with_its_reply(asked_before):
    found = look(asked_before, name="韩立国", id_number="云0001", subject="青石街补偿方案", content=REWORDED)
    (repeat,) = found.repeats
    assert repeat.case_id == asked_before.han
    assert "〔2026〕" in repeat.reply.title
    assert not look(asked_before, name="韩立国", id_number="云0001", subject="白水河取水许可").repeats
    assert not look(asked_before, name="韩立国", id_number="云0099", content=CONTENT).repeats, (
        "a namesake repeats nothing"
    )


def test_the_same_matter_is_found_whoever_asked_and_however_worded(asked_before):
    found = look(asked_before, name="高明", subject="棚户区征收补偿", content=CONTENT)
    assert {one.case_id for one in found.similar} == {asked_before.han, asked_before.luo}
    assert all(one.reply and one.percent >= 50 for one in found.similar)
    assert found.askers == 2
    assert not look(asked_before, subject="城西市场食品抽检结果").similar
    assert not look(asked_before, content="请求依法公开相关政府信息").similar, "stock phrases are no content"


def test_a_request_registered_a_moment_ago_is_found_before_its_text_is_read(asked_before):
    fresh = asked_before.register(subject="东山片区公租房分配名册", name="高明", id_number="云0009").case_id
    assert [one.case_id for one in look(asked_before, subject="公租房分配名册（东山片区）").similar] == [fresh]
    twice = look(asked_before, name="高明", id_number="云0009", subject="东山片区公租房分配名册")
    assert [one.case_id for one in twice.open_twins] == [fresh]


def test_what_was_split_from_one_request_is_no_repeat_of_it(asked_before):
    desk, people, han = asked_before.desk, asked_before.people, asked_before.han
    one, two = [asked_before.register(subject=f"青石街征收补偿方案{part}", name="韩立国") for part in "甲乙"]
    assert len(alike_to(desk, people["handler"], one.case_id).open_twins) == 1
    for part in (one, two):
        add_link(desk, people["handler"], han, part.number, "split")
    found = alike_to(desk, people["handler"], one.case_id)
    assert {each.case_id for each in found.same if each.split} == {two.case_id, han}
    assert not found.open_twins
    assert not found.repeats
    third = alike(desk, people["intake"], Asked(name="韩立国", id_number="云0001", subject="青石街补偿方案"), but=han)
    assert [each.split for each in third.same] == [True, True]
    assert not third.open_twins


def test_an_old_request_is_found_by_its_subject_and_a_recent_one_by_its_content(asked_before, monkeypatch):
    for module in (alike_module, postings):
        monkeypatch.setattr(module, "BLOCK", 2)
    monkeypatch.setattr(alike_module, "_BLOCKS", 2)
    asked_before.desk.write(lambda session: [session.query(one).delete() for one in (SearchedText, TextGram)])
    for number in range(4):
        asked_before.register(subject=f"矿山复绿{number}", content=f"第{number}期", name="高明", id_number="云0009")
    recent = asked_before.register(subject="二期", content="河道采砂规划图纸", name="高明", id_number="云0009").case_id
    index_texts(asked_before.desk)
    assert [one.case_id for one in look(asked_before, subject="取水许可证（白水河）").similar] == [asked_before.fang]
    assert [one.case_id for one in look(asked_before, content="河道采砂规划").similar] == [recent]


def test_pairs_are_weighed_in_the_newest_block_that_is_half_full(asked_before, monkeypatch):
    monkeypatch.setattr(postings, "BLOCK", 4)
    entries = [Entry(1, "request", ["采砂"]), Entry(2, "request", ["采砂", "矿山"]), Entry(4, "request", ["复绿"])]
    asked_before.desk.write(lambda session: postings.post(session, entries))
    for _ in range(2):
        assert asked_before.register(subject="补助").case_id < 6
    assert weighed(asked_before) == {"采砂": 2, "矿山": 1}
    assert asked_before.register(subject="补助").case_id == 6
    assert weighed(asked_before) == {"复绿": 1}


def weighed(office):
    with office.desk.reading() as session:
        return postings.weights(session, ["采砂", "矿山", "复绿", "没有"])


def test_a_registered_case_is_looked_at_without_itself_and_only_by_those_who_may(asked_before):
    desk, people = asked_before.desk, asked_before.people
    found = alike_to(desk, people["handler"], asked_before.luo)
    assert not found.same
    assert [one.case_id for one in found.similar] == [asked_before.han]
    again = asked_before.register(subject="补偿方案", content=CONTENT, name="韩立国", drill="yes").case_id
    assert not alike_to(desk, people["handler"], again), "a drill has nothing to do with requests"
    assert not look(asked_before, "unit", name="韩立国", content=CONTENT)


def test_a_look_asks_a_fixed_number_of_questions(asked_before):
    sent = []
    engine = asked_before.desk.sessions.engine
    event.listen(engine, "before_cursor_execute", lambda *row: sent.append(row[2]))
    look(asked_before, name="韩立国", id_number="云0001", subject="棚户区征收补偿", content=CONTENT)
    assert len([one for one in sent if one.lstrip().startswith(("SELECT", "WITH"))]) <= 6

"""Full-text search: requests, letters and attachments by words of any length, and only what one may see."""

import io
import zipfile

import pytest
from docx import Document as WordFile
from openpyxl import Workbook
from sqlalchemy import event, select

from engine.cases import full_text, postings
from engine.cases.documents import Upload, add_documents
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.full_text import search_text
from engine.cases.reading_files import Reader, Reading
from engine.cases.text_index import index_texts, progress
from engine.store.tables import Case, Document, SearchedText, TextGram

NUMBER = "11010519491231002X"


def word(text):
    file = WordFile()
    file.add_paragraph(text)
    return saved(file)


def sheet(text):
    book = Workbook()
    book.active.append(["序号", text])
    return saved(book)


def saved(file):
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def slides(text):
    stream = io.BytesIO()
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("ppt/slides/slide1.xml", f'<s xmlns:a="{drawing}"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></s>')
    return stream.getvalue()


def pdf(text):
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
            b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    return (
        b"%PDF-1.4\n"
        + b"".join(b"%d 0 obj%s endobj\n" % (n, part) for n, part in enumerate(parts, 1))
        + (b"trailer<</Root 1 0 R/Size 5>>\n%%EOF")
    )


@pytest.fixture
def filled(office):
    """Two requests: one answered, one with attachments of every kind."""
    settings = office.desk.settings
    attachments = settings.attachments.model_copy(update={"types": (*settings.attachments.types, "pptx")})
    office.desk.settings = settings.model_copy(update={"attachments": attachments})
    content = f"申请公开青石街棚户区改造项目的征收补偿方案，本人身份证号{NUMBER}，电话13800138000。"
    office.first = office.register(subject="青石街改造补偿方案", content=content, name="韩立国").case_id
    office.advance(office.first)
    office.second = office.register(subject="红岩水库验收材料", content="水库除险加固验收报告", name="罗平").case_id
    files = {
        "材料.docx": word("坝体渗漏监测记录"),
        "清单.xlsx": sheet("库区移民名册"),
        "汇报.pptx": slides("溢洪道闸门检修"),
        "说明.txt": "防汛物资台账".encode("gb18030"),
        "plan.pdf": pdf("Spillway Overhaul"),
        "照片.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
        "坏的.docx": b"PK\x03\x04 not a package",
    }
    sent = [Upload(name, io.BytesIO(content)) for name, content in files.items()]
    add_documents(office.desk, office.people["intake"], office.second, sent, "attachment")
    index_texts(office.desk)
    return office


def found(office, text, who="handler", **more):
    return [hit.case_id for hit in search_text(office.desk, office.people[who], text, **more).rows]


def passages(office, text, who="handler"):
    (hit,) = search_text(office.desk, office.people[who], text).rows
    return [(one.place, one.title, "".join(part for part, _on in one.text)) for one in hit.passages]


def test_words_are_found_in_requests_letters_and_attachments_of_every_kind(filled):
    first, second = filled.first, filled.second
    assert found(filled, "棚户") == [first]
    assert found(filled, "棚户区改造项目") == [first]
    assert found(filled, "政府信息公开申请答复书") == [first], "the letter"
    for words in ("渗漏监测", "移民名册", "闸门", "防汛物资台账", "spillway overhaul", "ＳＰＩＬＬＷＡＹ", "除险加固"):
        assert found(filled, words) == [second], words
    assert found(filled, "移民 闸门 罗平") == [second]
    assert found(filled, "移民 棚户") == []
    assert found(filled, "造改") == []
    assert found(filled, "改造补偿项目") == [], "all pairs but not the word"
    assert set(found(filled, "2026")) == {first, second}


def test_a_hit_says_where_it_is_and_marks_the_words(filled):
    assert passages(filled, "移民名册")[0][:2] == ("attachment", "清单.xlsx")
    (hit,) = search_text(filled.desk, filled.people["handler"], "棚户区").rows
    one = next(one for one in hit.passages if one.place == "request")
    assert ("棚户区", True) in one.text
    reply = passages(filled, "答复书 县政府网站")
    assert any(place == "reply" and "〔2026〕" in title for place, title, _text in reply)


def test_a_place_narrows_the_search(filled):
    assert found(filled, "水库", place="request") == [filled.second]
    assert found(filled, "移民", place="request") == []
    assert found(filled, "移民", place="attachment") == [filled.second]
    assert found(filled, "棚户", place="reply") == []


def test_numbers_of_people_are_masked_in_what_is_stored_and_cannot_be_searched_for(filled):
    assert found(filled, NUMBER) == []
    text = passages(filled, "身份证号")[0][2]
    assert "**************002X" in text
    assert "138****8000" in text
    with filled.desk.reading() as session:
        assert not [one for one in session.scalars(select(SearchedText.text)) if NUMBER in one or "13800138000" in one]


def test_everybody_finds_what_he_may_see_and_nothing_else(filled):
    assert found(filled, "棚户", "unit") == []
    assert found(filled, "棚户", "leader") == [filled.first]
    with pytest.raises(NotPermitted):
        found(filled, "棚户", "admin")
    filled.desk.write(lambda session: [setattr(one, "restricted", True) for one in session.scalars(select(Document))])
    assert found(filled, "移民名册", "handler") == [filled.second]
    assert found(filled, "移民", "leader") == []


def test_what_cannot_be_read_is_recorded_and_stops_nothing(filled):
    state = progress(filled.desk)
    assert state.faults == {"type": 1, "broken": 1}
    assert state.texts["request"] == 2
    assert index_texts(filled.desk) == 0, "nothing is read twice"


def test_a_reader_that_hangs_or_dies_costs_one_file(tmp_path):
    good = tmp_path / "good"
    good.write_bytes(word("坝体渗漏"))
    reader = Reader()
    try:
        assert reader.read(good, "docx", seconds=0).fault == "slow"
        assert reader.read(good, "docx") == Reading("坝体渗漏", None)
        reader._process.kill()
        reader._process.join()
        assert reader.read(good, "docx").fault == "broken"
        assert reader.read(good, "docx").text == "坝体渗漏"
        assert reader.read(tmp_path / "none", "txt").fault == "missing"
    finally:
        reader.close()


def test_an_index_begun_anew_holds_the_same(filled):
    def rows(session):
        return {(one.gram, one.block): one.cases for one in session.scalars(select(TextGram))}

    with filled.desk.reading() as session:
        before = rows(session)

    def forget(session):
        for model in (SearchedText, TextGram):
            session.query(model).delete()
        session.query(Case).update({"applicant_name_key": None})

    filled.desk.write(forget)
    index_texts(filled.desk)
    with filled.desk.reading() as session:
        assert rows(session) == before
        assert session.get(Case, filled.first).applicant_name_key == "韩立国"


def test_words_too_short_are_refused_in_a_sentence(filled):
    for text in ("", "库", "、。", "库 坝"):
        with pytest.raises(Refusal, match="至少两个字"):
            found(filled, text)


@pytest.mark.parametrize("unread", [5000, 1])
def test_what_was_registered_a_moment_ago_is_found_by_its_subject(filled, monkeypatch, unread):
    """Also when more has not been read yet than is looked through one by one."""
    monkeypatch.setattr(full_text, "_UNREAD", unread)
    fresh = filled.register(subject="白水河采砂许可", content="河道采砂规划").case_id
    assert found(filled, "采砂") == [fresh]
    assert found(filled, "河道采砂规划") == []
    index_texts(filled.desk)
    assert found(filled, "河道采砂规划") == [fresh]


def test_hits_are_paged_the_newest_first(filled, monkeypatch):
    monkeypatch.setattr(full_text, "PAGE", 1)
    fresh = filled.register(subject="2026年采砂计划").case_id
    assert paged(filled, "2026") == [[fresh], [filled.second], [filled.first]]


def paged(office, text, who="handler"):
    """What each page holds, leafing from the newest to the last."""
    pages, before = [], None
    while True:
        hits = search_text(office.desk, office.people[who], text, before=before)
        pages.append([hit.case_id for hit in hits.rows])
        if hits.older is None:
            return pages
        assert before is None or hits.older < before
        before = hits.older


@pytest.fixture
def blocks(filled, monkeypatch):
    """As though a block had two cases: a dozen requests fill several of them, and the index is walked in steps."""
    monkeypatch.setattr(postings, "BLOCK", 2)
    monkeypatch.setattr(full_text, "BLOCK", 2)
    monkeypatch.setattr(full_text, "_FIRST", 1)
    monkeypatch.setattr(full_text, "_LEAD_FROM", 2)
    monkeypatch.setattr(full_text, "_SPARE", 0)
    filled.desk.write(lambda session: [session.query(one).delete() for one in (SearchedText, TextGram)])
    words = ("河道采砂", "矿山复绿", "采砂许可", "复绿补助", "砂许", "河道采砂许可")
    filled.cases = [filled.register(subject=words[number % 6], name="罗平").case_id for number in range(12)]
    index_texts(filled.desk)
    return filled


def test_every_hit_stands_on_one_page_however_far_the_index_is_walked(blocks, monkeypatch):
    """With pages of any length the same as reading every subject."""
    with blocks.desk.reading() as session:
        subjects = {case.id: case.subject for case in session.scalars(select(Case))}
    for size in (1, 2, 5):
        monkeypatch.setattr(full_text, "PAGE", size)
        for text in ("采砂", "采砂许可", "河道采砂许可", "河道 许可", "采砂 复绿", "砂许", "复绿补助"):
            held = [case for case, subject in subjects.items() if all(word in subject for word in text.split())]
            assert [one for page in paged(blocks, text) for one in page] == sorted(held, reverse=True), (size, text)


def test_a_page_that_is_left_before_it_is_full_says_since_when_everything_was_looked_at(blocks, monkeypatch):
    monkeypatch.setattr(full_text, "_ROWS", 2)
    hits = search_text(blocks.desk, blocks.people["handler"], "采砂 复绿")
    assert (hits.rows, hits.since) == ((), blocks.desk.today())
    assert blocks.cases[0] < hits.older <= blocks.cases[-1]
    assert paged(blocks, "采砂 复绿")[-1] == []
    assert [one for page in paged(blocks, "河道采砂许可") for one in page] == [blocks.cases[11], blocks.cases[5]]


def test_a_search_in_vain_stops_after_a_stretch_and_the_next_page_goes_on_from_there(blocks, monkeypatch):
    assert paged(blocks, "采砂 复绿") == [[]], "the few blocks of a county are looked through at once"
    monkeypatch.setattr(full_text, "_BARREN", 1)
    hits = search_text(blocks.desk, blocks.people["handler"], "采砂 复绿")
    assert (hits.rows, hits.older, hits.since) == ((), blocks.cases[7], blocks.desk.today())
    assert paged(blocks, "采砂 复绿") == [[], [], []]
    assert paged(blocks, "河道采砂许可") == [[blocks.cases[11], blocks.cases[5]]], "what is found lets it go on"


def test_a_search_asks_a_few_questions_whatever_is_found(blocks):
    sent = []
    event.listen(blocks.desk.sessions.engine, "before_cursor_execute", lambda *row: sent.append(row[2]))
    for text in ("采砂", "河道 许可", "采砂 复绿", "2026"):
        del sent[:]
        found(blocks, text)
        assert len([one for one in sent if one.lstrip().startswith("SELECT")]) <= 8, text

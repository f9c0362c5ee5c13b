"""PDF, stamped PDF, batch print and posting list of issued letters; the real LibreOffice where it is installed."""

import io
from types import SimpleNamespace

import pypdfium2
import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from engine.cases import letter_files, sealing
from engine.cases.access import find_case
from engine.cases.audit import verify
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.issuing import issue, letter_entry
from engine.cases.letter_check import verify_letters
from engine.cases.letter_files import ask_pdf, convert_letters, letter_states, read_letter_file
from engine.cases.letters_desk import RegisterFilter, letters_register, void_letter
from engine.cases.posting import outgoing, posting_list
from engine.cases.print_batches import ask_batch, batches, build_batches, read_batch
from engine.cases.sealing import request_seal, take_stamped
from engine.cases.steps import open_turn
from engine.store.files import FileStore
from engine.store.tables import CaseEvent, LetterFile
from letters.pdf import Converted, PdfFault
from letters.pdf_text import page_count, text_of
from tests.paper import drawn_pdf


@pytest.fixture
def legal(office):
    return office.people["legal"]


@pytest.fixture
def case(office):
    case = office.register(subject="青石街改造工程批复", address="云岭县青石街7号", postcode="650998").case_id
    office.do("completeness", outcome="correct")
    office.do("correction_draft")
    return case


@pytest.fixture
def notice(office, case, legal):
    """Call it to issue a correction notice of the case; returns its letter id."""

    def work(session):
        turn = open_turn(office.desk, session, find_case(session, legal, case), legal.author)
        return issue(turn, letter_entry(turn, "L-03")).id

    return lambda: office.desk.write(work)


@pytest.fixture
def quick(monkeypatch):
    """LibreOffice replaced by a drawing of two pages: for what happens around a conversion."""

    def convert(documents, **_options):
        return {key: Converted(drawn_pdf(f"letter {key}", 2), ("LXGWWenKai-Regular",)) for key in documents}

    monkeypatch.setattr(letter_files, "convert", convert)
    monkeypatch.setattr(letter_files, "find_program", lambda _command: "/usr/bin/soffice")


def state(office, legal, case, letter):
    return letter_states(office.desk, legal, case)[letter]


def test_libreoffice_makes_a_pdf_a_with_the_text_of_the_letter(office, case, legal, notice, program):
    program("soffice")
    letter = notice()
    assert ask_pdf(office.desk, legal, [letter]) == 1
    assert state(office, legal, case, letter).waiting
    assert convert_letters(office.desk) == 1
    row, content = read_letter_file(office.desk, legal, letter, "pdf")
    assert b"pdfaid:part" in content
    text = "".join("".join(text_of(content)).split())
    assert row.number in text
    assert "云岭县人民政府" in text
    after = state(office, legal, case, letter)
    assert (after.served, after.waiting, after.fault) == ("pdf", False, "")
    # None of the standard's fonts is on this machine, and the state says so.
    assert after.substitutes


def test_a_pdf_is_added_once_and_downloaded_byte_for_byte(office, case, legal, notice, quick):
    letter = notice()
    assert (ask_pdf(office.desk, legal, [letter]), ask_pdf(office.desk, legal, [letter])) == (1, 0)
    assert convert_letters(office.desk) == 1
    assert convert_letters(office.desk) == 0
    assert ask_pdf(office.desk, legal, [letter]) == 0
    first = read_letter_file(office.desk, legal, letter, "pdf")[1]
    assert read_letter_file(office.desk, legal, letter, "pdf")[1] == first
    assert letters_register(office.desk, legal, RegisterFilter()).page.rows[0].served == "pdf"
    with office.desk.reading() as session:
        assert len(session.scalars(select(LetterFile)).all()) == 1
        events = session.scalars(select(CaseEvent.action).where(CaseEvent.action == "letter_file")).all()
        assert verify(session).broken is None
        assert verify_letters(session, FileStore(office.desk.files)).faults == ()
    assert events == ["letter_file"]


def test_a_conversion_that_fails_is_tried_again_and_then_says_why(office, case, legal, notice, quick, monkeypatch):
    def broken(_documents, **_options):
        raise PdfFault("LibreOffice 在 90 秒内没有完成转换")

    monkeypatch.setattr(letter_files, "convert", broken)
    letter = notice()
    ask_pdf(office.desk, legal, [letter])
    assert convert_letters(office.desk) == 0
    assert state(office, legal, case, letter).waiting
    for _ in range(2):
        office.clock.forward(minutes=10)
        convert_letters(office.desk)
    after = state(office, legal, case, letter)
    assert (after.waiting, after.fault) == (False, "LibreOffice 在 90 秒内没有完成转换")
    assert ask_pdf(office.desk, legal, [letter]) == 1, "it may be asked for again"


def test_a_scheduler_that_died_in_a_conversion_loses_nothing(office, case, legal, notice, quick, monkeypatch):
    letter = notice()
    ask_pdf(office.desk, legal, [letter])
    monkeypatch.setattr(letter_files, "_convert", lambda _desk, _ids: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        convert_letters(office.desk)
    monkeypatch.undo()
    monkeypatch.setattr(
        letter_files, "convert", lambda documents, **_: {k: Converted(drawn_pdf("x"), ()) for k in documents}
    )
    assert convert_letters(office.desk) == 0, "taken, not yet given back"
    office.clock.forward(minutes=4)
    assert convert_letters(office.desk) == 1


def test_without_libreoffice_the_word_file_is_pointed_to(office, case, legal, notice, monkeypatch):
    monkeypatch.setattr(letter_files, "find_program", lambda _command: None)
    letter = notice()
    with pytest.raises(Refusal, match=r"没有安装 LibreOffice.*\.docx"):
        ask_pdf(office.desk, legal, [letter])
    with pytest.raises(NotFound, match="还没有PDF"):
        read_letter_file(office.desk, legal, letter, "pdf")
    with pytest.raises(NotPermitted):
        ask_pdf(office.desk, office.people["leader"], [letter])


def test_a_batch_is_one_pdf_in_order_behind_its_cover_list(office, case, legal, notice, quick, monkeypatch):
    from engine.cases import print_batches

    monkeypatch.setattr(print_batches, "pdf_possible", lambda _desk: True)
    first, second = notice(), notice()
    batch = ask_batch(office.desk, legal, [second, first, second])
    assert build_batches(office.desk) == 0, "its letters have no PDF yet"
    convert_letters(office.desk)
    assert build_batches(office.desk) == 1
    line = batches(office.desk, legal)[0]
    assert (line.id, line.letters, line.ready, line.note) == (batch, 2, True, "")
    pages = text_of(read_batch(office.desk, legal, batch)[1])
    assert [page.strip() for page in pages[2:]] == [
        f"letter {letter} {number}" for letter in (second, first) for number in (1, 2)
    ]
    assert "letter F-06" in pages[0]


def test_each_letter_of_a_batch_begins_on_a_new_sheet():
    from letters.pdf_text import merged

    whole = merged([drawn_pdf("a"), drawn_pdf("b", 3), drawn_pdf("c")], two_sided=True)
    assert [page.strip() for page in text_of(whole)] == ["a 1", "", "b 1", "b 2", "b 3", "", "c 1", ""]


def test_a_batch_names_what_could_not_be_printed(office, case, legal, notice, quick, monkeypatch):
    from engine.cases import print_batches

    monkeypatch.setattr(print_batches, "pdf_possible", lambda _desk: True)
    good, voided = notice(), notice()
    void_letter(office.desk, legal, voided, "写错", reissue=False)
    ask_batch(office.desk, legal, [good, voided])
    convert_letters(office.desk)
    build_batches(office.desk)
    assert "云政公告〔2026〕2号" in batches(office.desk, legal)[0].note
    with pytest.raises(Refusal, match="请先勾选"):
        ask_batch(office.desk, legal, [])


@pytest.fixture
def sealing_office(office, tmp_path):
    """The office with the two folders of a sealing platform."""
    folders = {"seal_outgoing": str(tmp_path / "out"), "seal_incoming": str(tmp_path / "in")}
    changed = office.desk.settings.letters.model_copy(update=folders)
    office.desk.settings = office.desk.settings.model_copy(update={"letters": changed})
    (tmp_path / "in").mkdir()
    return SimpleNamespace(desk=office.desk, out=tmp_path / "out", back=tmp_path / "in")


def stamped(content):
    """The PDF with a red picture on its first page, as a platform gives it back."""
    whole = pypdfium2.PdfDocument(content)
    picture = pypdfium2.PdfImage.new(whole)
    bitmap = pypdfium2.PdfBitmap.from_pil(Image.new("RGB", (40, 40), "red"))
    picture.set_bitmap(bitmap)
    picture.set_matrix(pypdfium2.PdfMatrix().scale(80, 80).translate(400, 300))
    page = whole[0]
    page.insert_obj(picture)
    page.gen_content()
    saved = io.BytesIO()
    whole.save(saved)
    return saved.getvalue()


def test_a_pdf_goes_to_the_seal_and_comes_back_stamped(sealing_office, office, case, legal, notice, quick):
    letter = notice()
    with pytest.raises(Refusal, match="还没有 PDF"):
        request_seal(office.desk, legal, letter)
    ask_pdf(office.desk, legal, [letter])
    convert_letters(office.desk)
    name = request_seal(office.desk, legal, letter)
    sent = (sealing_office.out / name).read_bytes()
    assert sent == read_letter_file(office.desk, legal, letter, "pdf")[1]
    assert outgoing(office.desk, legal)[0].sealing == "sent"
    assert take_stamped(office.desk) == 0
    back = stamped(sent)
    (sealing_office.back / name.replace(".pdf", "_signed.pdf")).write_bytes(back)
    assert take_stamped(office.desk) == 1
    assert read_letter_file(office.desk, legal, letter, "stamped")[1] == back
    assert letters_register(office.desk, legal, RegisterFilter()).page.rows[0].served == "stamped"
    assert [path.name for path in (sealing_office.back / "taken").iterdir()] == [name.replace(".pdf", "_signed.pdf")]
    with pytest.raises(Refusal, match="已经有盖章件"):
        request_seal(office.desk, legal, letter)
    with office.desk.reading() as session:
        actions = session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == case)).all()
        assert verify_letters(session, FileStore(office.desk.files)).faults == ()
    assert actions[-3:] == ["letter_file", "seal_sent", "letter_file"]


@pytest.mark.parametrize(
    ("back", "why"),
    [
        (None, "没有加盖印章"),
        (drawn_pdf("another letter", 2), "文字与送去的 PDF 不同"),
        (drawn_pdf("letter", 3), "页数与送去的 PDF 不同"),
        (b"%PDF-1.7 nonsense %%EOF", "不是有效的 PDF"),
    ],
)
def test_what_comes_back_wrong_is_refused_with_its_reason(sealing_office, legal, notice, quick, back, why):
    letter = notice()
    ask_pdf(sealing_office.desk, legal, [letter])
    convert_letters(sealing_office.desk)
    name = request_seal(sealing_office.desk, legal, letter)
    (sealing_office.back / name).write_bytes(back or (sealing_office.out / name).read_bytes())
    assert take_stamped(sealing_office.desk) == 0
    assert why in outgoing(sealing_office.desk, legal)[0].sealing
    assert [path.name for path in (sealing_office.back / "refused").iterdir()] == [name]


def test_a_half_written_or_strange_file_is_not_taken_in(sealing_office, office, case, legal, notice, quick):
    (sealing_office.back / "1-000000000000.pdf").write_bytes(b"%PDF-1.7 half")
    (sealing_office.back / "letter.pdf").write_bytes(drawn_pdf("x"))
    assert take_stamped(office.desk) == 0
    assert (sealing_office.back / "1-000000000000.pdf").exists()
    assert (sealing_office.back / "refused" / "letter.pdf").exists()


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_recorded(sealing_office, office, legal, notice, quick):
    letter = notice()
    ask_pdf(office.desk, legal, [letter])
    convert_letters(office.desk)
    sealing_office.out.write_text("a file where the folder should be")
    with pytest.raises(Refusal, match="不能写入电子印章平台的文件夹"):
        request_seal(office.desk, legal, letter)
    assert outgoing(office.desk, legal)[0].sealing == ""


def test_without_a_platform_the_seal_is_pressed_by_hand(office, case, legal, notice):
    with pytest.raises(Refusal, match="加盖实物印章"):
        request_seal(office.desk, legal, notice())
    assert not sealing.seal_port(office.desk)


def test_the_posting_list_names_address_and_content_and_is_recorded(office, case, legal, notice):
    letter = notice()
    content = posting_list(office.desk, office.people["intake"], [letter])
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[2][:6] == (
        1,
        "韩立国",
        "云岭县青石街7号",
        "650998",
        "0870-5550188",
        "补正告知书（云政公告〔2026〕1号）",
    )
    with office.desk.reading() as session:
        events = session.scalars(select(CaseEvent).where(CaseEvent.action == "paper")).all()
    assert [event.actor_name for event in events] == ["收件员甲"]
    with pytest.raises(NotPermitted):
        posting_list(office.desk, office.people["leader"], [letter])


def test_a_letter_without_address_is_named(office, legal):
    case = office.register(subject="青石街改造工程批复", address="").case_id
    office.do("completeness", case=case, outcome="correct")
    office.do("correction_draft", case=case)
    letter = office.do("correction_issue", case=case, outcome="issue").letter_id
    with pytest.raises(Refusal, match="没有登记地址"):
        posting_list(office.desk, legal, [letter])


def test_pages_are_counted(legal):
    assert page_count(drawn_pdf("x", 3)) == 3

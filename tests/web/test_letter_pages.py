"""Pages of letters: PDF and its progress, batch print, posting, correction, register export, templates."""

import io
import re

import pytest
from flask import render_template_string, session
from sqlalchemy import select

from engine.cases import letter_files, print_batches
from engine.cases.letter_files import convert_letters
from engine.cases.print_batches import build_batches
from engine.cases.template_versions import template_faults
from engine.store.tables import Letter
from letters.catalog import load
from letters.pdf import Converted
from letters.plain_text import lines
from letters.render import preview, template_of
from letters.samples import samples
from letters.sheet_view import sheet_view
from tests.paper import drawn_pdf, edited_docx


@pytest.fixture
def case(office):
    case = office.register(subject="青石街改造工程批复", address="云岭县青石街7号").case_id
    office.advance(case, until="dispatch")
    return case


@pytest.fixture
def letter(desk, case):
    with desk.reading() as session:
        return session.scalar(select(Letter.id).where(Letter.case_id == case))


@pytest.fixture
def quick(monkeypatch):
    """LibreOffice replaced by a drawing: the pages are what is tested here."""
    made = {"content": drawn_pdf("letter", 2)}
    monkeypatch.setattr(letter_files, "find_program", lambda _command: "/usr/bin/soffice")
    monkeypatch.setattr(print_batches, "pdf_possible", lambda _desk: True)
    monkeypatch.setattr(
        letter_files,
        "convert",
        lambda documents, **_options: {key: Converted(made["content"], ("X",)) for key in documents},
    )


def tab(case):
    return f"/cases/{case}?tab=letters"


def test_the_tab_shows_how_far_the_pdf_is(desk, logged_in, case, letter, quick):
    legal = logged_in("legal")
    assert "生成 PDF" in legal.get(tab(case)).text
    answer = legal.post(f"/letters/{letter}/pdf", page=f"/cases/{case}")
    assert answer.status_code == 303
    assert "转换中" in legal.get(tab(case)).text
    convert_letters(desk)
    page = legal.get(tab(case)).text
    assert f"/letters/{letter}/files/pdf" in page
    assert "替代字体（X）" in page
    first = legal.get(f"/letters/{letter}/files/pdf")
    assert (first.mimetype, first.data) == ("application/pdf", legal.get(f"/letters/{letter}/files/pdf").data)
    assert f"/letters/{letter}/files/pdf" in logged_in("leader").get(tab(case)).text


def test_a_failed_conversion_points_to_the_word_file(desk, clock, logged_in, case, letter, quick, monkeypatch):
    def broken(_documents, **_options):
        raise letter_files.PdfFault("LibreOffice 转换失败")

    legal = logged_in("legal")
    legal.get(tab(case))
    legal.post(f"/letters/{letter}/pdf", page=f"/cases/{case}")
    monkeypatch.setattr(letter_files, "convert", broken)
    for _ in range(3):
        convert_letters(desk)
        clock.forward(minutes=5)
    assert "请下载 .docx 打印" in legal.get(tab(case)).text
    assert legal.get(f"/letters/{letter}/files/pdf").status_code == 404


def test_without_libreoffice_the_page_says_so(logged_in, case, letter, monkeypatch):
    monkeypatch.setattr(letter_files, "find_program", lambda _command: None)
    legal = logged_in("legal")
    assert "生成 PDF" not in legal.get(tab(case)).text
    assert "没有安装 LibreOffice" in legal.get("/outgoing").text
    legal.post(f"/letters/{letter}/pdf", page=f"/cases/{case}")
    assert "没有安装 LibreOffice" in legal.get(tab(case)).text


def test_letters_are_printed_as_one_file(office, desk, logged_in, case, letter, quick):
    office.advance(office.register(subject="玉带桥加固工程批复").case_id, until="dispatch")
    intake = logged_in("intake")
    assert "云政公复〔2026〕1号" in intake.get("/outgoing").text
    listed = re.findall(r'name="letter" value="(\d+)"', intake.get("/outgoing").text)
    assert str(letter) in listed
    intake.post("/outgoing", {"letter": listed, "do": "print"})
    assert "合成中" in intake.get("/outgoing").text
    convert_letters(desk)
    build_batches(desk)
    page = intake.get("/outgoing").text
    assert "/outgoing/batches/1" in page
    assert page.count("替代字体（X）") == 1, "which fonts stood in is said once below the list"
    assert page.count("用了替代字体</small>") == page.count("/files/pdf") == len(listed) == 2
    assert intake.get("/outgoing/batches/1").data.startswith(b"%PDF-")
    assert intake.get("/outgoing/batches/9").status_code == 404


def test_nothing_ticked_and_no_address_are_said_in_words(office, logged_in, case, letter):
    intake = logged_in("intake")
    intake.get("/outgoing")
    answer = intake.post("/outgoing", {"do": "posting"})
    assert "请先勾选文书" in intake.get(answer.headers["Location"]).text
    answer = intake.post("/outgoing", {"do": "posting", "letter": letter})
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    answer = intake.post("/outgoing", {"do": "seal", "letter": letter})
    assert "加盖实物印章" in intake.get(answer.headers["Location"]).text


def test_a_slip_is_corrected_by_a_new_letter(logged_in, case, letter):
    legal = logged_in("legal")
    legal.get(f"/letters/{letter}/correct")
    answer = legal.post(f"/letters/{letter}/correct", {"wrong": ["五月", ""], "right": ["", ""]})
    assert answer.status_code == 422
    assert "五月" in answer.text
    answer = legal.post(f"/letters/{letter}/correct", {"wrong": ["五月"], "right": ["六月"], "reason": "笔误"})
    page = legal.get(answer.headers["Location"]).text
    assert "文书更正通知书" in page
    assert "更正或者替代 云政公复〔2026〕1号" in legal.get("/letters").text


def test_the_register_goes_out_as_a_spreadsheet(logged_in, case):
    answer = logged_in("legal").get("/letters/register.xlsx?series=reply")
    assert answer.data.startswith(b"PK")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_template_is_downloaded_changed_checked_and_used(logged_in):
    legal = logged_in("legal")
    assert "补正告知书" in legal.get("/letter-templates").text
    page = legal.get("/letter-templates/L-03").text
    assert "correction_days" in page
    shipped = legal.get("/letter-templates/L-03/file").data
    assert shipped == template_of(load()["L-03"])

    def send(content, **data):
        files = {"template": (io.BytesIO(content), "补正告知书.docx")}
        return legal.post("/letter-templates/L-03", {**files, **data}, content_type="multipart/form-data")

    broken = edited_docx(shipped, "{{ correction_days }}", "{{ days }}")
    answer = send(broken, do="save", why="试试")
    assert answer.status_code == 422
    assert "没有的字段“days”" in answer.text
    assert "试试" in answer.text
    good = edited_docx(shipped, "特此告知。", "专此告知。")
    assert "检查通过" in send(good, do="check").text
    shown = send(good, do="preview").text
    assert "专此告知。" in shown
    assert "预览稿" in shown
    assert "请填写这次修改的原因" in send(good, do="save").text
    assert send(good, do="save", why="语气").status_code == 303
    page = legal.get("/letter-templates/L-03").text
    assert "语气" in page
    assert "/letter-templates/L-03/file?version=1" in page
    assert legal.get("/letter-templates/L-03/file?version=1").data == good
    assert legal.post("/letter-templates/L-03/use", {"version": ""}).status_code == 303
    assert legal.get("/letter-templates/Z-1").status_code == 404
    assert logged_in("handler").get("/letter-templates").status_code == 403


def test_the_letters_of_a_case_type_stand_below_the_offices_and_are_read_as_a_page(logged_in):
    legal = logged_in("legal")
    listed = legal.get("/letter-templates").text
    assert "“政策文件和解读”自有的文书" in listed
    assert 'href="/letter-templates/policy_interpretation.P-04"' in listed
    page = legal.get("/letter-templates/policy_interpretation.P-04/preview").text
    for words in ("公开发布单", '<th scope="col">材料名称</th>', "云府办发〔2026〕33号", "预览稿"):
        assert words in page, words
    docx = legal.get("/letter-templates/policy_interpretation.P-04/preview?as=docx").data
    assert "公开发布单" in "\n".join(lines(docx))
    for wrong in ("policy_interpretation.P-99", "disclosure_request.L-03", "nowhere.P-01"):
        assert legal.get(f"/letter-templates/{wrong}").status_code == 404


def test_an_issued_letter_is_read_without_downloading_it(logged_in, case):
    page = logged_in("handler").get("/letters/1/read").text
    assert 'class="sheet-organ">云岭县人民政府</p>' in page
    assert 'class="sheet-number">云政公复〔2026〕1号</p>' in page
    assert "预览稿" not in page


def test_in_english_a_template_is_refused_in_english_and_the_letter_stays_chinese(app):
    shipped = template_of(load()["L-02"])
    with app.test_request_context():
        session["language"] = "en"
        for content, words in (
            (b"%PDF-1.7", "Not a valid Word document"),
            (edited_docx(shipped, "{{ query_code }}", "{{ code }}"), "field “code” that the catalogue does not know"),
            (edited_docx(shipped, "{{ query_code }}", "{{ query_code.upper() }}"), "not allowed: call"),
        ):
            faults = template_faults(app.extensions["yishen_desk"], "L-02", content)
            assert words in render_template_string("{% for one in faults %}{{ one }}{% endfor %}", faults=faults)
        sample = next(iter(samples(load()["L-02"], load())))
        view = sheet_view(preview("L-02", sample.fields, load()))
        page = render_template_string(
            "{% from 'macros/sheets.html' import sheet with context %}{{ sheet(view, 'x') }}", view=view
        )
    assert ">申请人</th>" in page

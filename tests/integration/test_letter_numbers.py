"""Document numbers without gaps under load, the register, and the proof of every stored letter."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select, update

from engine.cases.access import find_case
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.issuing import issue, letter_entry
from engine.cases.letter_amending import correct_letter
from engine.cases.letter_check import verify_letters
from engine.cases.letters_desk import RegisterFilter, letters_register, read_letter, void_letter
from engine.cases.numbers import take_number
from engine.cases.register_export import register_xlsx, safe_text
from engine.cases.steps import open_turn
from engine.cli import letters as command
from engine.store.files import FileStore
from engine.store.tables import Letter, NumberSeries
from letters.plain_text import lines

WORKERS = 20
EACH = 10


def draft(office):
    """A case whose correction notice is drafted and may be issued."""
    case = office.register(subject="青石街改造工程批复").case_id
    office.do("completeness", case=case, outcome="correct")
    office.do("correction_draft", case=case)
    return case


@pytest.fixture
def drafted(office):
    return draft(office)


def issue_notice(office, case_id):
    """One correction notice in a transaction of its own, as a step issues it."""
    legal = office.people["legal"]

    def work(session):
        turn = open_turn(office.desk, session, find_case(session, legal, case_id), legal.author)
        return issue(turn, letter_entry(turn, "L-03")).id

    return office.desk.write(work)


def proof(office):
    with office.desk.reading() as session:
        return verify_letters(session, FileStore(office.desk.files))


def numbers_of(office):
    with office.desk.reading() as session:
        return list(session.scalars(select(Letter.number).order_by(Letter.serial)))


def test_two_hundred_letters_at_once_take_the_numbers_from_one_to_two_hundred(office):
    cases = [draft(office) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as crowd:
        done = list(crowd.map(lambda case: [issue_notice(office, case) for _ in range(EACH)], cases))
    assert sum(len(ids) for ids in done) == WORKERS * EACH
    assert numbers_of(office) == [f"云政公告〔2026〕{n}号" for n in range(1, WORKERS * EACH + 1)]
    assert proof(office).faults == ()


@pytest.mark.parametrize(("first_commits", "second_gets"), [(True, 2), (False, 1)])
def test_who_comes_second_for_the_first_number_of_a_year_waits_and_counts_on(office, first_commits, second_gets):
    def number(session):
        return take_number(session, office.people["legal"].agency_id, "reply", 2027)

    def second():
        with office.desk.sessions.write() as session:  # no command around it that would try again
            return number(session)

    with ThreadPoolExecutor(1) as crowd:
        session = office.desk.sessions._write()
        assert number(session) == 1
        waiting = crowd.submit(second)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        session.commit() if first_commits else session.rollback()
        session.close()
        assert waiting.result(timeout=20) == second_gets


def test_a_crowd_at_the_first_number_of_many_years_loses_no_race(office):
    years, start = range(2027, 2039), Barrier(4, timeout=20)

    def one(_member):
        taken = []
        for year in years:
            start.wait()
            with office.desk.sessions.write() as session:
                taken.append(take_number(session, office.people["legal"].agency_id, "reply", year))
        return taken

    with ThreadPoolExecutor(4) as crowd:
        taken = list(crowd.map(one, range(4)))
    assert [sorted(numbers) for numbers in zip(*taken, strict=True)] == [[1, 2, 3, 4]] * len(years)


def test_a_refused_letter_gives_its_number_back(office):
    case = office.register(subject="青石街改造工程批复").case_id
    with pytest.raises(Refusal, match="尚缺"):
        issue_notice(office, case)
    office.do("completeness", case=case, outcome="correct")
    office.do("correction_draft", case=case)
    issue_notice(office, case)
    assert numbers_of(office) == ["云政公告〔2026〕1号"]


def test_a_letter_that_names_an_authority_of_former_law_is_not_issued(office):
    case = office.register(subject="青石街改造工程批复").case_id
    office.do("completeness", case=case, outcome="correct")
    wrong = "也可以向县人民政府或者其上一级主管部门申请行政复议。"
    office.do("correction_draft", case=case, correction_guidance=wrong)
    with pytest.raises(Refusal, match="没有出具：2024年起部门的复议机关是本级人民政府"):
        issue_notice(office, case)
    assert numbers_of(office) == []


def test_a_voided_number_keeps_its_row_and_reason_and_is_not_given_again(office, drafted):
    legal, case = office.people["legal"], drafted
    first = issue_notice(office, case)
    with pytest.raises(Refusal, match="请填写作废原因"):
        void_letter(office.desk, legal, first, " ", reissue=False)
    second = void_letter(office.desk, legal, first, "收件人写错", reissue=True)
    register = letters_register(office.desk, legal, RegisterFilter())
    assert [(line.number, line.void_reason, line.replaces) for line in register.page.rows] == [
        ("云政公告〔2026〕2号", None, "云政公告〔2026〕1号"),
        ("云政公告〔2026〕1号", "收件人写错", ""),
    ]
    assert (register.used, register.void) == (2, 1)
    assert read_letter(office.desk, legal, second)[0].replaces_id == first
    assert proof(office).faults == ()


def test_a_correction_is_a_new_letter_that_cites_the_old_one(office, drafted):
    legal, case = office.people["legal"], drafted
    old = issue_notice(office, case)
    before = read_letter(office.desk, legal, old)[1]
    with pytest.raises(Refusal, match="至少填写一处"):
        correct_letter(office.desk, legal, old, [("", "")], "")
    with pytest.raises(Refusal, match="同时写明"):
        correct_letter(office.desk, legal, old, [("五月", "")], "")
    with pytest.raises(NotPermitted):
        correct_letter(office.desk, office.people["handler"], old, [("五月", "六月")], "")
    new = correct_letter(office.desk, legal, old, [("十五个工作日", "二十个工作日")], "录入有误")
    letter, content = read_letter(office.desk, legal, new)
    text = "\n".join(lines(content))
    assert (letter.code, letter.replaces_id, letter.addressee) == ("L-17", old, "韩立国")
    assert "云政公告〔2026〕1号" in text
    assert "二十个工作日" in text
    kept, after = read_letter(office.desk, legal, old)
    assert (kept.voided_at, after) == (None, before)
    with pytest.raises(Refusal, match="不能另行更正"):
        correct_letter(office.desk, legal, new, [("五", "六")], "")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda files, row: files.path(row.docx_sha256).unlink(), "存储文件缺失"),
        (lambda files, row: files.path(row.docx_sha256).write_bytes(b"changed"), "存储文件被改动"),
        (lambda files, row: files.path(row.template_sha256).unlink(), "模板缺失"),
    ],
)
def test_a_lost_or_changed_file_is_found(office, drafted, damage, said):
    issue_notice(office, drafted)
    with office.desk.reading() as session:
        damage(FileStore(office.desk.files), session.scalar(select(Letter)))
    assert any(said in fault for fault in proof(office).faults)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"number": "云政公告〔2026〕9号"}, "文号与登记簿"),
        ({"number": "云政公告〔2026〕01号"}, "不是合规的文号"),
        ({"serial": 7}, "有缺号"),
        ({"docx_sha256": "0" * 64}, "与审计记录"),
    ],
)
def test_a_row_changed_behind_the_program_is_found(office, drafted, values, said):
    issue_notice(office, drafted)
    office.desk.write(lambda session: session.execute(update(Letter).values(values)))
    assert any(said in fault for fault in proof(office).faults)


def test_a_number_lost_from_the_register_is_found(office, drafted):
    issue_notice(office, drafted)
    office.desk.write(lambda session: session.execute(update(NumberSeries).values(last=NumberSeries.last + 1)))
    assert any("有缺号" in fault for fault in proof(office).faults)


def test_the_command_counts_or_names_each_fault(office, drafted, monkeypatch, tmp_path):
    from contextlib import contextmanager

    @contextmanager
    def here(_config, _url):
        yield office.desk

    monkeypatch.setattr(command, "at_desk", here)
    issue_notice(office, drafted)
    good = CliRunner().invoke(command.letters_group, ["verify"])
    assert (good.exit_code, good.output) == (0, "文书 1 份、文件 1 个，全部完好。\n")
    with office.desk.reading() as session:
        FileStore(office.desk.files).path(session.scalar(select(Letter.docx_sha256))).unlink()
    bad = CliRunner().invoke(command.letters_group, ["verify"])
    assert bad.exit_code == 1
    assert bad.stdout.count("\n") == 1


def test_the_register_goes_out_as_a_spreadsheet_without_formulas(office, drafted):
    legal = office.people["legal"]
    first = issue_notice(office, drafted)
    void_letter(office.desk, legal, first, '=HYPERLINK("http://x","y")', reissue=False)
    sheet = load_workbook(io.BytesIO(register_xlsx(office.desk, legal, RegisterFilter()))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "文号"
    assert rows[1][0] == "云政公告〔2026〕1号"
    assert rows[1][10] == '\'=HYPERLINK("http://x","y")'
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_text_that_looks_like_a_formula_is_marked_as_text(text):
    assert safe_text(text) == f"'{text}"
    assert safe_text("云岭") == "云岭"

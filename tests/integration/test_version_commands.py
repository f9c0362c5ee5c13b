"""`yishen workflows list | register | diff | migrate` as an administrator types them."""

import pytest
from click.testing import CliRunner

from engine.cli.app import yishen
from tests.changed import Changed
from tests.office import ROOT, open_office


@pytest.fixture
def office(sqlite_url, tmp_path):
    office = open_office(sqlite_url, tmp_path / "var")
    yield office
    office.desk.sessions.engine.dispose()


@pytest.fixture
def run(sqlite_url):
    place = ("--config", str(ROOT / "config.toml"), "--database-url", sqlite_url)
    return lambda *words: CliRunner().invoke(yishen, ["workflows", *words, *place])


@pytest.fixture
def changed(tmp_path):
    changed = Changed(tmp_path / "changed")
    changed.rename("triage", "研判")
    changed.clock("correction_due", "payment")
    return changed


def test_a_case_is_moved_from_the_command_line(office, run, changed):
    case = office.register().case_id
    old = office.case(case).definition_digest
    office.do("completeness", case=case, outcome="complete")
    answer = run("register", str(changed.folder))
    assert answer.exit_code == 0, answer.stderr
    new = answer.stdout.split()[-1]
    lines = [line.split() for line in run("list").stdout.splitlines()]
    assert ["disclosure_request", new] == lines[1][:2]
    assert (lines[1][4], lines[2][4]) == ("现行", "1")
    told = run("diff", old[:8], str(changed.folder)).stdout
    assert told == run("diff", old, new).stdout
    assert "改名 步骤 triage 研判（handling）：名称：研判分类 → 研判" in told
    answer = run("migrate", "--dry-run", "--from", old[:8])
    assert answer.exit_code == 0
    assert "2026-0001  可以迁移  申请人撤回、研判分类 → 研判、提出延期" in answer.stdout
    assert "可以迁移 1 件，留在原版本 0 件" in answer.stdout
    assert office.case(case).definition_digest == old
    answer = run("migrate", "--from", old, "--to", new, "--case", "2026-0001")
    assert answer.exit_code == 0, answer.stderr
    assert "已迁移 1 件" in answer.stdout
    assert office.case(case).definition_digest.startswith(new)


def test_what_stays_is_listed_and_the_exit_code_says_so(office, run, changed):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="correct")
    for step in ("correction_draft", "correction_issue", "correction_service"):
        office.do(step, case=case)
    old = office.case(case).definition_digest
    assert run("register", str(changed.folder)).exit_code == 0
    for words in (("migrate", "--dry-run"), ("migrate",)):
        answer = run(*words, "--from", old)
        assert answer.exit_code == 1
        assert "2026-0001  不能迁移  “补正期限届满”的时限由 correction 改为 payment" in answer.stdout
        assert "留在原版本 1 件" in answer.stderr


def test_faults_are_listed_and_nothing_is_registered(office, run, changed):
    changed.set("triage", "role", "nobody")
    answer = run("register", str(changed.folder))
    assert answer.exit_code == 1
    assert "nobody" in answer.stdout
    assert "没有登记" in answer.stderr
    assert "现行" in run("list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("diff", "abcdef12", "abcdef34"), "没有登记过摘要以“abcdef12”开头"),
        (("migrate", "--from", "abcdef12"), "没有登记过"),
        (("migrate",), "--from"),
        (("register", "nowhere"), "没有文件夹 nowhere"),
        (("register", "docs"), "没有事项类型"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(office, run, words, told, monkeypatch):
    monkeypatch.chdir(ROOT)
    answer = run(*words)
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_the_versions_of_one_case_type_are_not_moved_to_another(office, run):
    lines = [line.split() for line in run("list").stdout.splitlines()[1:]]
    answer = run("migrate", "--from", lines[0][1], "--to", lines[1][1])
    assert answer.exit_code == 2
    assert "两类事项" in answer.stderr


def test_nothing_to_tell_is_told(office, run):
    lines = [line.split() for line in run("list").stdout.splitlines()[1:]]
    assert run("diff", lines[0][1], lines[0][1]).stdout == "两个版本没有差别。\n"


@pytest.mark.parametrize("command", ["list", "register", "diff", "migrate"])
def test_every_command_has_help_with_an_example(run, command):
    assert "Example: yishen workflows" in CliRunner().invoke(yishen, ["workflows", command, "--help"]).stdout

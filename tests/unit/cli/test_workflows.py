"""`yishen workflows check` as a designer and the continuous integration call it."""

import re
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from engine.cli.app import yishen

WORKFLOWS = Path(__file__).parents[3] / "workflows"


def check(*folder: Path) -> Result:
    return CliRunner().invoke(yishen, ["workflows", "check", *map(str, folder)])


def test_the_shipped_case_types_are_listed_one_a_line():
    result = check()
    assert result.exit_code == 0
    folders = sorted(path.parent.name for path in WORKFLOWS.glob("*/case.toml"))
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == folders
    assert all(re.search(r" [0-9a-f]{64}  \d+ tasks  \d+ forms$", line) for line in lines)


def test_one_case_type_may_be_named():
    assert check(WORKFLOWS / "disclosure_request").stdout in check(WORKFLOWS).stdout.splitlines(keepends=True)


def test_faults_come_one_a_line_with_file_element_and_remedy(tmp_path):
    folder = tmp_path / "disclosure_request"
    shutil.copytree(WORKFLOWS / "disclosure_request", folder)
    process = folder / "process.bpmn"
    process.write_text(
        process.read_text(encoding="utf-8").replace("outcome == 'spot'", "__import__('os').system('id')"),
        encoding="utf-8",
    )
    (folder / "forms" / "archive.json").write_text("{", encoding="utf-8")
    result = check(tmp_path)
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith("disclosure_request/forms/archive.json: ")
    assert len(result.stderr.splitlines()) == 1
    shutil.copy(WORKFLOWS / "disclosure_request" / "forms" / "archive.json", folder / "forms")
    (line,) = check(folder).stdout.splitlines()
    assert re.match(r"disclosure_request/process\.bpmn: \w+: .*不允许.*。 请.*。$", line)


def test_a_diagram_without_case_toml_is_a_fault(tmp_path):
    shutil.copy(WORKFLOWS / "disclosure_request" / "process.bpmn", tmp_path)
    result = check(tmp_path)
    assert result.exit_code == 1
    assert "case.toml" in result.stdout


def test_a_folder_that_is_none_is_wrong_usage(tmp_path):
    for folder in (tmp_path / "nowhere", tmp_path):
        result = check(folder)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1

"""`yishen calendar`: what an administrator without a browser does."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli.app import yishen
from tests.integration.test_calendar_change import notice_2027
from tests.office import ROOT, Office


@pytest.fixture
def calendar(office: Office, database_url: str, tmp_path: Path):
    """Call with arguments of `yishen calendar`; returns (exit code, standard output, standard error)."""
    config = tmp_path / "config.toml"
    config.write_text((ROOT / "config.toml").read_text("utf-8").replace('"var"', f'"{tmp_path}/var"'), "utf-8")

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        options = ["--config", str(config), "--database-url", database_url]
        ended = CliRunner().invoke(yishen, ["calendar", *arguments, *options], input=stdin)
        return ended.exit_code, ended.stdout, ended.stderr

    return run


def test_a_notice_is_previewed_imported_and_listed(calendar, office, tmp_path):
    office.clock.on("2026-12-15")
    office.register()
    file = tmp_path / "2027.json"
    file.write_text(notice_2027(), "utf-8")
    code, shown, _ = calendar("import", str(file), "--preview")
    assert code == 0
    assert "2027-01-10 改为上班" in shown
    assert "在办申请 1 件，期限变动 1 件" in shown
    assert "暂定 2027-01-13" in shown
    assert "提前 1 个工作日" in shown
    assert shown.endswith("以上为预览，没有保存。\n")
    assert office.case(1).due_on is None

    code, done, _ = calendar("import", "-", stdin=notice_2027())
    assert (code, done.splitlines()[-1]) == (0, "已导入，期限已重新计算。")
    assert office.case(1).due_on.isoformat() == "2027-01-12"
    _, listed, _ = calendar("list")
    assert listed.splitlines()[1].startswith("2027  在用  13    1")
    assert listed.splitlines()[1].endswith("系统    测试发〔2026〕1号")


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (("import", "no-such-file"), "", "不能读取文件 no-such-file"),
        (("import", "-"), "{", "JSON 写法不对"),
        (("import", "-", "--year", "2026"), notice_2027(), "通知写的是2027年"),
        (("import", "-", "--year", "1066"), notice_2027(), "1066"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(calendar, arguments, stdin, sentence):
    code, _, errors = calendar(*arguments, stdin=stdin)
    assert (code, errors.count("\n")) == (2, 1)
    assert sentence in errors

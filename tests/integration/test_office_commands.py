"""`yishen db`, `yishen user` and `yishen audit` as an administrator types them."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli.app import yishen

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    office = (ROOT / "config.toml").read_text("utf-8")
    cheap = office.replace("argon2_time_cost = 3", "argon2_time_cost = 1").replace("= 65536", "= 8")
    Path("config.toml").write_text(cheap, "utf-8")
    runner = CliRunner()

    def run(*arguments: str):
        return runner.invoke(yishen, arguments)

    return run


@pytest.fixture
def office(run):
    assert run("db", "upgrade").exit_code == 0
    assert run("user", "add", "he.ping", "--name", "何平", "--role", "admin").exit_code == 0
    return run


def test_an_empty_database_is_made_and_a_second_run_does_no_harm(run):
    answer = run("user", "list")
    assert answer.exit_code == 2
    assert "请先运行 yishen db upgrade" in answer.stderr
    assert not Path("var/yishen.sqlite").exists()  # a mistyped name leaves no empty database behind
    for _ in range(2):
        answer = run("db", "upgrade")
        assert answer.exit_code == 0
        assert answer.stdout.startswith("sqlite:///var/yishen.sqlite 已是 ")


def test_an_account_is_opened_listed_reset_and_closed(office):
    answer = office("user", "add", "Zhou.Min", "--name", "周敏", "--role", "handler", "--role", "intake")
    assert answer.exit_code == 0
    first = re.fullmatch(r"用户名 zhou\.min\n一次性口令 (\S{14,})\n", answer.stdout)[1]
    assert "zhou.min\t周敏\t—\t收件员、经办人\t在用" in office("user", "list").stdout.splitlines()
    again = office("user", "reset-password", "zhou.min").stdout
    assert first not in again
    assert office("user", "deactivate", "zhou.min").stdout == "zhou.min 已停用\n"
    assert "已停用" in office("user", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("user", "add", "x y", "--name", "何", "--role", "unit"), "用户名以小写字母开头"),
        (("user", "add", "li.na", "--name", "李娜", "--role", "king"), "没有角色“king”"),
        (("user", "add", "he.ping", "--name", "何平", "--role", "unit"), "已经有人使用"),
        (("user", "add", "li.na", "--name", "李娜", "--role", "unit", "--unit", "信访办"), "没有科室“信访办”"),
        (("user", "reset-password", "nobody"), "没有用户“nobody”"),
        (("user", "deactivate", "he.ping"), "最后一个系统管理员"),
        (("user", "list", "--config", "none.toml"), "找不到配置文件"),
        (("db", "upgrade", "--database-url", "mysql://x"), "postgresql+psycopg://"),
        (("user", "list", "--database-url", "postgresql+psycopg://u:secret@127.0.0.1:1/y"), "不能使用数据库"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(office, arguments, words):
    answer = office(*arguments)
    assert answer.exit_code == 2
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "secret" not in answer.stderr


def test_the_audit_trail_is_sealed_and_verified(office):
    answer = office("audit", "verify")
    assert answer.exit_code == 0
    assert answer.stdout == "1 条记录完好；最近封存 （无）；尚未封存 1 条\n"
    sealed = re.fullmatch(r"已封存 1 条记录 ([0-9a-f]{64})\n", office("audit", "seal").stdout)[1]
    assert "没有新的记录" in office("audit", "seal").stdout
    assert office("audit", "verify").stdout == f"1 条记录完好；最近封存 {sealed}；尚未封存 0 条\n"


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE case_event SET actor_name = '某人' WHERE action = 'password_reset'",
        "UPDATE case_event SET data = '{}' WHERE action = 'password_reset'",
        "DELETE FROM case_event WHERE action = 'account_created'",
    ],
)
def test_a_changed_event_is_named(office, tampering):
    office("user", "reset-password", "he.ping")
    office("user", "reset-password", "he.ping")
    with closing(sqlite3.connect("var/yishen.sqlite")) as connection:
        assert connection.execute(tampering).rowcount
        connection.commit()
    answer = office("audit", "verify")
    assert answer.exit_code == 1
    assert re.search(r"审计记录被改动过：\d+:account:\d+ #\d", answer.stderr)


def test_every_command_has_help_with_an_example(run):
    for command in (("user",), ("user", "add"), ("user", "list"), ("db",), ("db", "upgrade"), ("audit", "verify")):
        answer = run(*command, "--help")
        assert answer.exit_code == 0
        assert "Example: yishen " in answer.stdout

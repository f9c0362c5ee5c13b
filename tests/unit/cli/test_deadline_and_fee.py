"""`yishen deadline` and `yishen fee` as people and programs call them."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from engine.cli.app import yishen

ROOT = Path(__file__).parents[3]
CASE = {"events": [{"type": "submit", "channel": "in_person", "date": "2026-05-06"}]}
ASKED = {"events": [*CASE["events"], {"type": "consult_sent", "id": "甲", "to": "joint_agency", "date": "2026-05-12"}]}


def call(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(yishen, arguments, input=stdin)


def deadline(payload: object, *options: str) -> Result:
    return call("deadline", "--json", *options, "-", stdin=json.dumps(payload))


def assert_refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def test_one_object_gives_one_and_a_list_a_list_in_order(tmp_path):
    out = json.loads(deadline(CASE).stdout)
    assert out["reply_due"] == "2026-06-02"
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([ASKED, CASE]), encoding="utf-8")
    both = json.loads(call("deadline", "--json", str(file)).stdout)
    assert [one["reply_due"] for one in both] == ["2026-06-24", "2026-06-02"]
    assert both[0]["deemed_consent"] == {"甲": "2026-06-03"}


def test_options_reach_the_clock():
    policy = ("--policy", "suspension_includes_sending_day=true", "--policy", "extra_rest_days=2026-06-24,2026-06-25")
    assert json.loads(deadline(ASKED, *policy).stdout)["reply_due"] == "2026-06-29"
    late = json.loads(deadline(CASE, "--as-of", "2026-06-03").stdout)
    assert (late["in_time"], late["late_working_days"]) == (False, 1)


def test_people_get_a_chinese_table_with_the_explanation():
    result = call(
        "deadline",
        "-",
        stdin=json.dumps([ASKED, {"events": [{"type": "submit", "channel": "oral", "date": "2026-12-15"}]}]),
    )
    assert result.exit_code == 0
    assert "答复期限" in result.stdout
    assert "2026-06-24" in result.stdout
    assert "征求共同制作机关意见（甲）所需时间" in result.stdout
    assert "（暂定）" in result.stdout
    assert "2027年放假安排尚未导入" in result.stdout
    assert "期限进行中" in result.stdout
    with_courier = {"events": [*CASE["events"], {"type": "reply_posted", "carrier": "courier", "date": "2026-06-01"}]}
    answered = call("deadline", "-", stdin=json.dumps(with_courier)).stdout
    assert "邮政企业" in answered
    assert "已答复" in answered
    assert "期限进行中" not in answered


@pytest.mark.parametrize(
    "stdin",
    [
        "", "not json", "[", "5", "null", "true", '"x"', "[]", "{}", '{"events": []}', '{"events": {}}',
        '{"events": [null]}', "[[]]", '{"events": [], "events": []}', '{"events": [{"type": "submit", "date": NaN}]}',
        '{"events": [{"type": "extension", "date": "2026-05-06", "days": 1e400}]}',
        '{"events": [{"type": "submit", "channel": "oral", "date": "2099-12-20"}]}',
        '{"events": [{"type": "ordered_to_reply_again", "date": "2026-05-06", "days": 123456789012345678901}]}',
        '{"events": [{"type": "extension", "date": "2026-05-06", "days": ' + "9" * 5000 + "}]}",
        '{"events": [{"type": "a\\nb", "date": "2026-05-06"}]}',
        '{"events": [{"type": "\\ud800", "date": "2026-05-06"}]}',
        "[" * 100_000, '{"events": ' + "[" * 900 + "]" * 900 + "}",
        b"\xff\xfe{}",
    ],
)  # fmt: skip
def test_absurd_input_is_refused_in_one_line(stdin):
    assert_refused(call("deadline", "--json", "-", stdin=stdin))


def test_an_endless_number_is_refused_in_the_words_of_the_product():
    endless = '{"events": [{"type": "extension", "date": "2026-05-06", "days": ' + "9" * 5000 + "}]}"
    assert_refused(call("deadline", "--json", "-", stdin=endless), "999999999999… 有 5000 位")


def test_the_event_and_the_object_at_fault_are_named():
    bad = {"events": [*CASE["events"], {"type": "opinion", "id": "乙", "date": "2026-05-20"}]}
    assert_refused(deadline(bad), "第 2 个事件", "opinion", "乙", "2026-05-20")
    assert_refused(deadline([CASE, CASE, bad]), "第 3 个对象", "下标 2", "opinion")


@pytest.mark.parametrize(
    "options",
    [("--policy", "nonsense=1"), ("--policy", "art35_suspends"), ("--policy", "correction_period_working_days=99"),
     ("--as-of", "2026-02-30"), ("--as-of", "tomorrow"), ("--nonsense",), ("--config", "/nowhere/config.toml"),
     ("--database-url", "sqlite:////nowhere/at/all.db"), ("--database-url", "nonsense")],
)  # fmt: skip
def test_wrong_options_are_refused_in_one_line(options):
    assert_refused(deadline(CASE, *options))


@pytest.mark.parametrize("arguments", [("deadline",), ("deadline", "/nowhere.json"), ("deadline", "/"), ("nothing",)])
def test_wrong_usage_is_refused_in_one_line(arguments):
    assert_refused(call(*arguments))


def test_ten_thousand_cases_take_seconds():
    started = time.perf_counter()
    result = deadline([ASKED] * 10_000)
    assert len(json.loads(result.stdout)) == 10_000
    assert time.perf_counter() - started < 20


def test_fee_line_by_line():
    result = call("fee", "--mode", "per_item", "--items-in-month", "12", "--items-already", "9", "--json")
    assert json.loads(result.stdout) == {
        "total": 200,
        "tiers": [
            {"from": 1, "to": 10, "rate": 0, "count": 1, "amount": 0},
            {"from": 11, "to": 30, "rate": 100, "count": 2, "amount": 200},
        ],
    }
    shown = call("fee", "--mode", "per_page", "--pages", "260").stdout
    assert "第201页以上" in shown
    assert "合计 5100 元" in shown
    assert json.loads(call("fee", "--mode", "per_page", "--pages", "0", "--json").stdout) == {"total": 0, "tiers": []}


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("--mode", "per_item"), ("--mode", "per_page"), ("--mode", "both"),
        ("--mode", "per_item", "--items-in-month", "-1"), ("--mode", "per_item", "--items-in-month", "2.5"),
        ("--mode", "per_item", "--items-in-month", "1_000"), ("--mode", "per_item", "--items-in-month", "９"),
        ("--mode", "per_item", "--items-in-month", "3", "--items-already", "4"),
        ("--mode", "per_item", "--items-in-month", "3", "--pages", "4"),
        ("--mode", "per_page", "--pages", "3", "--items-already", "0"),
        ("--mode", "per_item", "--items-in-month", "9" * 18), ("--mode", "per_page", "--pages", "9" * 40),
        ("--mode", "per_page", "--pages", "3", "extra"),
    ],
)  # fmt: skip
def test_fee_refuses_what_makes_no_sense(arguments):
    assert_refused(call("fee", *arguments))


def test_the_offices_configuration_changes_policy_and_brackets(tmp_path):
    config = tmp_path / "config.toml"
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    config.write_text(
        f'database_url = "sqlite:///{tmp_path}/none.db"\n'
        + "\n".join(line for line in text.splitlines() if not line.startswith("database_url"))
        + "\n[[fees.per_page]]\nfrom = 1\nrate = 2\n",
        encoding="utf-8",
    )
    result = call("fee", "--config", str(config), "--mode", "per_page", "--pages", "3", "--json")
    assert json.loads(result.stdout)["total"] == 6
    assert json.loads(deadline(CASE, "--config", str(config)).stdout)["reply_due"] == "2026-06-02"
    assert not (tmp_path / "none.db").exists()


def every_command(command: click.Command = yishen, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name), *path, name)


def test_help_of_every_command_has_an_example():
    for path in every_command():
        result = call(*path, "--help")
        assert result.exit_code == 0, path
        assert "Example:" in result.stdout, path


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine.cli", *arguments],
        cwd=ROOT, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False,
        env={"PATH": "/usr/bin", "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip


def test_as_a_program_it_speaks_utf8_and_exits_with_the_right_code():
    version = run("--version")
    assert (version.returncode, len(version.stdout.splitlines())) == (0, 1)
    good = run("deadline", "-", stdin=json.dumps(ASKED))
    assert (good.returncode, good.stderr) == (0, "")
    assert "答复期限" in good.stdout
    bad = run("deadline", "--json", "-", stdin="{")
    assert (bad.returncode, bad.stdout, len(bad.stderr.splitlines())) == (2, "", 1)
    assert run().returncode == 2

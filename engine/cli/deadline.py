"""`yishen deadline`: the statutory clock as a what-if calculator, the same function the desk uses."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from engine.cli.deadline_report import report
from engine.cli.faults import CommandError
from engine.cli.office import load_calendar_and_policy, office_options
from engine.statute.calendar import Calendar, CalendarRangeError
from engine.statute.clock import fold
from engine.statute.dates import parse_iso_date
from engine.statute.events import LedgerError, parse_ledger
from engine.statute.policy import Policy, PolicyError, policy_from_pairs
from engine.statute.result import ClockResult

_DIGITS_MAX = 18  # no number of a ledger comes near; a far longer one Python refuses in words of its own


@click.command("deadline")
@click.argument("source", metavar="FILE|-")
@click.option("--policy", "pairs", multiple=True, metavar="KEY=VALUE", help="Change one policy key; repeatable.")
@click.option("--as-of", metavar="YYYY-MM-DD", help="Ignore later events and judge an unanswered case as of this day.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: one object, or a list for a list.")
@office_options
def deadline(
    *,
    source: str,
    pairs: tuple[str, ...],
    as_of: str | None,
    as_json: bool,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Statutory dates of a case, or of a list of cases, from the ledger of legal events in FILE (- is stdin).

    Example: echo '{"events": [{"type": "submit", "channel": "in_person", "date": "2026-09-16"}]}' | yishen deadline -
    """
    day = _as_of(as_of)
    raw = _read_json(source)
    rules = load_calendar_and_policy(config, database_url)
    try:
        policy = policy_from_pairs(pairs, rules.policy)
    except PolicyError as error:
        raise CommandError(f"{error}。") from error
    if isinstance(raw, list):
        results = _fold_all(raw, rules.calendar, policy, day)
        if as_json:
            click.echo(json.dumps([result.as_json() for result in results], ensure_ascii=False))
        else:
            for number, result in enumerate(results, start=1):
                click.echo(f"【第 {number} 件】\n{report(result)}\n")
        return
    result = _fold_one(raw, rules.calendar, policy, day, "")
    click.echo(json.dumps(result.as_json(), ensure_ascii=False) if as_json else report(result))


def _fold_all(items: list[Any], calendar: Calendar, policy: Policy, as_of: date | None) -> list[ClockResult]:
    if not items:
        raise CommandError("列表是空的，没有可以推算的案件。")
    # The index counts from 0 as in the JSON list, the ordinal as people count.
    return [
        _fold_one(item, calendar, policy, as_of, f"第 {index + 1} 个对象（下标 {index}）：")
        for index, item in enumerate(items)
    ]


def _fold_one(raw: object, calendar: Calendar, policy: Policy, as_of: date | None, place: str) -> ClockResult:
    try:
        return fold(parse_ledger(raw), calendar, policy, as_of)
    except (LedgerError, CalendarRangeError) as error:
        raise CommandError(f"{place}{error}。") from error


def _as_of(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return parse_iso_date(text)
    except ValueError as error:
        raise CommandError(f"--as-of {text[:40]!r} 不对：{error}。") from error


def _read_json(file: str) -> Any:
    source = "标准输入" if file == "-" else f"文件 {file}"
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CommandError(f"不能读取{source}：{reason}。") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{source}不是 UTF-8 编码的文本（第 {error.start + 1} 个字节）。") from error
    try:
        return json.loads(
            text, object_pairs_hook=_without_repeats, parse_constant=_no_constant, parse_int=_no_endless_number
        )
    except json.JSONDecodeError as error:
        raise CommandError(f"{source}不是 JSON：第 {error.lineno} 行第 {error.colno} 列，{error.msg}。") from error
    except RecursionError as error:
        raise CommandError(f"{source}的 JSON 嵌套太深。") from error
    except ValueError as error:
        raise CommandError(f"{source}的 JSON 不对：{error}。") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"键 {repeated[:40]!r} 出现了两次")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"不能用 {name}")


def _no_endless_number(digits: str) -> int:
    if len(digits) > _DIGITS_MAX:
        raise ValueError(f"数字 {digits[:12]}… 有 {len(digits)} 位，太长了")
    return int(digits)

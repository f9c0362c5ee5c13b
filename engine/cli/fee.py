"""`yishen fee`: the processing fee (信息处理费) of one request, line by line."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine.cli.faults import CommandError
from engine.cli.office import load_calendar_and_policy, office_options
from engine.cli.table import table
from engine.statute.fees import FeeError, FeeResult, Mode, fee


def _whole_number(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """Digits only: no sign, no point, no separators."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise click.BadParameter(f"{value[:40]!r} 不是非负整数。")
    return int(value)


def _number(name: str, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(name, metavar="N", callback=_whole_number, help=text)


@click.command("fee")
@click.option(
    "--mode", type=click.Choice([mode.value for mode in Mode]), required=True, help="By items (按件) or pages (按量)."
)
@_number("--items-in-month", "The applicant's items in this calendar month, with this request.")
@_number("--items-already", "How many of them were there before this request (default 0).")
@_number("--pages", "Pages supplied for this request.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@office_options
def fee_command(
    *,
    mode: str,
    items_in_month: int | None,
    items_already: int | None,
    pages: int | None,
    as_json: bool,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Processing fee (信息处理费) in whole yuan for one request, bracket by bracket.

    Example: yishen fee --mode per_item --items-in-month 35 --items-already 28
    """
    chosen = Mode(mode)
    if chosen is Mode.PER_ITEM:
        _only(chosen, "--items-in-month", items_in_month, {"--pages": pages})
        quantity = items_in_month or 0
    else:
        _only(chosen, "--pages", pages, {"--items-in-month": items_in_month, "--items-already": items_already})
        quantity = pages or 0
    tiers = load_calendar_and_policy(config, database_url).fee_tiers
    try:
        result = fee(chosen, quantity, already=items_already or 0, tiers=tiers)
    except FeeError as error:
        raise CommandError(f"{error}。") from error
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        click.echo(_for_people(chosen, result))


def _only(mode: Mode, needed: str, value: int | None, others: dict[str, int | None]) -> None:
    """One request is charged by items or by pages, never by both (109号)."""
    if value is None:
        raise CommandError(f"--mode {mode} 需要 {needed}。")
    for name, other in others.items():
        if other is not None:
            raise CommandError(f"--mode {mode} 不能同时给 {name}：同一件申请只能按件或者按量计收。")


def _for_people(mode: Mode, result: FeeResult) -> str:
    unit = "件" if mode is Mode.PER_ITEM else "页"
    rows = [
        (
            f"第{line.first}{unit}以上" if line.last is None else f"第{line.first}至{line.last}{unit}",
            f"{line.rate}元/{unit}",
            f"{line.count}{unit}",
            f"{line.amount}元",
        )
        for line in result.lines
    ]
    body = table(rows, ("档次", "单价", "数量", "金额")) + "\n" if rows else ""
    return f"{body}合计 {result.total} 元"

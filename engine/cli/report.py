"""`yishen report`: the figures of the pages, for the terminal and for other programs."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.at_desk import at_desk, desk_options
from engine.cli.faults import CommandError
from engine.cli.table import table

if TYPE_CHECKING:
    from engine.cases.measured import Period


@click.group()
def report() -> None:
    """Figures on the work of a period; drills are left out everywhere.

    Example: yishen report measures --from 2026-01-01 --to 2026-06-30
    """


@report.command()
@click.option("--from", "first", metavar="DATE", help="First day of conclusion (default: 1 January of this year).")
@click.option("--to", "last", metavar="DATE", help="Last day of conclusion (default: today).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a workbook.")
@desk_options
def measures(
    first: str | None,
    last: str | None,
    as_json: bool,
    xlsx: Path | None,
    config: Path | None,
    database_url: str | None,
) -> None:
    """On-time rate, working days, time stopped, returns, corrections, decisions, reconsiderations.

    Example: yishen report measures --from 2026-01-01 --json
    """
    from engine.cases.report_book import report_book
    from engine.cases.reports import reports, this_year

    with at_desk(config, database_url) as desk:
        period = _period(first, last, this_year(desk.today()))
        found = reports(desk, None, period)
        organ = desk.settings.office.organ
    if xlsx is not None:
        try:
            xlsx.write_bytes(report_book(found, period, organ))
        except OSError as error:
            raise CommandError(f"不能写入 {xlsx}：{error.strerror}。") from error
        click.echo(f"已写入 {xlsx}")
        return
    if as_json:
        click.echo(json.dumps({one.id: _as_json(one) for one in found}, ensure_ascii=False, indent=2))
        return
    for one in found:
        rows = [[line.title, *(_shown(figure) for figure in line.figures)] for line in one.lines]
        click.echo(f"{one.title}\n{one.formula}\n{table(rows, one.head) if rows else '（没有）'}\n")


def _as_json(one: Any) -> dict[str, Any]:
    return {
        "title": one.title,
        "formula": one.formula,
        "head": list(one.head),
        "rows": [[line.title.strip(), *line.figures] for line in one.lines],
    }


def _shown(figure: Any) -> str:
    if figure is None:
        return "—"
    return f"{figure:g}" if isinstance(figure, float) else str(figure)


def _period(first: str | None, last: str | None, usual: "Period") -> "Period":
    from engine.cases.measured import Period

    period = Period(_day(first, "--from") or usual.first, _day(last, "--to") or usual.last)
    if period.first > period.last:
        raise CommandError(f"起始日期 {period.first} 晚于截止日期 {period.last}，请核对 --from 和 --to。")
    return period


def _day(text: str | None, option: str) -> date | None:
    from engine.statute.dates import parse_iso_date

    if text is None:
        return None
    try:
        return parse_iso_date(text)
    except ValueError as error:
        raise CommandError(f"{option} {text!r} 不对：{error}，例如 2026-01-01。") from error


@report.command(name="table4")
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YYYY", help="Year (default: this year).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@desk_options
def table_four(year: int | None, as_json: bool, config: Path | None, database_url: str | None) -> None:
    """Table 4 of the annual report: reconsiderations and suits by how they stood at the end of the year.

    Example: yishen report table4 --year 2026
    """
    from engine.cases.review_register import annual_table4
    from engine.statute.reviews import RESULT_TITLES, REVIEW_TITLES, block_total

    with at_desk(config, database_url) as desk:
        found = annual_table4(desk, None, year or desk.today().year)
    if as_json:
        cells = {
            str(kind): {str(result): count for result, count in row.items()} | {"total": block_total(found.cells, kind)}
            for kind, row in found.cells.items()
        }
        click.echo(json.dumps({"year": found.year, **cells, "warnings": found.warnings}, ensure_ascii=False, indent=2))
        return
    rows = [
        [title, *(str(found.cells[kind][result]) for result in RESULT_TITLES), str(block_total(found.cells, kind))]
        for kind, title in REVIEW_TITLES.items()
    ]
    click.echo(table(rows, (f"{found.year} 年", *RESULT_TITLES.values(), "总计")))
    for told in found.warnings:
        click.echo(f"{told}。", err=True)


@report.command(name="table3")
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YYYY", help="Year (default: this year).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@desk_options
def table_three(year: int | None, as_json: bool, config: Path | None, database_url: str | None) -> None:
    """Table 3 of the annual report: requests received, carried over and concluded, by kind of applicant.

    Example: yishen report table3 --year 2026
    """
    from engine.cases.annual import annual_table3
    from engine.statute.returns import APPLICANT_TITLES, TABLE3_ROWS, results_total, row_total

    with at_desk(config, database_url) as desk:
        found = annual_table3(desk, None, year or desk.today().year)
    rows = {
        one.key: {
            column: results_total(found.table, column)
            if one.key == "total"
            else found.table.get(one.key, {}).get(column, 0)
            for column in APPLICANT_TITLES
        }
        for one in TABLE3_ROWS
    }
    if as_json:
        cells = {
            key: {str(column): count for column, count in row.items()} | {"total": row_total(found.table, key)}
            for key, row in rows.items()
        }
        click.echo(json.dumps({"year": found.year, **cells, "faults": found.faults}, ensure_ascii=False, indent=2))
        return
    lines = [
        [one.label, one.title, *(str(count) for count in rows[one.key].values()), str(row_total(found.table, one.key))]
        for one in TABLE3_ROWS
    ]
    click.echo(table(lines, (f"{found.year} 年", "", *APPLICANT_TITLES.values(), "总计")))
    for told in found.faults:
        click.echo(f"{told}。", err=True)


@report.command()
@desk_options
def recount(config: Path | None, database_url: str | None) -> None:
    """Compare the counts behind table 3 with all cases, and replace them if they differ.

    Example: yishen report recount
    """
    from engine.cases.annual import count_anew, counts_agree

    with at_desk(config, database_url) as desk:
        if counts_agree(desk):
            click.echo("年度计数与逐件统计一致。")
            return
        cases = count_anew(desk)
    click.echo(f"年度计数与逐件统计不一致，已按 {cases} 件重新计数。")

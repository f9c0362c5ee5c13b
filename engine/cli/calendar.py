"""`yishen calendar`: the holiday notices of the office."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.at_desk import at_desk, desk_options
from engine.cli.faults import CommandError
from engine.cli.table import table

if TYPE_CHECKING:
    from engine.cases.calendar_change import ImportPreview


@click.group()
def calendar() -> None:
    """The holiday notices (放假安排) that working days are counted by.

    Example: yishen calendar list
    """


@calendar.command("import")
@click.argument("source", metavar="FILE|-")
@click.option("--year", type=click.IntRange(1990, 2099), metavar="YYYY", help="Year, when FILE does not say it.")
@click.option("--paper", default="", metavar="TEXT", help="Number of the notice, when FILE does not give it.")
@click.option("--preview", is_flag=True, help="Show what would change and store nothing.")
@desk_options
def import_(
    *, source: str, year: int | None, paper: str, preview: bool, config: Path | None, database_url: str | None
) -> None:
    """Import a year's notice from FILE (- is stdin): its text, JSON or CSV; dates of all open cases follow it.

    Example: yishen calendar import notice-2027.txt --preview
    """
    from engine.cases.calendar_change import apply_import, preview_import

    content = _content(source)
    with at_desk(config, database_url) as desk:
        run = preview_import if preview else apply_import
        found = run(desk, None, content, year=year, paper=paper)
    click.echo(_report(found, preview=preview))


@calendar.command("list")
@desk_options
def list_(config: Path | None, database_url: str | None) -> None:
    """All notices, newest year first; those in force are marked.

    Example: yishen calendar list
    """
    from engine.cases.calendar_view import holiday_notices

    with at_desk(config, database_url) as desk:
        rows = [
            (
                str(row.year),
                "在用" if row.active else "已被取代",
                str(row.rest_days),
                str(row.make_up_days),
                f"{desk.local(row.imported_at):%Y-%m-%d %H:%M}" if row.imported_at else "随产品提供",
                row.imported_by,
                row.paper,
            )
            for row in holiday_notices(desk, None)
        ]
    click.echo(table(rows, ("年份", "状态", "放假", "调休上班", "导入时间", "导入人", "文号")))


def _content(source: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CommandError(f"不能读取文件 {source}：{reason}。") from error


def _report(found: "ImportPreview", *, preview: bool) -> str:
    notice = found.notice
    lines = [
        f"{notice.year}年放假安排 {notice.paper}".rstrip()
        + f"：放假 {len(notice.rest_days)} 天，调休上班 {len(notice.make_up_days)} 天",
    ]
    if found.replaces is not None:
        lines.append(f"取代已导入的{notice.year}年安排 {found.replaces}".rstrip())
    lines += [f"  {one.day} {'改为上班' if one.works else '改为放假'} {one.name}".rstrip() for one in found.changed]
    lines.append(f"在办申请 {found.open_cases} 件，期限变动 {len(found.moves)} 件")
    if found.moves:
        lines.append(
            table(
                [
                    (
                        move.number,
                        str(move.before or "无"),
                        str(move.after or "无"),
                        move.words,
                        str(move.told or ""),
                        "；".join(timer.words for timer in move.timers),
                    )
                    for move in found.moves
                ],
                ("编号", "原期限", "新期限", "变动", "已告知申请人", "其他期限"),
            )
        )
    if found.judged:
        lines.append(f"已办结申请 {len(found.judged)} 件的期限随之重新推算，{len(found.turned)} 件是否按期的结论改变")
    if found.turned:
        rows = [
            (one.number, str(one.before or "无"), str(one.after or "无"), str(one.replied_on), _timely(one.in_time))
            for one in found.turned
        ]
        lines.append(table(rows, ("编号", "原期限", "新期限", "答复", "结论改为")))
    lines.append("以上为预览，没有保存。" if preview else "已导入，期限已重新计算。")
    return "\n".join(lines)


def _timely(in_time: bool | None) -> str:
    return "未判定" if in_time is None else "按期" if in_time else "超期"

"""`yishen workflows list | diff | register | migrate`: versions of the case types and the cases that run on them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.at_desk import at_desk, desk_options
from engine.cli.faults import CommandError, FoundFault
from engine.cli.table import table

if TYPE_CHECKING:
    from engine.cases.desk import Desk
    from engine.cases.migration import CaseMove
    from engine.process import Definition

_SHOWN = 12
_RESULTS = {"moves": "可以迁移", "moved": "已迁移", "refused": "不能迁移", "failed": "出错"}


@click.command("list")
@desk_options
def list_command(config: Path | None, database_url: str | None) -> None:
    """Registered versions of every case type, newest first, with the number of cases that run on them.

    Example: yishen workflows list
    """
    from engine.cases.versions import versions

    with at_desk(config, database_url) as desk:
        rows = [
            (
                one.case_type,
                one.digest[:_SHOWN],
                f"{one.registered_at:%Y-%m-%d %H:%M}",
                "现行" if one.current else "",
                str(one.running),
                one.title,
            )
            for one in versions(desk, None)
        ]
    click.echo(table(rows, ("事项", "版本", "登记时间", "", "在办", "名称")))


@click.command("register")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@desk_options
def register_command(folder: Path | None, config: Path | None, database_url: str | None) -> None:
    """Check the case types in DIR (default: the product's and the office's own) and make them the current versions.

    New cases start on them; running ones stay where they are until they are migrated. Exit 1 with a line per fault.

    Example: yishen workflows register workflows/disclosure_request
    """
    from engine.cases.definitions import own_folders
    from engine.cases.versions import register_folders
    from engine.cli.workflows import case_types_in
    from engine.process import DefinitionFault

    with at_desk(config, database_url) as desk:
        folders = own_folders(desk) if folder is None else case_types_in(folder)
        try:
            digests = register_folders(desk, folders)
        except DefinitionFault as error:
            for fault in error.faults:
                click.echo(" ".join(str(fault).split()))
            raise FoundFault(f"流程定义有 {len(error.faults)} 处问题，没有登记，请逐条改正。") from error
    for one, digest in zip(folders, digests, strict=True):
        click.echo(f"{one.name} 已登记 {digest[:_SHOWN]}")


@click.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@desk_options
def diff_command(old: str, new: str, config: Path | None, database_url: str | None) -> None:
    """What differs between two versions: digests (or their beginnings) or folders. A line per difference.

    Example: yishen workflows diff 3f9a17c0b2d4 workflows/disclosure_request
    """
    from engine.process import plan

    with at_desk(config, database_url) as desk:
        found = plan(_definition(desk, old), _definition(desk, new)).differences
    for one in found:
        click.echo(" ".join(one.words.split()))
    if not found:
        click.echo("两个版本没有差别。")


@click.command("migrate")
@click.option("--dry-run", is_flag=True, help="Only show where each case would land and what keeps it.")
@click.option(
    "--from", "old", metavar="DIGEST", required=True, help="Version that the cases run on (or its beginning)."
)
@click.option("--to", "new", metavar="DIGEST", help="Version that they move to (default: the current one).")
@click.option("--case", "numbers", metavar="NUMBER", multiple=True, help="Only this case; may be given several times.")
@desk_options
def migrate_command(
    dry_run: bool, old: str, new: str | None, numbers: Sequence[str], config: Path | None, database_url: str | None
) -> None:
    """Move running cases to another version of their process, each in a transaction of its own.

    Steps keep who holds them and since when; timers keep their dates; what has fired does not fire again. A case whose
    tokens have no place in the new version, or one of whose dates would move, stays and is listed: exit 1.

    Example: yishen workflows migrate --dry-run --from 3f9a17c0b2d4
    """
    from engine.cases.migration import migrate, rehearse
    from engine.cases.versions import current_version, version

    with at_desk(config, database_url) as desk:
        first = version(desk, None, old)
        second = version(desk, None, new) if new else current_version(desk, None, first.case_type)
        report = (rehearse if dry_run else migrate)(desk, None, first.digest, second.digest, numbers)
    click.echo(f"{first.case_type} {first.digest[:_SHOWN]} → {second.digest[:_SHOWN]}")
    if report.rows:
        click.echo(table([_row(row) for row in report.rows], ("编号", "结果", "落点或原因")))
    told = f"{'可以迁移' if dry_run else '已迁移'} {report.moved} 件，留在原版本 {len(report.stuck)} 件"
    if report.stuck:
        raise FoundFault(f"{told}，原因见上。")
    click.echo(told)


def _row(row: "CaseMove") -> tuple[str, str, str]:
    stands = []
    for one in row.landings:
        if one.opened:
            stands.append(f"{one.after}（新开始等待）")
        else:
            stands.append(one.after if one.before == one.after else f"{one.before} → {one.after}")
    return row.number, _RESULTS[row.result], row.why or "、".join(stands)


def _definition(desk: "Desk", text: str) -> "Definition":
    """A version by its digest or the beginning of it, or the case type in a folder."""
    from engine.cases.definitions import load_definition
    from engine.cases.versions import version
    from engine.process import DefinitionFault, parse, read_bundle

    folder = Path(text)
    if not folder.is_dir():
        found = version(desk, None, text)
        with desk.reading() as session:
            return load_definition(session, desk.library, found.digest)
    try:
        return parse(read_bundle(folder))
    except DefinitionFault as fault:
        raise CommandError(f"{folder.name}/{fault} 请先运行 yishen workflows check。") from fault

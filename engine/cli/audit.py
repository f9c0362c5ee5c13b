"""`yishen audit`: the hash chains of the audit trail and their seals."""

from pathlib import Path

import click

from engine.cli.at_desk import at_desk, desk_options
from engine.cli.faults import FoundFault


@click.group()
def audit() -> None:
    """The audit trail: check its hash chains, seal it.

    Example: yishen audit verify
    """


@audit.command()
@desk_options
def verify(config: Path | None, database_url: str | None) -> None:
    """Recompute every hash and seal, compare ledgers, signatures and signed files; exit 1 naming the first broken one.

    Example: yishen audit verify --database-url sqlite:///var/yishen.sqlite
    """
    from engine.cases.verification import verify_all
    from engine.store.files import FileStore

    with at_desk(config, database_url) as desk, desk.reading() as session:
        found = verify_all(session, FileStore(desk.files))
    if found.broken is not None:
        raise FoundFault(f"审计记录被改动过：{found.broken}（此前 {found.events} 条完好）。请立即保全数据库并报告。")
    click.echo(f"{found.events} 条记录完好；最近封存 {found.last_seal or '（无）'}；尚未封存 {found.unsealed} 条")


@audit.command()
@desk_options
def seal(config: Path | None, database_url: str | None) -> None:
    """Chain the newest events of all chains into a seal; the scheduler does so by itself.

    Example: yishen audit seal
    """
    from engine.cases.audit import seal as chain

    with at_desk(config, database_url) as desk:
        new = desk.write(lambda session: chain(session, desk.now()))
        click.echo(f"已封存 {new.events} 条记录 {new.hash}" if new else "上次封存以后没有新的记录")

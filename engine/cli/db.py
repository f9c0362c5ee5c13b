"""`yishen db`: the schema of the database, moving to another one, and whether all is whole."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.engine import make_url

from engine.cli.at_desk import at_desk, desk_options, settings_of, usable_database
from engine.cli.faults import CommandError, FoundFault

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.group()
def db() -> None:
    """The schema of the database, copying it to another one, checking what is stored.

    Example: yishen db upgrade
    """


@db.command()
@desk_options
def upgrade(config: Path | None, database_url: str | None) -> None:
    """Bring schema and case types to this version of the program; harmless when they are there already.

    Example: yishen db upgrade --database-url sqlite:///var/yishen.sqlite
    """
    from engine.cases.annual import count_anew
    from engine.store import migrate

    settings = settings_of(config, database_url)
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    with usable_database(settings.database_url):
        was_current = migrate.is_current(settings.database_url)
        migrate.upgrade(settings.database_url)
    register_case_types(config, database_url)
    if not was_current:  # an earlier version may have kept no counts, or others
        with at_desk(config, database_url) as desk:
            count_anew(desk)
    click.echo(f"{shown} 已是 {migrate.newest_revision()}")


def register_case_types(config: Path | None, database_url: str | None) -> None:
    """Store the present version of every case type, those that come with the product and the office's own.

    A new version is for new cases; running ones stay on theirs. Raises CommandError for a faulty folder.
    """
    from engine.cases.definitions import register_present
    from engine.process import DefinitionFault

    with at_desk(config, database_url) as desk:
        try:
            register_present(desk)
        except DefinitionFault as fault:
            told = "；".join(str(one) for one in fault.faults[:3])
            raise CommandError(f"事项类型不能登记：{told}。请先运行 yishen workflows check。") from fault


@db.command()
@click.option("--from", "source", metavar="URL", required=True, help="Database that is copied.")
@click.option("--to", "target", metavar="URL", required=True, help="Empty database that it is copied to.")
def copy(source: str, target: str) -> None:
    """Copy an office to another database, such as from SQLite to PostgreSQL; stop web pages and scheduler first.

    One transaction, read back row by row, and the audit trail verified in the copy. Stored files stay where they are:
    afterwards put the new address into config.toml and keep data_dir.

    Example: yishen db copy --from sqlite:///var/yishen.sqlite --to postgresql+psycopg://yishen@db/yishen
    """
    from sqlalchemy.orm import Session

    from engine.cases.audit import verify
    from engine.store import migrate
    from engine.store.copying import CopyFault, copy_database
    from engine.store.session import open_engine

    for url in (source, target):
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise CommandError("数据库地址应为 sqlite:///文件 或 postgresql+psycopg://用户@主机/库名。")
    if source == target:
        raise CommandError("原数据库和目标数据库是同一个。")
    events = 0

    def prove(connection: "Connection") -> None:
        nonlocal events
        with Session(connection) as session:
            found = verify(session)
        if found.broken is not None:
            raise CopyFault(f"复制后的审计记录不完好（{found.broken}），没有复制。请先核对原数据库。")
        events = found.events

    with usable_database(source):
        if not migrate.is_current(source):
            raise CommandError("原数据库还没有建立，或者不是当前版本。请先运行 yishen db upgrade。")
    with usable_database(target):
        make_schema(target)
        reading, writing = open_engine(source), open_engine(target)
        try:
            tallies = copy_database(reading, writing, prove)
        except CopyFault as fault:
            raise CommandError(str(fault)) from fault
        finally:
            reading.dispose()
            writing.dispose()
    rows = sum(one.rows for one in tallies.values())
    click.echo(f"已复制 {len(tallies)} 张表 {rows} 行，逐行核对一致；审计记录 {events} 条完好")


def make_schema(database_url: str) -> None:
    """Make the tables in a new database. Raises CommandError when it has those of another version."""
    from engine.store import migrate
    from engine.store.session import open_engine

    engine = open_engine(database_url)
    try:
        found = migrate.current_revision(engine)
    finally:
        engine.dispose()
    if found is None:
        migrate.upgrade(database_url)
    elif found != migrate.newest_revision():
        raise CommandError("目标数据库是另一个版本，只能用空的数据库。")


@db.command()
@desk_options
def check(config: Path | None, database_url: str | None) -> None:
    """Check that the database is sound and everything it names is stored: attachments, registered case types.

    Prints a line per fault and exits 1. The audit trail is checked by `yishen audit verify`, letters by
    `yishen letters verify`.

    Example: yishen db check
    """
    from engine.cases.storage_check import verify_storage
    from engine.store.files import FileStore

    with at_desk(config, database_url) as desk, desk.reading() as session:
        proof = verify_storage(session, FileStore(desk.files))
    for fault in proof.faults:
        click.echo(fault)
    if proof.faults:
        raise FoundFault(f"核查发现 {len(proof.faults)} 处问题，请立即保全数据库和文件并从备份核对。")
    click.echo(f"数据库完好；材料 {proof.attachments} 份、流程版本 {proof.versions} 个，全部完好")

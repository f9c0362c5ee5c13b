"""`yishen backup` and `yishen restore`: a whole office in one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.at_desk import at_desk, desk_options, settings_of, usable_database
from engine.cli.faults import CommandError, FoundFault

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.backup import Contents
    from engine.store.files import FileStore


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@desk_options
def backup(file: Path, config: Path | None, database_url: str | None) -> None:
    """Write database, attachments, letters and case types to FILE while the system runs.

    FILE holds personal data and is readable by its owner only. Exit 1 when a stored file turns out to be damaged.

    Example: yishen backup /srv/backup/yishen-2026-11-20.tar
    """
    from engine.store import migrate
    from engine.store.backup import BackupFault, write_backup
    from engine.store.files import FileStore

    with at_desk(config, database_url) as desk:
        try:
            done = write_backup(
                desk.sessions.engine, FileStore(desk.files), file, desk.now(), migrate.newest_revision()
            )
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        except OSError as error:
            raise CommandError(f"备份没有写成：{error.strerror or error}。请检查磁盘空间和权限。") from error
    click.echo(f"已备份 {done.rows} 行、{done.files} 个文件（{_mib(file.stat().st_size)}）到 {file}")
    if done.damaged:
        raise FoundFault(f"备份已写成，但有 {len(done.damaged)} 个存储文件已被改动，第一个是 {done.damaged[0]}。")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--verify", is_flag=True, help="Read everything back: rows, audit trail, letters, attachments.")
@desk_options
def restore(file: Path, verify: bool, config: Path | None, database_url: str | None) -> None:
    """Bring FILE back into an empty database and an empty data folder; all of it, or nothing.

    It may come from the other kind of database. With --verify nothing is kept unless all of it is proved whole.

    Example: yishen restore --verify yishen-2026-11-20.tar --database-url postgresql+psycopg://yishen@db/yishen
    """
    from engine.cli.db import make_schema
    from engine.store import migrate
    from engine.store.backup import BackupFault, restore_backup
    from engine.store.session import open_engine

    settings = settings_of(config, database_url)
    told: list[str] = []

    def prove(connection: "Connection", files: "FileStore", contents: "Contents") -> None:
        if verify:
            told.append(_proof(connection, files, contents))

    with usable_database(settings.database_url):
        engine = open_engine(settings.database_url)
        try:
            make_schema(settings.database_url)
            files = Path(settings.data_dir) / "files"
            done = restore_backup(engine, files, file, migrate.newest_revision(), prove)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        except OSError as error:
            raise CommandError(f"没有恢复：{error.strerror or error}。请检查磁盘空间和权限。") from error
        finally:
            engine.dispose()
    made_at = done.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
    click.echo(f"已恢复 {made_at} 的备份：{done.rows} 行、{done.files} 个文件（{_mib(done.size)}）")
    for line in told:
        click.echo(line)


def _proof(connection: "Connection", files: "FileStore", contents: "Contents") -> str:
    from sqlalchemy.orm import Session

    from engine.cases.storage_check import verify_office
    from engine.store.backup import BackupFault
    from engine.store.walk import differing_table

    if (name := differing_table(connection, contents.tables)) is not None:
        raise BackupFault(f"表 {name} 恢复后与备份不一致，没有恢复。")
    with Session(connection) as session:
        proof = verify_office(session, files)
    if proof.faults:
        raise BackupFault(
            f"备份内容有 {len(proof.faults)} 处问题，没有恢复：{proof.faults[0]}。"
            "请核对其他备份；如仍要用这一份，请不加 --verify 恢复。"
        )
    return (
        f"核对无误：{len(contents.tables)} 张表逐行一致，审计记录 {proof.events} 条、文书 {proof.letters} 份、"
        f"材料 {proof.attachments} 份完好"
    )


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB"

"""`yishen db`: the schema of the database."""

from pathlib import Path

import click

from engine.cli.at_desk import desk_options, settings_of
from engine.cli.faults import CommandError


@click.group()
def db() -> None:
    """The schema of the database.

    Example: yishen db upgrade
    """


@db.command()
@desk_options
def upgrade(config: Path | None, database_url: str | None) -> None:
    """Bring the schema to this version of the program; harmless when it is there already.

    Example: yishen db upgrade --database-url sqlite:///var/yishen.sqlite
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import OperationalError

    from engine.store import migrate

    settings = settings_of(config, database_url)
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    try:
        migrate.upgrade(settings.database_url)
    except OperationalError as error:
        raise CommandError(f"不能使用数据库 {shown}，请核对地址、权限和服务是否启动。") from error
    click.echo(f"{shown} 已是 {migrate.newest_revision()}")

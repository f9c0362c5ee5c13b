"""`yishen db`: the schema of the database."""

from pathlib import Path

import click

from engine.cli.at_desk import at_desk, desk_options, settings_of, usable_database
from engine.cli.faults import CommandError


@click.group()
def db() -> None:
    """The schema of the database.

    Example: yishen db upgrade
    """


@db.command()
@desk_options
def upgrade(config: Path | None, database_url: str | None) -> None:
    """Bring schema and case types to this version of the program; harmless when they are there already.

    Example: yishen db upgrade --database-url sqlite:///var/yishen.sqlite
    """
    from sqlalchemy.engine import make_url

    from engine.store import migrate

    settings = settings_of(config, database_url)
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    with usable_database(settings.database_url):
        migrate.upgrade(settings.database_url)
    register_case_types(config, database_url)
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

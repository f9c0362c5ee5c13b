"""Commands that work at an office's desk: its configuration and database, and refusals as one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from engine.cli.faults import CommandError

if TYPE_CHECKING:
    from engine.cases.desk import Desk
    from engine.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


def desk_options(command: _Command) -> _Command:
    """`--config` and `--database-url`, passed on as `config` and `database_url`."""
    with_database = click.option(
        "--database-url", metavar="URL", help="Database to use instead of the one that the configuration names."
    )(command)
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The office's configuration (default: config.toml).",
    )(with_database)


def settings_of(config: Path | None, database_url: str | None) -> "Settings":
    """The settings, with the data folder made. Raises CommandError naming what is wrong in the file."""
    from engine.settings import SettingsFault, load_settings, prepare

    try:
        settings = load_settings(config, database_url=database_url)
        prepare(settings)
    except SettingsFault as fault:
        raise CommandError(str(fault)) from fault
    return settings


@contextmanager
def usable_database(database_url: str) -> Iterator[None]:
    """Inside, a database that cannot be reached or used becomes a CommandError; a password is not shown."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as error:
        shown = make_url(database_url).render_as_string(hide_password=True)
        raise CommandError(f"不能使用数据库 {shown}，请核对地址、权限和服务是否启动。") from error


@contextmanager
def at_desk(config: Path | None, database_url: str | None) -> Iterator["Desk"]:
    """The desk of an up-to-date database. Inside, a refusal or an unreachable database becomes a CommandError."""
    from engine.cases.desk import open_desk
    from engine.cases.errors import AnswerErrors, Refusal
    from engine.store import migrate

    settings = settings_of(config, database_url)
    with usable_database(settings.database_url):
        if not migrate.is_current(settings.database_url):
            raise CommandError("数据库还没有建立，或者不是当前版本。请先运行 yishen db upgrade。")
        desk = open_desk(settings)
        try:
            yield desk
        except AnswerErrors as faults:
            raise CommandError(" ".join(faults.errors.values())) from faults
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            desk.sessions.engine.dispose()

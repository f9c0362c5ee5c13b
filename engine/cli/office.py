"""The office whose calendar, policy and fee brackets a calculator uses."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from engine.cli.faults import CommandError
from engine.holidays import builtin_calendar, combine
from engine.statute.calendar import Calendar
from engine.statute.fees import NATIONAL_SCHEDULES, FeeSchedules
from engine.statute.policy import Policy

if TYPE_CHECKING:
    from engine.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


class OfficeRules(NamedTuple):
    """What an office adds to the law."""

    calendar: Calendar
    policy: Policy
    fee_tiers: FeeSchedules


def office_options(command: _Command) -> _Command:
    """The two options that name an office."""
    with_database = click.option(
        "--database-url", metavar="URL", help="Use the holiday notices imported into this database."
    )(command)
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Use this office's config.toml and database instead of the built-in calendar, policy and fee brackets.",
    )(with_database)


def load_calendar_and_policy(config: Path | None, database_url: str | None) -> OfficeRules:
    """The built-in rules when neither is given, else the office's.

    Raises:
        CommandError: an unreadable configuration, or a database that was asked for and cannot be read.
    """
    if config is None and database_url is None:
        return OfficeRules(builtin_calendar(), Policy(), NATIONAL_SCHEDULES)
    from engine.settings import SettingsFault, load_settings

    try:
        settings = load_settings(config, database_url=database_url)
    except SettingsFault as fault:
        raise CommandError(str(fault)) from fault
    calendar = _office_calendar(settings, must_exist=database_url is not None)
    return OfficeRules(calendar, settings.policy(), settings.fee_tiers())


def _office_calendar(settings: "Settings", *, must_exist: bool) -> Calendar:
    """The office's calendar; the built-in years when its database has not been made yet and was not asked for."""
    from sqlalchemy import select
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from engine.cases.calendars import active_notices, to_notice
    from engine.store.session import Sessions, open_engine
    from engine.store.tables import Agency

    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        if must_exist:
            raise CommandError(f"没有数据库文件 {url.database}，请核对 --database-url，或先运行 make setup。")
        return builtin_calendar()
    engine = open_engine(settings.database_url)
    try:
        with Sessions(engine).read() as session:
            agencies = session.scalars(select(Agency).order_by(Agency.id)).all()
            ours = [agency for agency in agencies if agency.name == settings.office.organ] or agencies
            notices = active_notices(session, ours[0].id) if ours else []
            # Local holidays are the policy's, so that --policy extra_rest_days can replace them.
            return combine(to_notice(row) for row in notices)
    except SQLAlchemyError as error:
        shown = f"{url.render_as_string(hide_password=True)}（{type(error).__name__}）"
        raise CommandError(f"不能读取数据库 {shown}，请核对地址，或先运行 make setup。") from error
    finally:
        engine.dispose()

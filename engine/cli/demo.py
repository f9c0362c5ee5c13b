"""`yishen demo`: the demonstration office."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.at_desk import at_desk, desk_options

if TYPE_CHECKING:
    from engine.demo.loading import DemoLoaded


@click.group()
def demo() -> None:
    """The demonstration office of the invented county 云岭县.

    Example: yishen demo load --database-url sqlite:///var/demo.sqlite
    """


@demo.command()
@desk_options
@click.pass_context
def load(ctx: click.Context, config: Path | None, database_url: str | None) -> None:
    """Create the schema and load the demonstration office into an empty database; print its accounts.

    A load that broke off is carried on where it stopped.

    Example: yishen demo load --database-url sqlite:///var/demo.sqlite
    """
    from engine.cli.db import upgrade
    from engine.demo.loading import load_demo

    ctx.invoke(upgrade, config=config, database_url=database_url)
    with at_desk(config, database_url) as desk:
        loaded = load_demo(desk, desk.now())
    show_accounts(loaded)


def show_accounts(office: "DemoLoaded") -> None:
    """Print who can log in, and with which password."""
    from engine.cases.permissions import ROLES

    click.echo(f"示范办公室：{office.cases} 件申请，{len(office.accounts)} 个账号，口令都是 {office.password}")
    for row in office.accounts:
        roles = "、".join(ROLES[role] for role in row.roles)
        click.echo(f"  {row.username:<11}{row.name}\t{row.unit or '—'}\t{roles}")

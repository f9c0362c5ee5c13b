"""`yishen user`: accounts from the server's command line, for the first administrator and for emergencies."""

from pathlib import Path

import click

from engine.cli.at_desk import at_desk, desk_options


@click.group()
def user() -> None:
    """Accounts: add, list, reset a password, deactivate.

    Example: yishen user add he.ping --name 何平 --role admin
    """


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, required=True, metavar="ROLE", help="Role code; may be repeated.")
@click.option("--unit", metavar="NAME", help="Name of the unit, which must exist.")
@desk_options
def add(
    username: str, name: str, roles: tuple[str, ...], unit: str | None, config: Path | None, database_url: str | None
) -> None:
    """Open an account and print its one-time password.

    Example: yishen user add zhou.min --name 周敏 --role handler --role intake --unit 政务公开股
    """
    from engine.cases.accounts import create_account
    from engine.cases.units import unit_named

    with at_desk(config, database_url) as desk:
        unit_id = unit_named(desk, unit) if unit is not None else None
        made = create_account(desk, None, username=username, name=name, roles=roles, unit_id=unit_id)
    click.echo(f"用户名 {made.username}\n一次性口令 {made.password}")


@user.command(name="list")
@desk_options
def list_(config: Path | None, database_url: str | None) -> None:
    """Every account: login name, name, unit, roles, state.

    Example: yishen user list
    """
    from engine.cases.accounts import accounts
    from engine.cases.permissions import ROLES

    with at_desk(config, database_url) as desk:
        number, last = 1, 1
        while number <= last:
            page = accounts(desk, None, page=number, size=200)
            for row in page.rows:
                roles = "、".join(ROLES.get(role, role) for role in row.roles)
                state = "在用" if row.active else "已停用"
                click.echo("\t".join((row.username, row.name, row.unit or "—", roles, state)))
            number, last = number + 1, page.last


@user.command(name="reset-password")
@click.argument("username")
@desk_options
def reset_password(username: str, config: Path | None, database_url: str | None) -> None:
    """Print a new one-time password; lifts a lock and ends every session of the account.

    Example: yishen user reset-password zhou.min
    """
    from engine.cases import accounts

    with at_desk(config, database_url) as desk:
        made = accounts.reset_password(desk, None, accounts.account_named(desk, username).id)
    click.echo(f"用户名 {made.username}\n一次性口令 {made.password}")


@user.command()
@click.argument("username")
@desk_options
def deactivate(username: str, config: Path | None, database_url: str | None) -> None:
    """Close an account; its sessions end at once, its record stays.

    Example: yishen user deactivate zhou.min
    """
    from engine.cases import accounts

    with at_desk(config, database_url) as desk:
        accounts.set_active(desk, None, accounts.account_named(desk, username).id, False)
    click.echo(f"{username} 已停用")

"""`yishen up`: everything an office on one machine needs, in one foreground command."""

import socket
import sys
from pathlib import Path

import click
from sqlalchemy import select

from engine.cli.app import yishen
from engine.cli.at_desk import at_desk, desk_options, settings_of
from engine.cli.demo import show_accounts
from engine.cli.faults import CommandError, FoundFault
from engine.demo.loading import demo_office, is_unfinished
from engine.store.office import Account
from webui.parts import Parts, Stopped

_PORTS_TRIED = 20


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Port (default: first free from [web] port).")
@click.option("--host", metavar="ADDRESS", help="Address to listen on (default: [web] host).")
@desk_options
@click.option("--demo", is_flag=True, help="Load the demonstration office when the database holds no accounts.")
def up(port: int | None, host: str | None, database_url: str | None, config: Path | None, demo: bool) -> None:
    """Bring the schema up to date, then run web pages and scheduler until SIGTERM or Ctrl-C.

    Example: yishen up --demo --port 8080
    """
    settings = settings_of(config, database_url)
    host = host or settings.web.host
    port = _port(host, port, settings.web.port)
    # Only what was asked for is passed on: a password in the configuration stays out of the process list.
    common = ["--config", str(config)] if config else []
    common += ["--database-url", database_url] if database_url else []
    yishen.main(["db", "upgrade", *common], standalone_mode=False)
    _show_demo(common, config, database_url, wanted=demo)

    parts = Parts()
    parts.listen_to_signals()
    try:
        parts.start("网页服务", _part("serve", "--host", host, "--port", str(port), *common))
        parts.start("定时服务", _part("scheduler", *common))
        if parts.wait_for_port(host, port):
            click.echo(f"\n依申 Yishen  http://{host}:{port}    Ctrl-C 停止\n")
            parts.watch()
    except Stopped as stopped:
        raise FoundFault(str(stopped)) from stopped
    finally:
        parts.stop()


def _part(*arguments: str) -> list[str]:
    """The command line of a part, run with this Python."""
    return [sys.executable, "-m", "webui.command", *arguments]


def _port(host: str, asked: int | None, first: int) -> int:
    """The port asked for, else the first free one from `first` on. Raises CommandError when taken."""
    if asked is not None and not _is_free(host, asked):
        raise CommandError(f"端口 {asked} 已被占用。请换一个端口。")
    candidates = range(first, min(first + _PORTS_TRIED, 65536))
    found = asked or next((port for port in candidates if _is_free(host, port)), None)
    if found is None:
        raise CommandError(f"从 {first} 起的 {_PORTS_TRIED} 个端口都被占用。请用 --port 指明一个空闲端口。")
    return found


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _show_demo(common: list[str], config: Path | None, database_url: str | None, *, wanted: bool) -> None:
    """Print the accounts of a demonstration office; load it first when `wanted` and nothing else is there."""
    with at_desk(config, database_url) as desk:
        office = demo_office(desk)
        with desk.reading() as session:
            empty = session.scalar(select(Account.id).limit(1)) is None
        to_load = is_unfinished(desk) or (wanted and empty)
    if office is not None:
        show_accounts(office)
    elif to_load:
        yishen.main(["demo", "load", *common], standalone_mode=False)

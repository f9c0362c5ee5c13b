"""`yishen scheduler`: the process that wakes timers, climbs the escalation ladder and seals the audit trail."""

import signal
from pathlib import Path
from threading import Event

import click

from engine.cli.at_desk import at_desk, desk_options
from engine.cli.faults import CommandError


@click.command()
@desk_options
def scheduler(config: Path | None, database_url: str | None) -> None:
    """Look for due work in the foreground until SIGTERM or Ctrl-C; several processes may run at once.

    Example: yishen scheduler --database-url sqlite:///var/yishen.sqlite
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # before the imports below, which take a second or two
        signal.signal(number, lambda _number, _frame: stop.set())
    from engine.cases.clock_names import unknown_clocks
    from engine.logs import start_logging
    from engine.schedule import run

    start_logging()
    with at_desk(config, database_url) as desk:
        if unknown := unknown_clocks(desk):
            name, known = unknown
            raise CommandError(f"[ladder.clocks.{name}] 不是任何事项的期限。可以写的有：{'、'.join(known)}。")
        run(desk, stop)

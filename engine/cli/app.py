"""The `yishen` command: a group whose commands are imported only when they are called.

A new command is one row in COMMANDS; `engine.cli` adds nothing else for it.
"""

import importlib
import logging
import os
import sys
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from engine.cli.faults import say

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CommandRow:
    """Where a command lives and what `yishen --help` says of it.

    Attributes:
        target: "module:object" of a click command.
        help: one line.
    """

    target: str
    help: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, name = self.target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


COMMANDS: dict[str, CommandRow] = {
    "audit": CommandRow("engine.cli.audit:audit", "Check and seal the audit trail."),
    "backup": CommandRow("engine.cli.backup:backup", "Write the whole office into one file."),
    "calendar": CommandRow("engine.cli.calendar:calendar", "Import and list the yearly holiday notices."),
    "db": CommandRow("engine.cli.db:db", "The database: schema, copy to another one, check."),
    "deadline": CommandRow("engine.cli.deadline:deadline", "Statutory dates of a case from its ledger of events."),
    "demo": CommandRow("engine.cli.demo:demo", "The demonstration office: load it into an empty database."),
    "fee": CommandRow("engine.cli.fee:fee_command", "Processing fee (信息处理费), line by line."),
    "letters": CommandRow("engine.cli.letters:letters_group", "Letter templates and issued letters."),
    "restore": CommandRow("engine.cli.backup:restore", "Bring a backup into an empty place."),
    "scheduler": CommandRow("engine.cli.scheduler:scheduler", "Wake timers, remind people, seal the audit trail."),
    "search": CommandRow("engine.cli.search:search", "Full-text search: how far it is, bring it up to date."),
    "report": CommandRow("engine.cli.report:report", "Figures on the work of a period; table 4 of the annual report."),
    "user": CommandRow("engine.cli.user:user", "Accounts: add, list, reset a password, deactivate."),
    "workflows": CommandRow(
        "engine.cli.workflows:workflows", "Case types: check, register and compare them, migrate running cases."
    ),
}


class YishenGroup(click.Group):
    """A click group with lazy rows and the product's way of reporting errors."""

    def __init__(self, *args: Any, rows: MutableMapping[str, CommandRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted({*self.rows, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now if it is a row."""
        row = self.rows.get(cmd_name)
        return row.load() if row else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        listed = []
        for name in self.list_commands(ctx):
            row = self.rows.get(name)
            listed.append((name, row.help if row else self.commands[name].get_short_help_str(limit=80)))
        with formatter.section("Commands"):
            formatter.write_dl(listed)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; in standalone mode exit with 0, 1 (found fault) or 2 (wrong usage or input) and one line on stderr."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        _speak_utf8()
        sys.exit(self._exit_code(args, prog_name or "yishen", complete_var, extra))

    def _exit_code(
        self, args: Sequence[str] | None, prog_name: str, complete_var: str | None, extra: dict[str, Any]
    ) -> int:
        try:
            outcome = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as bare:
            bare.show()
            return 2
        except click.ClickException as error:
            say(error.format_message())
            return error.exit_code
        except click.Abort:
            say("interrupted")
            return 130
        except BrokenPipeError:
            # The reader went away (`yishen … | head`); keep the interpreter from flushing into the closed pipe again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except Exception as error:  # noqa: BLE001 - the last resort of a command line: one line instead of a traceback
            _log.debug("command failed", exc_info=True)
            say(f"internal error, {type(error).__name__}: {error}")
            return 1
        return outcome if isinstance(outcome, int) else 0


def _speak_utf8() -> None:
    """Chinese goes out as UTF-8 on every terminal and into every pipe."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


@click.group(cls=YishenGroup, rows=COMMANDS)
@click.version_option(package_name="yishen", message="%(prog)s %(version)s")
def yishen() -> None:
    """Yishen (依申): disclosure requests handled from counter to letter.

    Example: yishen deadline --json ledger.json
    """

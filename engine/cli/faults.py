"""How a command says no: one line on stderr and an exit code, never a traceback."""

from typing import IO, Any

import click


class CommandError(click.ClickException):
    """Wrong usage or wrong input; exit code 2. The message is one sentence that names the thing and what to do."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line."""
        say(self.format_message(), file)


class FoundFault(CommandError):
    """A check that found something wrong with what it checked; exit code 1."""

    exit_code = 1


def say(message: str, file: IO[Any] | None = None) -> None:
    """One line on stderr (or `file`), whatever the message contains."""
    click.echo(f"yishen: {' '.join(message.split())}", file=file, err=file is None)

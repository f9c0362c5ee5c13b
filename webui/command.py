"""The `yishen` entry point: the commands of engine/cli, and with them `serve` and `up`."""

from engine.cli.app import COMMANDS, CommandRow, yishen

COMMANDS["serve"] = CommandRow("webui.serve:serve", "Serve the web pages.")
COMMANDS["up"] = CommandRow("webui.up:up", "Web pages and scheduler together, for one machine.")


def main() -> None:
    """Run the command line."""
    yishen(prog_name="yishen")


if __name__ == "__main__":
    main()

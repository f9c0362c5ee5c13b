"""`yishen workflows`: what is wrong with the case types in a folder; their versions are in versions.py."""

from pathlib import Path

import click

from engine.cases.definitions import SHIPPED
from engine.cases.own_letters import letter_faults
from engine.cli.faults import CommandError, FoundFault
from engine.cli.versions import diff_command, list_command, migrate_command, register_command
from engine.process import Definition, check, parse, read_bundle


@click.group("workflows")
def workflows() -> None:
    """Case types: their processes, forms and rules, their versions and the cases that run on them.

    Example: yishen workflows check
    """


@workflows.command("check")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def check_command(folder: Path | None) -> None:
    """Check the case types in DIR (default: those that come with the product) or the one case type that DIR is.

    Prints a line per case type, or a line per fault (file: element: what is wrong, how to mend it) and exits with 1.

    Example: yishen workflows check workflows/disclosure_request
    """
    folders = case_types_in(folder or SHIPPED)
    faults = 0
    sound: list[Definition] = []
    for one in folders:
        found = check(one) or letter_faults(one)
        faults += len(found)
        for fault in found:
            click.echo(" ".join(f"{one.name}/{fault}".split()))
        if not found:
            sound.append(parse(read_bundle(one)))
    if faults:
        raise FoundFault(f"流程定义有 {faults} 处问题，请逐条改正后再检查。")
    for definition in sound:
        case_type = definition.case_type
        click.echo(
            f"{case_type.id} {case_type.title}  {definition.digest}  "
            f"{len(definition.steps)} tasks  {len(definition.forms)} forms"
        )


for _command in (list_command, register_command, diff_command, migrate_command):
    workflows.add_command(_command)


def case_types_in(root: Path) -> list[Path]:
    """The folder itself when it is a case type, else the case types directly in it. Raises CommandError for none."""
    if not root.is_dir():
        raise CommandError(f"没有文件夹 {root}，请核对路径。")
    if _is_case_type(root):
        return [root]
    folders = sorted(one for one in root.iterdir() if one.is_dir() and _is_case_type(one))
    if not folders:
        raise CommandError(f"文件夹 {root} 中没有事项类型（含 case.toml 和 .bpmn 的文件夹），请核对路径。")
    return folders


def _is_case_type(folder: Path) -> bool:
    return (folder / "case.toml").is_file() or any(folder.glob("*.bpmn"))

"""`yishen letters`: the letter templates on disk and the letters that were issued."""

from pathlib import Path

import click

from engine.cases.definitions import SHIPPED
from engine.cases.own_letters import own_report
from engine.cli.at_desk import at_desk, desk_options
from engine.cli.faults import FoundFault
from engine.cli.workflows import case_types_in
from letters.checking import check


@click.group("letters")
def letters_group() -> None:
    """Letter templates and issued letters.

    Example: yishen letters check
    """


@letters_group.command("check")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def check_command(folder: Path | None) -> None:
    """Render every letter for every decision with sample data and read it again.

    That is the office's catalogue and the letters that case types bring along: those of the product, or of the case
    types in DIR. Prints one line per fault (template, sample, what is wrong) and exits 1, or a count and exits 0.

    Example: yishen letters check
    """
    reports = {"": check()}
    for one in case_types_in(folder or SHIPPED):
        reports[f"{one.name}/"] = own_report(one)
    lines = [f"{where}{fault}" for where, report in reports.items() for fault in report.faults]
    for line in lines:
        click.echo(" ".join(line.split()))
    if lines:
        raise FoundFault(f"文书检查发现 {len(lines)} 处问题，请逐条改正后再检查。")
    made, letters = sum(one.letters for one in reports.values()), sum(one.templates for one in reports.values())
    click.echo(f"文书模板 {letters} 份，生成样本 {made} 份，全部合格。")


@letters_group.command("verify")
@desk_options
def verify_command(config: Path | None, database_url: str | None) -> None:
    """Prove every stored letter: files present and unchanged, numbers without gaps, in step with the audit trail.

    Prints one line per fault and exits 1, or a count and exits 0.

    Example: yishen letters verify --database-url sqlite:///var/yishen.sqlite
    """
    from engine.cases.letter_check import verify_letters
    from engine.store.files import FileStore

    with at_desk(config, database_url) as desk, desk.reading() as session:
        proof = verify_letters(session, FileStore(desk.files))
    for fault in proof.faults:
        click.echo(" ".join(fault.split()))
    if proof.faults:
        raise FoundFault(f"文书核查发现 {len(proof.faults)} 处问题，请立即保全数据库和文件并从备份核对。")
    click.echo(f"文书 {proof.letters} 份、文件 {proof.files} 个，全部完好。")

"""`yishen letters`: the letter templates on disk."""

import click

from engine.cli.faults import FoundFault
from letters.checking import check


@click.group("letters")
def letters_group() -> None:
    """Letter templates and issued letters.

    Example: yishen letters check
    """


@letters_group.command("check")
def check_command() -> None:
    """Render every letter for every decision with sample data and read it again.

    Prints one line per fault (template, sample, what is wrong) and exits 1, or a count and exits 0.

    Example: yishen letters check
    """
    report = check()
    for fault in report.faults:
        click.echo(" ".join(str(fault).split()))
    if report.faults:
        raise FoundFault(f"文书检查发现 {len(report.faults)} 处问题，请逐条改正后再检查。")
    click.echo(f"文书模板 {report.templates} 份，生成样本 {report.letters} 份，全部合格。")

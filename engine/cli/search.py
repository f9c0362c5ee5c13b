"""`yishen search`: the index of texts that full-text search reads."""

from pathlib import Path

import click

from engine.cli.at_desk import at_desk, desk_options

_PLACES = {"request": "申请", "reply": "答复等文书", "attachment": "附件"}


@click.group()
def search() -> None:
    """Full-text search: how far it is, bring it up to date.

    Example: yishen search status
    """


@search.command()
@desk_options
def index(config: Path | None, database_url: str | None) -> None:
    """Read and index every text that search does not know yet; may be stopped and run again at any time.

    The scheduler does the same a little at a time. After an upgrade of a large office this command is quicker.

    Example: yishen search index
    """
    from engine.cases.text_index import index_texts

    with at_desk(config, database_url) as desk:
        click.echo(f"已编入 {index_texts(desk, seconds=None)} 份材料。")


@search.command()
@desk_options
def status(config: Path | None, database_url: str | None) -> None:
    """How many texts can be searched, and which papers have none.

    Example: yishen search status
    """
    from engine.cases.reading_files import FAULTS
    from engine.cases.text_index import progress

    with at_desk(config, database_url) as desk:
        found = progress(desk)
    for place, title in _PLACES.items():
        click.echo(f"{title}：{found.texts.get(place, 0)} 份可以检索")
    for fault, words in FAULTS.items():
        if found.faults.get(fault):
            click.echo(f"没有文字的 {found.faults[fault]} 份：{words}")

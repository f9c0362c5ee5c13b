"""Invented papers for the file: short texts that say what they stand for."""

from datetime import date
from io import BytesIO
from pathlib import Path

from engine.cases.documents import Upload


def own_paper(folder: Path, name: str) -> Upload:
    """A file that lies with the stories, under its own name."""
    return Upload(name, BytesIO((folder / name).read_bytes()))


def paper(title: str, number: str, day: date) -> Upload:
    """A paper of this title, filed in a case on a day."""
    text = f"{title}\n\n登记编号：{number}\n日期：{day.isoformat()}\n\n本材料为示范数据，人名、单位和事实均系虚构。\n"
    return Upload(f"{title}.txt", BytesIO(text.encode()))

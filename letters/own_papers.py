"""The sheets that case types of the product bring along, read from `letters/sheets.toml` in the folder of each.

They are sheets for the file, filled in by the program; `letters.build_templates` writes them into `letters/templates`
beside it. A case type from elsewhere may bring such a file, or Word files made in Word.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from letters.blocks import LINES, Block, Body, Form, Text, When
from letters.tables import Grid, Line

_HEAD: Final = Text("登记编号：{{ case_number }}　　{{ organ }}　　{{ issued_on }}", "表单抬头", keep=True)


def own_papers(folder: Path) -> Mapping[str, Body]:
    """The wording of each sheet of a case type by its code; empty where it has no `sheets.toml`.

    `folder`: its `letters`. Raises OSError, tomllib.TOMLDecodeError or KeyError for a file that cannot be read so.
    """
    path = folder / "sheets.toml"
    if not path.is_file():
        return {}
    sheets = tomllib.loads(path.read_text("utf-8"))
    return {code: _sheet(blocks) for code, blocks in sheets.items()}


def _sheet(blocks: Sequence[Mapping[str, Any]]) -> Body:
    return Body("", (_HEAD, *_blocks(blocks)), closing="", page="form", signed=False)


def _blocks(told: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    """The blocks in order; those that depend on the same field stand or fall together."""
    for field, group in groupby(told, lambda one: one.get("when", "")):
        blocks = tuple(_block(one) for one in group)
        if field:
            yield When(field, blocks)
        else:
            yield from blocks


def _block(told: Mapping[str, Any]) -> Block:
    if "form" in told:
        return Form(tuple(_line(one) for one in told["form"]))
    if "table" in told:
        heads, marks, widths = (tuple(told[key]) for key in ("heads", "marks", "widths"))
        return Grid(told["table"], heads, marks, widths, of="paper")
    return Text(told["note"], "表格说明") if "note" in told else Text(told["part"], "表单抬头", keep=True)


def _line(told: Sequence[Any]) -> Line:
    """Label and value, once or twice, then the least height in mm if there is one; `@field` is a list, line by line."""
    texts = [LINES.format(one[1:]) if one.startswith("@") else one for one in told if isinstance(one, str)]
    height = next((one for one in told if not isinstance(one, str)), 0)
    return Line(tuple(zip(texts[::2], texts[1::2], strict=True)), height)

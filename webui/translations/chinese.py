"""What the catalogues have to hold: the Chinese words of engine and letters, and those of a case type.

`extract` is a method for pybabel (see babel.cfg). Run with folders, the file renews the `en.po` of the case types in
them; new words arrive with an empty translation.
"""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from lxml import etree

_HAN = re.compile(r"[\u3400-\u9fff]")
_PATTERN = re.compile(r"\(\?|\[\^|\\[ds]")
# Of a catalogue of letters: what pages show. The rest is said in letters, which are Chinese.
_SHOWN = {"name", "to", "topic", "when", "basis", "title", "label"}
# Of a case type: for machines, or put into Chinese letters and numbers.
_SILENT = {"number", "pattern", "template", "file", "keep"}


def extract(
    stream: BinaryIO, _keywords: object, _comments: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The Chinese texts of a Python file (no documentation, f-strings, patterns), or the shown ones of a TOML file."""
    del options
    source = stream.read().decode()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        for text in sorted(set(_texts(tomllib.loads(source), _SHOWN))):
            yield 1, "", text, []
        return
    silent = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in ast.walk(node)}
    silent |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in silent:
            continue
        if _HAN.search(node.value) and not _PATTERN.search(node.value):
            yield node.lineno, "", node.value, []


def _texts(value: Any, shown: set[str] | None, key: str = "") -> Iterator[str]:
    """The Chinese texts in parsed TOML or JSON below the keys that are `shown` (None: all that are not silent)."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if _HAN.search(name) and shown is None:
                yield name
            yield from _texts(inner, shown, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, shown, key)
    elif isinstance(value, str) and _HAN.search(value) and (key in shown if shown is not None else key not in _SILENT):
        yield value


def words_of(folder: Path) -> set[str]:
    """The Chinese words of a case type: case.toml, forms, names and messages of the diagrams, names of its letters."""
    words = set(_texts(tomllib.loads((folder / "case.toml").read_text("utf-8")), None))
    for form in folder.glob("forms/*.json"):
        words.update(_texts(json.loads(form.read_text("utf-8")), None))
    for diagram in folder.glob("*.bpmn"):
        nodes = list(etree.parse(diagram).iter(etree.Element))
        names = [node.get("name", "") for node in nodes]
        # What a service task tells people, a literal of the diagram's language: 'text'.
        told = [node.get("value", "").strip("'") for node in nodes if str(node.tag).endswith("}parameter")]
        words.update(name for name in (*names, *told) if _HAN.search(name))
    letters = folder / "letters" / "catalog.toml"
    if letters.exists():
        words.update(_texts(tomllib.loads(letters.read_text("utf-8")), _SHOWN))
    return words


def renew(folder: Path) -> int:
    """Bring `en.po` of a case type up to its words; returns how many have no English yet."""
    path = folder / "en.po"
    known = {}
    if path.exists():
        known = {str(one.id): str(one.string) for one in read_po(BytesIO(path.read_bytes())) if one.id}
    catalog = Catalog(locale="en", fuzzy=False)
    for text in sorted(words_of(folder)):
        catalog.add(text, known.get(text, ""))
    stream = BytesIO()
    write_po(stream, catalog, width=120, omit_header=True)
    path.write_bytes(stream.getvalue())
    return sum(not one.string for one in catalog if one.id)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        if missing := renew(Path(argument)):
            sys.stdout.write(f"{argument}: {missing} words without English\n")

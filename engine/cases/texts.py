"""The text of a paper, for reading it on the page, comparing versions and finding excerpts."""

import difflib
import io
import zipfile
from collections.abc import Sequence
from itertools import pairwise

from engine.store.files import FileStore
from engine.store.tables import Document
from letters import plain_text

_UNPACKED = 40_000_000  # bytes of all parts of a Word file together
_LINES = 4_000
_CONTEXT = 1
_SHOWN = 200


def text_of(files: FileStore, document: Document) -> tuple[str, ...] | None:
    """The non-empty lines of a text or Word file; None for what cannot be read as text, or is missing."""
    try:
        content = files.read(document.sha256)
    except (FileNotFoundError, ValueError):
        return None
    return lines_of(document.filename, content)


def lines_of(filename: str, content: bytes) -> tuple[str, ...] | None:
    """As `text_of`, for bytes at hand."""
    ending = filename.rpartition(".")[2].lower()
    if ending == "txt":
        found = _decoded(content).splitlines()
    elif ending == "docx":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                if sum(part.file_size for part in package.infolist()) > _UNPACKED:
                    return None
            lines = plain_text.lines(content)
            # A merged cell is met once for each cell that it covers.
            found = [line for before, line in pairwise(("", *lines)) if line != before]
        except Exception:  # noqa: BLE001 - an uploaded file may be broken in any way; then it has no text
            return None
    else:
        return None
    return tuple(line.strip() for line in found if line.strip())[:_LINES]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def difference(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """What changed between two texts, line by line: `-` taken out, `+` put in, a blank before what stayed."""
    changed = difflib.unified_diff(before, after, lineterm="", n=_CONTEXT)
    return tuple(line for line in changed if not line.startswith(("---", "+++", "@@")))[:_SHOWN]

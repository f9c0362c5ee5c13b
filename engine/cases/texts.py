"""The text of a paper, for reading it on the page, comparing versions and finding excerpts."""

import difflib
import io
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock

from engine.cases.reading_files import FAULTS, reader
from engine.store.files import FileStore
from engine.store.tables import Document
from letters import plain_text

_UNPACKED = 40_000_000  # bytes of all parts of a Word file together
_LINES = 4_000
_CONTEXT = 1
_SHOWN = 200
_KEPT = 200  # texts that are kept at hand
# In these a line ends where the page does, not where the sentence does.
_WRAPPED = frozenset({"pdf", "ofd"})
_ENDS = tuple("。！？；：!?;:…”」）)")


@dataclass(frozen=True, slots=True)
class Text:
    """The non-empty lines of a file; `fault`: in Chinese, why there are none."""

    lines: tuple[str, ...] = ()
    fault: str | None = None


_known: OrderedDict[tuple[str, str], Text] = OrderedDict()
_lock = Lock()


def text_of(files: FileStore, document: Document) -> Text:
    """What can be read of a stored file. Never raises for what is in it.

    Files are named by their content: what was read once is known. Other formats are read in a process of their own.
    """
    key = document.sha256, document.filename.rpartition(".")[2].lower()
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = _read(files, *key)
    if found.fault != FAULTS["missing"]:
        with _lock:
            _known[key] = found
            while len(_known) > _KEPT:
                _known.popitem(last=False)
    return found


def _read(files: FileStore, sha256: str, ending: str) -> Text:
    if ending in {"txt", "docx"}:
        try:
            lines = lines_of(f"file.{ending}", files.read(sha256))
        except (FileNotFoundError, ValueError):
            return Text(fault=FAULTS["missing"])
        return Text(lines) if lines else Text(fault=FAULTS["broken" if lines is None else "scan"])
    with reader() as one:
        found = one.read(files.path(sha256), ending)
    if found.fault is not None:
        return Text(fault=FAULTS[found.fault])
    lines = tuple(found.text.splitlines())
    return Text((tuple(_paragraphs(lines)) if ending in _WRAPPED else lines)[:_LINES])


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines put together again: one that fills the page and does not end a sentence goes on in the next."""
    full = 0.8 * max(map(len, lines), default=0)
    gathered = ""
    for line in lines:
        gathered += line
        if len(line) < full or line.endswith(_ENDS):
            yield gathered
            gathered = ""
    if gathered:
        yield gathered


def lines_of(filename: str, content: bytes) -> tuple[str, ...] | None:
    """The non-empty lines of a text or Word file; None for what is neither, or broken."""
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

"""Reading the text of attachments, in a process of its own: a file from outside may be broken, huge or hostile.

The reader gets a path, never the database. When it takes too long, runs out of memory or dies, the file has no text and
the next one gets a new reader.
"""

import contextlib
import io
import multiprocessing
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

SECONDS = 20
"""The longest a file may be read for."""
LARGEST = 40 << 20
"""Bytes of a file that is read."""
LONGEST = 200_000
"""Characters that are kept of a file."""

_UNPACKED = 200 << 20  # bytes of all parts of an Office file together
_MEMORY = 2 << 30
_PAGES = 2000

FAULTS: Mapping[str, str] = {
    "type": "这种文件没有可以检索的文字（图片、录音、压缩包、旧版 Office 文件等）",
    "scan": "扫描件，没有文字层",
    "large": "文件太大，没有读取",
    "broken": "文件损坏或者设有密码，读不出文字",
    "slow": "读取用时过长，已停止",
    "missing": "存储文件缺失或被改动",
}
"""Why a paper has no text, in words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a file, or the code of FAULTS that says why there is none."""

    text: str = ""
    fault: str | None = None


class _Faulty(Exception):
    """The file has no text for the reason given."""


class Reader:
    """Reads files one after the other; close it when done."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def read(self, path: Path, ending: str, seconds: float = SECONDS) -> Reading:
        """The text of a stored file, by the ending of its name. Never raises for what is in the file."""
        if ending not in _READERS:
            return Reading(fault="type")
        try:
            if path.stat().st_size > LARGEST:
                return Reading(fault="large")
        except OSError:
            return Reading(fault="missing")
        line = self._begin()
        try:
            line.send((str(path), ending))
            if not line.poll(seconds):
                self.close()
                return Reading(fault="slow")
            text, fault = line.recv()
        except (EOFError, OSError):  # the reader has died over it
            self.close()
            return Reading(fault="broken")
        return Reading(text, fault)

    def _begin(self) -> Connection:
        if self._line is None:
            context = multiprocessing.get_context("spawn")
            self._line, other = context.Pipe()
            self._process = context.Process(target=_serve, args=(other,), daemon=True)
            self._process.start()
            other.close()
        return self._line

    def close(self) -> None:
        """End the reader, whatever it is doing."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._line = None


@contextlib.contextmanager
def reader() -> Iterator[Reader]:
    """A reader that ends with the block; it begins with the first file that needs it."""
    one = Reader()
    try:
        yield one
    finally:
        one.close()


def _serve(line: Connection) -> None:
    """The life of the reader's process: a path in, a text out, until the other side goes away."""
    _limit_memory()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            path, ending = line.recv()
            line.send(read_here(Path(path), ending))


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # no such limits on this system
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def read_here(path: Path, ending: str) -> tuple[str, str | None]:
    """As Reader.read, in this process: text and fault."""
    try:
        text = _READERS[ending](path.read_bytes())
    except _Faulty as fault:
        return "", str(fault)
    except FileNotFoundError:
        return "", "missing"
    except (Exception, MemoryError):  # noqa: BLE001 - an uploaded file may be broken in any way; then it has no text
        return "", "broken"
    return text, None if text.strip() or ending == "txt" else "scan"


def _joined(lines: Iterator[str]) -> str:
    """The lines that say something, as far as they are kept."""
    kept, length = [], 0
    for line in lines:
        if stripped := " ".join(line.split()):
            kept.append(stripped)
            length += len(stripped)
        if length > LONGEST:
            break
    return "\n".join(kept)[:LONGEST]


def _plain(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    return _joined(iter(text.splitlines()))


def _mail(content: bytes) -> str:
    from email import message_from_bytes, policy

    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",))
    lines = [str(message["subject"] or ""), *(body.get_content().splitlines() if body is not None else ())]
    return _joined(iter(lines))


def _unpacked(content: bytes) -> zipfile.ZipFile:
    package = zipfile.ZipFile(io.BytesIO(content))
    if sum(part.file_size for part in package.infolist()) > _UNPACKED:
        raise _Faulty("large")
    return package


def _word(content: bytes) -> str:
    from letters import plain_text

    _unpacked(content).close()
    return _joined(iter(plain_text.lines(content)))


def _sheets(content: bytes) -> str:
    from openpyxl import load_workbook

    _unpacked(content).close()
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = (row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))
    return _joined(" ".join(str(cell) for cell in row if cell is not None) for row in rows)


def _slides(content: bytes) -> str:
    return _joined(_slide_lines(content))


def _slide_lines(content: bytes) -> Iterator[str]:
    from lxml import etree

    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with _unpacked(content) as package:
        names = [name for name in package.namelist() if name.startswith("ppt/slides/slide") and name.endswith(".xml")]
        for name in sorted(names, key=lambda one: (len(one), one)):
            for paragraph in etree.fromstring(package.read(name), strict).iter(f"{drawing}p"):
                yield "".join(run.text or "" for run in paragraph.iter(f"{drawing}t"))


def _pdf(content: bytes) -> str:
    from letters.pdf_text import opened

    with opened(content) as document:
        pages = (document[number].get_textpage().get_text_bounded() for number in range(min(len(document), _PAGES)))
        return _joined(line for page in pages for line in page.splitlines())


def _fixed_layout(content: bytes) -> str:
    return _joined(_ofd_lines(content))


def _ofd_lines(content: bytes) -> Iterator[str]:
    """The lines of an OFD file (GB/T 33190): what stands at one height of a page, from left to right."""
    from lxml import etree

    strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with _unpacked(content) as package:
        names = [name for name in package.namelist() if re.fullmatch(r".*/Pages/[^/]+/Content\.xml", name)]
        for name in sorted(names, key=lambda one: [int(part) for part in re.findall(r"[0-9]+", one)])[:_PAGES]:
            height, line = "", ""
            for text in etree.fromstring(package.read(name), strict).iter("{*}TextObject"):
                _left, top, *_size = (text.get("Boundary") or "0 0").split()
                if top != height and line:
                    yield line
                    line = ""
                height, line = top, line + "".join(code.text or "" for code in text.iter("{*}TextCode"))
            yield line


_READERS: Mapping[str, Callable[[bytes], str]] = {
    "docx": _word,
    "eml": _mail,
    "ofd": _fixed_layout,
    "pdf": _pdf,
    "pptx": _slides,
    "txt": _plain,
    "xlsx": _sheets,
}

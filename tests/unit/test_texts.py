"""The text of papers of every format: what is read, put together again, and said where there is nothing to read."""

import io
import zipfile
from collections.abc import Callable

import pypdfium2
import pytest

from engine.cases.similarity import similarity
from engine.cases.texts import Text, text_of
from engine.store.files import FileStore
from engine.store.tables import Document
from tests.paper import drawn_pdf

Read = Callable[[str, bytes], Text]


@pytest.fixture
def read(tmp_path) -> Read:
    files = FileStore(tmp_path)

    def one(filename: str, content: bytes) -> Text:
        return text_of(files, Document(filename=filename, sha256=files.keep(content)))

    return one


def ofd(*lines: str) -> bytes:
    """An OFD file of one page with these lines, each drawn in two pieces."""
    pieces = [
        f'<ofd:TextObject Boundary="{20 + 40 * part} {30 + 10 * row} 40 5">'
        f"<ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject>"
        for row, line in enumerate(lines)
        for part, text in enumerate((line[:8], line[8:]))
    ]
    page = f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Layer>{"".join(pieces)}</ofd:Layer></ofd:Page>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("OFD.xml", "<x/>")
        package.writestr("Doc_0/Pages/Page_0/Content.xml", page)
    return packed.getvalue()


def test_an_ofd_file_is_read_and_its_broken_lines_put_together(read: Read) -> None:
    text = read("办法.ofd", ofd("改造资金由县财政和住户共同承担，县", "财政承担七成。", "资金实行专户管理。"))
    assert text.lines == ("改造资金由县财政和住户共同承担，县财政承担七成。", "资金实行专户管理。")
    assert similarity(["改造资金由县财政和住户共同承担，县财政承担七成。"], text.lines).percent == 100


def test_a_pdf_is_read_and_a_scan_says_that_it_has_no_text(read: Read) -> None:
    assert read("a.pdf", drawn_pdf("The county pays seventy per cent")).lines == ("The county pays seventy per cent 1",)
    blank, saved = pypdfium2.PdfDocument.new(), io.BytesIO()
    blank.new_page(595, 842)
    blank.save(saved)
    scan = read("b.pdf", saved.getvalue())
    assert scan.lines == ()
    assert "扫描件" in (scan.fault or "")


@pytest.mark.parametrize("name", ["图.png", "旧稿.doc", "录音.mp3"])
def test_pictures_and_old_formats_say_that_they_have_no_text(read: Read, name: str) -> None:
    text = read(name, b"\x89PNG\r\n\x1a\n")
    assert (text.lines, bool(text.fault)) == ((), True)


def test_a_broken_file_is_no_text_and_no_error(read: Read) -> None:
    assert read("a.docx", b"PK\x03\x04 broken").fault
    assert read("a.pdf", b"%PDF-1.7 broken").fault

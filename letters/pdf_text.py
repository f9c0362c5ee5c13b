"""What a PDF holds: its pages, its text with places, its fonts. Places are fractions of the page, from the top left."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import create_string_buffer
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pypdfium2


class UnreadablePdf(ValueError):
    """The bytes are no PDF that can be opened; the Chinese message says why."""


@dataclass(frozen=True, slots=True)
class Box:
    """An area of a page (counted from 1): left, top, right, bottom as fractions of its width and height."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@contextmanager
def opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The document while it is open. Raises UnreadablePdf for damaged or locked files."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        why = "设有打开密码" if "password" in str(error).lower() else "不是有效的 PDF，或者已经损坏"
        raise UnreadablePdf(f"这份 PDF {why}") from error
    try:
        yield document
    finally:
        document.close()


def page_count(content: bytes) -> int:
    """Number of pages. Raises UnreadablePdf."""
    with opened(content) as document:
        return len(document)


def text_of(content: bytes) -> tuple[str, ...]:
    """The extractable text of each page. Raises UnreadablePdf."""
    with opened(content) as document:
        return tuple(page.get_textpage().get_text_bounded() for page in document)


def font_names(content: bytes) -> tuple[str, ...]:
    """Base names of the fonts that the text is set in, sorted, without the subset mark. Raises UnreadablePdf."""
    import pypdfium2.raw as pdfium

    found = set()
    with opened(content) as document:
        for page in document:
            for each in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(each.raw)
                size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
                buffer = create_string_buffer(size)
                pdfium.FPDFFont_GetBaseFontName(font, buffer, size)
                name = buffer.value.decode("utf-8", errors="replace").partition("+")
                found.add(name[2] or name[0])
    return tuple(sorted(found - {""}))


def merged(contents: Sequence[bytes], *, two_sided: bool = False) -> bytes:
    """One PDF of all pages in the order given. Raises UnreadablePdf.

    `two_sided`: each document begins on a new sheet when the whole is printed on both sides.
    """
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    try:
        for content in contents:
            with opened(content) as document:
                whole.import_pages(document)
                if two_sided and len(whole) % 2:
                    whole.new_page(*whole[len(whole) - 1].get_size())
        saved = io.BytesIO()
        whole.save(saved)
    finally:
        whole.close()
    return saved.getvalue()

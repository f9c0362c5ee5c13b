"""The text of a finished letter, as a reader meets it: for the lint, the audit trail and full-text search."""

import io
from collections.abc import Iterator

from docx import Document
from docx.document import Document as DocumentType
from docx.table import Table
from docx.text.paragraph import Paragraph


def lines(letter: bytes) -> tuple[str, ...]:
    """Non-empty lines of head, body, tables and foot, in reading order.

    Raises whatever python-docx raises for bytes that are no Word document.
    """
    document = Document(io.BytesIO(letter))
    return tuple(line for text in _texts(document) for line in text.splitlines() if line.strip())


def _texts(document: DocumentType) -> Iterator[str]:
    section = document.sections[0]
    parts = [section.first_page_header, section.header, section.even_page_header]
    for part in parts:
        yield from (paragraph.text for paragraph in part.paragraphs)
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Table):
            for row in block.rows:
                yield from (paragraph.text for cell in row.cells for paragraph in cell.paragraphs)
    for foot in (section.first_page_footer, section.footer, section.even_page_footer):
        yield from (paragraph.text for paragraph in foot.paragraphs)

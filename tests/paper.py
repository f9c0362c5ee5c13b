"""Small files for tests: PDFs with a line of text, Word templates edited as somebody would do in Word."""

import io
import zipfile

import pypdfium2
import pypdfium2.raw as pdfium


def drawn_pdf(text: str, pages: int = 1) -> bytes:
    """A PDF with `text` and the page number on each page, in letters of the Latin alphabet."""
    whole = pypdfium2.PdfDocument.new()
    for number in range(pages):
        page = whole.new_page(595, 842)
        _write(whole, page, f"{text} {number + 1}", 20, 100)
        page.gen_content()
    return _saved(whole)


def pieced_pdf(*pieces: str) -> bytes:
    """A PDF with pieces of one word side by side, each smaller than the one before: each is an area of its own."""
    whole = pypdfium2.PdfDocument.new()
    page = whole.new_page(595, 842)
    left = 100.0
    for number, piece in enumerate(pieces):
        left = _write(whole, page, piece, 20 - 4 * number, left)
    page.gen_content()
    return _saved(whole)


def _write(whole: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, text: str, size: float, left: float) -> float:
    """Words on a page at 700 points from its foot; where they end."""
    font = pdfium.FPDFText_LoadStandardFont(whole.raw, b"Helvetica")
    words = pdfium.FPDFPageObj_CreateTextObj(whole.raw, font, size)
    data = text.encode("utf-16-le") + b"\0\0"
    pdfium.FPDFText_SetText(words, (pdfium.FPDF_WCHAR * (len(data) // 2)).from_buffer_copy(data))
    pdfium.FPDFPageObj_Transform(words, 1, 0, 0, 1, left, 700)
    pdfium.FPDFPage_InsertObject(page.raw, words)
    return left + size * 0.56 * len(text)


def _saved(whole: pypdfium2.PdfDocument) -> bytes:
    saved = io.BytesIO()
    whole.save(saved)
    return saved.getvalue()


def edited_docx(content: bytes, old: str, new: str) -> bytes:
    """The Word file with words of its body replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                assert old in data.decode()
                data = data.decode().replace(old, new).encode()
            target.writestr(name, data)
    return packed.getvalue()

"""Severance (区分处理) of a PDF: find words, black out areas, prove that nothing readable is left under them.

The result is made of page pictures only, so that it holds no text, no layer, no attachment and no history.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from engine.statute.said import said
from letters.pdf_text import Box, opened

if TYPE_CHECKING:  # both are read when a PDF is worked on: few processes ever do, and they take 6 MB
    import pypdfium2
    from PIL import Image

DPI: Final = 200
PAGE_LIMIT: Final = 300
# The largest side of a page picture: a page as large as a bed sheet is drawn smaller.
_SIDE: Final = 5000
_HIT_LIMIT: Final = 500
# Areas of found words grow by this share of the line's height, since glyphs reach beyond their boxes.
_MARGIN: Final = 0.12


class RedactionFault(ValueError):
    """The document cannot be severed; the Chinese message says why."""


def find_words(content: bytes, words: str) -> tuple[Box, ...]:
    """Every place where the words stand, case and width as given; a hit over two lines gives two boxes.

    A scanned page has no text, so nothing is found there. Raises UnreadablePdf, RedactionFault for too many hits.
    """
    found: list[Box] = []
    with opened(content) as document:
        for number, page in enumerate(document, start=1):
            text = page.get_textpage()
            search = text.search(words, match_case=True)
            while (hit := search.get_next()) is not None:
                found += _by_line(_boxes(page, text, number, *hit))
                if len(found) > _HIT_LIMIT:
                    raise RedactionFault(
                        said("“%(words)s”出现超过 %(limit)s 处，请换更具体的词", words=words, limit=_HIT_LIMIT)
                    )
    return tuple(found)


def _by_line(boxes: Iterable[Box]) -> Iterator[Box]:
    """One area for each line of a hit: an area for each character would show by its shape which one it is."""
    line: Box | None = None
    for box in boxes:
        if line is not None and min(line.bottom, box.bottom) - max(line.top, box.top) > 0 and box.right > line.left:
            sides = (min(line.left, box.left), min(line.top, box.top))
            line = Box(box.page, *sides, max(line.right, box.right), max(line.bottom, box.bottom))
            continue
        if line is not None:
            yield line
        line = box
    if line is not None:
        yield line


def _boxes(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, number: int, start: int, length: int) -> Iterator[Box]:
    width, height = page.get_size()
    for place in range(text.count_rects(start, length)):
        left, bottom, right, top = text.get_rect(place)
        grow = (top - bottom) * _MARGIN
        yield clipped(
            Box(
                number,
                (left - grow) / width,
                1 - (top + grow) / height,
                (right + grow) / width,
                1 - (bottom - grow) / height,
            )
        )


def clipped(box: Box) -> Box:
    """The part of the area that lies on the page. Raises RedactionFault when there is none."""
    left, right = sorted((min(max(box.left, 0.0), 1.0), min(max(box.right, 0.0), 1.0)))
    top, bottom = sorted((min(max(box.top, 0.0), 1.0), min(max(box.bottom, 0.0), 1.0)))
    if right - left < 0.001 or bottom - top < 0.001:
        raise RedactionFault("遮盖区域太小或者不在页面内，请重新划定")
    return Box(box.page, left, top, right, bottom)


def has_text(content: bytes) -> bool:
    """Whether any page has text that can be searched; a scan has none."""
    with opened(content) as document:
        return any(page.get_textpage().count_chars() for page in document)


def page_picture(content: bytes, number: int, boxes: Sequence[Box], *, dpi: int = 100) -> bytes:
    """A page as PNG, its areas see-through, outlined and numbered from 1. Raises RedactionFault where no page is."""
    from PIL import Image, ImageDraw, ImageFont

    with opened(content) as document:
        if not 1 <= number <= len(document):
            raise RedactionFault(said("没有第 %(number)s 页", number=number))
        picture = _drawn(document[number - 1], dpi)
    shade = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(shade)
    font = ImageFont.load_default(dpi * 0.1)
    for place, box in enumerate((box for box in boxes if box.page == number), start=1):
        left, top, right, bottom = _pixels(box, picture.size)
        pen.rectangle((left, top, right, bottom), fill=(200, 0, 0, 90), outline=(200, 0, 0, 255), width=2)
        label = pen.textbbox(
            (max(left, 2), max(top, 2)), str(place), font=font, anchor="ls" if top > dpi * 0.2 else "la"
        )
        pen.rectangle((label[0] - 2, label[1] - 2, label[2] + 2, label[3] + 2), fill=(200, 0, 0, 255))
        pen.text((label[0], label[1]), str(place), font=font, fill="white", anchor="la")
    saved = io.BytesIO()
    Image.alpha_composite(picture.convert("RGBA"), shade).convert("RGB").save(saved, "PNG")
    return saved.getvalue()


def burn(content: bytes, boxes: Sequence[Box]) -> bytes:
    """The document as pictures of its pages with the areas black.

    Raises UnreadablePdf, RedactionFault for a document that is too long.
    """
    import pypdfium2

    by_page: dict[int, list[Box]] = {}
    for box in boxes:
        by_page.setdefault(box.page, []).append(clipped(box))
    severed = pypdfium2.PdfDocument.new()
    try:
        with opened(content) as document:
            if len(document) > PAGE_LIMIT:
                raise RedactionFault(
                    said(
                        "文件有 %(pages)s 页，超过 %(limit)s 页的上限，请拆分后处理",
                        pages=len(document),
                        limit=PAGE_LIMIT,
                    )
                )
            for number, page in enumerate(document, start=1):
                _add_page(severed, page.get_size(), _blackened(page, by_page.get(number, ())))
        saved = io.BytesIO()
        severed.save(saved)
    finally:
        severed.close()
    return saved.getvalue()


def _blackened(page: pypdfium2.PdfPage, boxes: Sequence[Box]) -> io.BytesIO:
    """The page as JPEG; only one page is in memory at a time."""
    from PIL import ImageDraw

    picture = _drawn(page, DPI)
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        pen.rectangle(_pixels(box, picture.size), fill="black")
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=85)
    packed.seek(0)
    return packed


def _add_page(severed: pypdfium2.PdfDocument, size: tuple[float, float], picture: io.BytesIO) -> None:
    import pypdfium2

    page = severed.new_page(*size)
    image = pypdfium2.PdfImage.new(severed)
    image.load_jpeg(picture, inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(*size))
    page.insert_obj(image)
    page.gen_content()


def leftovers(severed: bytes, boxes: Sequence[Box], pages: int) -> tuple[str, ...]:
    """What proves that the severance failed, one Chinese sentence each; empty when it holds.

    Read anew from the finished file: as many pages as before, no extractable text, every area black.
    """
    faults: list[str] = []
    with opened(severed) as document:
        if len(document) != pages:
            faults.append(said("页数不对：应有 %(pages)s 页，实有 %(found)s 页", pages=pages, found=len(document)))
        for number, page in enumerate(document, start=1):
            if page.get_textpage().count_chars():
                faults.append(said("第 %(number)s 页仍有可以提取的文字", number=number))
            here = [box for box in boxes if box.page == number]
            if here:
                picture = _drawn(page, 72).convert("L")
                faults += [
                    said("第 %(number)s 页有一处遮盖不完整", number=number)
                    for box in here
                    if not _is_black(picture, clipped(box))
                ]
    return tuple(faults)


def _is_black(picture: Image.Image, box: Box) -> bool:
    left, top, right, bottom = _pixels(box, picture.size)
    inner = (left + 1, top + 1, max(right - 1, left + 2), max(bottom - 1, top + 2))
    extrema = picture.crop(inner).getextrema()
    lightest = extrema[1]
    # JPEG softens edges; the middle of a black area stays near black.
    return isinstance(lightest, int | float) and lightest < 64


def _drawn(page: pypdfium2.PdfPage, dpi: int) -> Image.Image:
    scale = min(dpi / 72, _SIDE / max(page.get_size()))
    picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    return picture


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The area in pixels, rounded outwards."""
    width, height = size
    return (
        int(box.left * width),
        int(box.top * height),
        min(int(box.right * width) + 1, width - 1),
        min(int(box.bottom * height) + 1, height - 1),
    )

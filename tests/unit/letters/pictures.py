"""Pictures of every letter in three lengths; run as a program it makes the golden ones anew.

    python tests/unit/letters/pictures.py

Look at them before you commit them. They hold only for the fonts they were made with, which golden/fonts.txt names.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter, ImageStat

from letters.catalog import Entry, load
from letters.pdf import convert
from letters.pdf_text import font_names
from letters.render import render
from letters.samples import LENGTHS, Sample, samples

GOLDEN = Path(__file__).parent / "golden"
DPI = 40
SHADES = 8
# How far a picture may be from its golden one, in 255ths of white, after both are blurred a little.
TOLERANCE = 0.5


# A name that takes three lines of the red head and of the signature, and an applicant of one character.
NAMES = {
    "organ": "云岭县行政审批和政务信息管理局（云岭县公共资源交易监督管理局、云岭县数据管理局、云岭县营商环境建设局、"
    "云岭县政务服务中心）",
    "addressee": "镕",
}


def chosen() -> Iterator[tuple[Entry, Sample]]:
    """One sample of each letter in each length, and a letter with awkward names."""
    catalog = load()
    for entry in catalog.letters.values():
        seen = set()
        for sample in samples(entry, catalog):
            if sample.length in LENGTHS and sample.length not in seen:
                seen.add(sample.length)
                yield entry, sample
    typical = next(one for one in samples(catalog["A-02"], catalog) if one.length == "typical")
    yield catalog["A-02"], replace(typical, length="names", fields={**typical.fields, **NAMES})


def documents() -> dict[str, bytes]:
    """The .docx of each chosen sample, by `<code>-<length>`."""
    return {f"{entry.code}-{sample.length}": render(entry.code, sample.fields, load()) for entry, sample in chosen()}


def made() -> dict[str, bytes]:
    """A PDF of each of them; fonts of the system only."""
    with tempfile.TemporaryDirectory(prefix="yishen-pictures-") as work:
        found = convert(documents(), work=Path(work), fonts=Path(work) / "none", seconds=400)
    return {key: one.content for key, one in found.items()}


def picture(content: bytes) -> Image.Image:
    """First, second and last page side by side, in grey; the width tells how many pages there are altogether."""
    document = pypdfium2.PdfDocument(content)
    shown = sorted({0, min(1, len(document) - 1), len(document) - 1})
    pages = [document[number].render(scale=DPI / 72).to_pil().convert("L") for number in shown]
    # One column of pixels for each page: a letter that has grown by a page is seen at once.
    sheet = Image.new("L", (sum(page.width for page in pages) + len(document), max(page.height for page in pages)), 255)
    left = 0
    for page in pages:
        sheet.paste(page, (left, 0))
        left += page.width
    return sheet.point([round(shade * (SHADES - 1) / 255) * 255 // (SHADES - 1) for shade in range(256)])


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of the same size, blurred, in 255ths of white."""
    soft = [each.convert("L").filter(ImageFilter.GaussianBlur(1.5)) for each in (one, other)]
    return float(ImageStat.Stat(ImageChops.difference(*soft)).mean[0])


def fonts(pdfs: dict[str, bytes]) -> str:
    """Names of all fonts in the PDFs, one a line."""
    return "\n".join(sorted({name for content in pdfs.values() for name in font_names(content)})) + "\n"


def main() -> None:
    """Make the golden pictures anew."""
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.glob("*.png"):
        old.unlink()
    pdfs = made()
    for key, content in pdfs.items():
        picture(content).quantize(SHADES).save(GOLDEN / f"{key}.png", optimize=True)
    (GOLDEN / "fonts.txt").write_text(fonts(pdfs), encoding="utf-8")
    total = sum(path.stat().st_size for path in GOLDEN.iterdir())
    sys.stdout.write(f"{len(pdfs)} pictures, {total // 1024} KiB in {GOLDEN}\n")


if __name__ == "__main__":
    main()

"""Document numbers (文号): agency mark, year in hexagonal brackets, running number, 号 (GB/T 9704-2012, 7.2.5)."""

import re
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = re.compile(r"(?P<mark>[^\s〔〕\[\]()（）0-9]{1,20})〔(?P<year>[12][0-9]{3})〕(?P<n>[1-9][0-9]{0,6})号")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """One number of a series: the agency mark, the calendar year and the running number from 1."""

    mark: str
    year: int
    n: int

    def __str__(self) -> str:
        return document_number(self.mark, self.year, self.n)


def document_number(mark: str, year: int, n: int) -> str:
    """云政公复〔2026〕12号. Raises `ValueError` for an empty mark, a mark with figures or brackets, or n below 1."""
    text = f"{mark}〔{year}〕{n}号"
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"不是合规的文号：{text}")
    return text


def parse(text: str) -> DocumentNumber:
    """The parts of a document number. Raises `ValueError` for leading zeros, 第, or brackets other than 〔〕."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"不是合规的文号：{text}")
    return DocumentNumber(match["mark"], int(match["year"]), int(match["n"]))

"""How much of one paper stands word for word in another: an interpretation that is an excerpt shows itself.

Sentences are compared without spaces and punctuation; one that differs by a character or two still counts, because a
changed comma makes no interpretation.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Where a Chinese sentence ends; a semicolon parts clauses that are excerpted one by one.
_END = re.compile(r"[。！？；!?;…\n]+[”’」』）)]*")
_SHORTEST = 10  # characters without punctuation; shorter ones (headings, 特此通知) say nothing
_SAME = 95.0  # of 100, rapidfuzz's ratio of the best matching stretch


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the paper, and the stretch of the other one that it repeats."""

    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Similarity:
    """`common` of `sentences` stand in the other paper; `percent` is their share, rounded."""

    sentences: int
    common: int
    passages: tuple[Passage, ...]

    @property
    def percent(self) -> int:
        """The share in whole per cent; 0 for a paper without sentences."""
        return round(100 * self.common / self.sentences) if self.sentences else 0


def sentences(lines: Sequence[str]) -> Iterator[str]:
    """The sentences of a Chinese text, in order, with their closing mark."""
    for line in lines:
        start = 0
        for end in _END.finditer(line):
            yield line[start : end.end()].strip()
            start = end.end()
        if line[start:].strip():
            yield line[start:].strip()


def marked(lines: Sequence[str], found: Similarity | None) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Each line as its sentences in order, with whether the sentence stands in the other paper."""
    repeated = {one.sentence for one in found.passages} if found is not None else set()
    return tuple(tuple((sentence, sentence in repeated) for sentence in sentences([line])) for line in lines)


def similarity(paper: Sequence[str], source: Sequence[str]) -> Similarity:
    """Compare the lines of a paper with those of the document it explains."""
    plain, places = _plain("\n".join(source))
    whole = "\n".join(source)
    counted = 0
    found = []
    for sentence in sentences(paper):
        wanted, _ = _plain(sentence)
        if len(wanted) < _SHORTEST:
            continue
        counted += 1
        stretch = _stretch(wanted, plain)
        if stretch is not None:
            first, last = stretch
            found.append(Passage(sentence, whole[places[first] : places[last - 1] + 1].replace("\n", "")))
    return Similarity(counted, len(found), tuple(found))


def _stretch(wanted: str, plain: str) -> tuple[int, int] | None:
    """Where a sentence stands in the source, as (first, end)."""
    from rapidfuzz import fuzz

    at = plain.find(wanted)
    if at >= 0:
        return at, at + len(wanted)
    if len(plain) < len(wanted):
        return None
    best = fuzz.partial_ratio_alignment(wanted, plain, score_cutoff=_SAME)
    if best is None or best.dest_end <= best.dest_start:
        return None
    return best.dest_start, best.dest_end


def _plain(text: str) -> tuple[str, list[int]]:
    """Letters, figures and Han characters alone, and the place of each in the text."""
    marks, places = [], []
    for place, mark in enumerate(text):
        for one in unicodedata.normalize("NFKC", mark):
            if one.isalnum():
                marks.append(one.lower())
                places.append(place)
    return "".join(marks), places

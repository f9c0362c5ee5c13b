"""The words around a hit, and the words told apart in a text."""

import re
from collections.abc import Collection

from engine.cases.postings import folded

_AROUND = 36  # characters before and after a hit

Marked = tuple[tuple[str, bool], ...]
"""A text in parts; True: this part is a word that was searched."""


def snippet(text: str, words: Collection[str]) -> Marked:
    """The words around the first hit, in one line."""
    plain = folded(text)
    places = [place for word in words if (place := plain.find(word)) >= 0]
    first = min(places, default=0)
    begin, end = max(first - _AROUND, 0), first + 2 * _AROUND
    parts = marked(re.sub(r"\s+", " ", text[begin:end]), words)
    before = (("…", False),) if begin else ()
    return (*before, *parts, *((("…", False),) if end < len(text) else ()))


def marked(text: str, words: Collection[str]) -> Marked:
    """The text in parts, with the words told apart; nothing is escaped, that is the page's business."""
    if not text:
        return ()
    plain = folded(text)
    if len(plain) != len(text):
        return ((text, False),)
    wanted = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    parts, at = [], 0
    for hit in wanted.finditer(plain):
        if hit.start() > at:
            parts.append((text[at : hit.start()], False))
        parts.append((text[hit.start() : hit.end()], True))
        at = hit.end()
    if at < len(text):
        parts.append((text[at:], False))
    return tuple(parts)

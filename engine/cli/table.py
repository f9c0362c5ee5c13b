"""Tables for a terminal in which Chinese characters take two columns."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> str:
    """Rows in aligned columns; the last column is not padded."""
    lines = [header, *rows] if header else list(rows)
    widths = [max(width(line[place]) for line in lines) for place in range(len(lines[0]))] if lines else []
    return "\n".join(
        "  ".join(
            cell if place == len(line) - 1 else cell + " " * (widths[place] - width(cell))
            for place, cell in enumerate(line)
        )
        for line in lines
    )

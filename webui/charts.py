"""Bar charts drawn by the server as SVG: no script, and a table beside each says the same in figures."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 8, 12, 26
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in the units of the view box; `series` is its number, `words` its tooltip."""

    x: float
    y: float
    width: float
    height: float
    series: int
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in groups, with the labels below and the lines of the scale."""

    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]
    lines: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT


def grouped_bars(groups: Sequence[tuple[str, Sequence[int]]], series: Sequence[str]) -> Chart:
    """A group of bars for each (label, values); the values stand in the order of `series`."""
    top = _scale(max((value for _label, values in groups for value in values), default=0))
    room = WIDTH - _LEFT - _RIGHT
    tall = HEIGHT - _TOP - _BOTTOM
    step = room / max(len(groups), 1)
    width = min(step * 0.8 / max(len(series), 1), 18)
    bars, labels = [], []
    for place, (label, values) in enumerate(groups):
        middle = _LEFT + step * (place + 0.5)
        labels.append((round(middle, 1), label))
        for number, value in enumerate(values):
            height = tall * value / top
            x = middle + (number - len(values) / 2) * width
            words = f"{label} {series[number]} {value}"
            bars.append(
                Bar(round(x, 1), round(_TOP + tall - height, 1), round(width - 1, 1), round(height, 1), number, words)
            )
    lines = [(round(_TOP + tall * (1 - part / 4), 1), top * part // 4) for part in range(5) if top * part % 4 == 0]
    return Chart(tuple(bars), tuple(labels), tuple(lines))


def _scale(highest: int) -> int:
    """The round number at or above the highest value that four lines divide evenly."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * 4 >= highest:
                return step * power * 4
        power *= 10

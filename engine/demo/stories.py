"""The stories of the demonstration office: requests as data, read from the TOML files beside this module."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_BOOKS = ("stories.toml", "frequent.toml", "recent.toml", "open.toml")

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """What is done in a case on one day.

    Attributes:
        on: "2026-09-16"; "-12", working days before the load day ("0" is the load day or the last working day before
            it); "+3", working days after the story's first day.
        do: elements of the diagram in order; `search:财政局` names the list member a step is for, `claim:…` takes a
            step into one's own hands, an action of the case type stands by its id.
        answers: what is particular to this day, by the name used in `do`.
    """

    on: str
    do: tuple[str, ...]
    answers: Mapping[str, Answers]


@dataclass(frozen=True, slots=True)
class Story:
    """One request from its arrival on.

    Attributes:
        id: R01 to R21 are the worked requests of the docs, others are the demonstration's own.
        on: the day it arrives, as in `Day.on`.
        handler: login name of whoever handles it.
        tests_only: never loaded into a demonstration office.
        register: answers of the registration form; answers: those of later steps, by form name.
    """

    id: str
    on: str
    handler: str
    tests_only: bool
    register: Answers
    answers: Mapping[str, Answers]
    days: tuple[Day, ...]


@lru_cache(maxsize=1)
def all_stories() -> tuple[Story, ...]:
    """Every story of every book, in the order written."""
    return tuple(story for book in _BOOKS for story in _read(_HERE / book))


@lru_cache(maxsize=1)
def usual_answers() -> Mapping[str, Answers]:
    """What officers usually fill in, by form name."""
    return _toml(_HERE / "usual.toml")


@lru_cache(maxsize=1)
def office_book() -> Mapping[str, Any]:
    """The people and units of the invented county."""
    return _toml(_HERE / "office.toml")


def edition() -> str:
    """A hash of everything told: a load that broke off is only carried on with the same stories."""
    files = (_HERE / name for name in (*_BOOKS, "usual.toml", "office.toml"))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _read(path: Path) -> Iterable[Story]:
    book = _toml(path)
    for told in book["story"]:
        days = [*book.get("ways", {}).get(told.get("way"), []), *told.get("day", [])]
        yield Story(
            id=told["id"],
            on=told["on"],
            handler=told.get("handler", "handler"),
            tests_only=told.get("tests_only", False),
            register=told["register"],
            answers=told.get("answers", {}),
            days=tuple(
                Day(day["on"], tuple(day["do"]), {name: day[name] for name in day if name not in {"on", "do"}})
                for day in days
            ),
        )

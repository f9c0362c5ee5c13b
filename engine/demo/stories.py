"""The stories of the demonstration office as data: requests in the TOML files beside this module, cases of other types
in `workflows/<case type>/demo/` (stories.toml, usual.toml, and the papers that the stories file).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine.cases.definitions import SHIPPED

_HERE = Path(__file__).parent
_BOOKS = ("stories.toml", "frequent.toml", "recent.toml", "open.toml")

REQUESTS = "disclosure_request"
"""The case type that the books beside this module tell of."""

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
        case_type: what is registered. papers: folder of the files that answers name with a leading `@`.
    """

    id: str
    on: str
    handler: str
    tests_only: bool
    register: Answers
    answers: Mapping[str, Answers]
    days: tuple[Day, ...]
    case_type: str
    papers: Path


@lru_cache(maxsize=1)
def all_stories() -> tuple[Story, ...]:
    """Every story of every book, in the order written; those of other case types after the requests."""
    requests = [story for book in _BOOKS for story in _read(_HERE / book, REQUESTS)]
    further = [story for folder in _folders() for story in _read(folder / "stories.toml", folder.parent.name)]
    return (*requests, *further)


def _folders() -> list[Path]:
    """The demonstration folders of case types."""
    return sorted(path.parent for path in SHIPPED.glob("*/demo/stories.toml"))


@lru_cache(maxsize=8)
def usual_answers(case_type: str = REQUESTS) -> Mapping[str, Answers]:
    """What officers usually fill in, by form name."""
    return _toml(_HERE / "usual.toml" if case_type == REQUESTS else SHIPPED / case_type / "demo" / "usual.toml")


@lru_cache(maxsize=1)
def office_book() -> Mapping[str, Any]:
    """The people and units of the invented county."""
    return _toml(_HERE / "office.toml")


def edition() -> str:
    """A hash of everything told: a load that broke off is only carried on with the same stories."""
    files = [_HERE / name for name in (*_BOOKS, "usual.toml", "office.toml")]
    files += [path for folder in _folders() for path in sorted(folder.iterdir())]
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _read(path: Path, case_type: str) -> Iterable[Story]:
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
            case_type=case_type,
            papers=path.parent,
        )

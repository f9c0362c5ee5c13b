"""The letter catalogue: `catalog.toml` read into frozen values.

An `Entry` says when a letter is used, which decisions it answers, which fields it needs and from which source each
field comes; `Catalog.letter_for` finds the letter of a decision. Faults of the file raise `CatalogFault`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from engine.statute.decisions import DECISIONS, DecisionError, Evidence, RemedyType, evidence_required, letter_code

HERE: Final = Path(__file__).resolve().parent

Kind = Literal["text", "paragraphs", "items", "date", "clock_date", "number", "amount", "choice", "rows", "remedies"]
Recipient = Literal["applicant", "third_party", "agency", "unit", "file", "post", "public", "office"]


class CatalogFault(ValueError):
    """The catalogue contradicts itself; the message names the letter or field."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a `rows` field; `kind` is text, number or amount (yuan)."""

    name: str
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One value a letter prints. `source` is a dotted name such as `answer.reason` or `clock.reply`."""

    name: str
    label: str
    source: str
    kind: Kind
    required: bool = True
    quoted: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """A decision the letter answers, narrowed by ground where the ground picks the letter (R4, N1)."""

    decision: str
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A run of document numbers; `mark` is the agency mark used where the office has set none."""

    key: str
    name: str
    mark: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter of the catalogue.

    A `paper` is an internal sheet or a form: made on demand from the case's present data, unnumbered and not stored;
    `personal` ones show data that lists mask. `case_type`: the one whose own letter it is. With `remedy_if` (field,
    code) a letter that answers no decision states remedies only for that code.
    """

    code: str
    name: str
    topic: str
    when: str
    to: Recipient
    basis: str
    template: Path
    series: str | None
    serves: tuple[Served, ...]
    fields: tuple[Field, ...]
    retention_years: int
    own_remedy: RemedyType = RemedyType.NONE
    own_evidence: tuple[Evidence, ...] = ()
    remedy_if: tuple[str, str] | None = None
    paper: bool = False
    personal: bool = False
    case_type: str = ""

    @property
    def key(self) -> str:
        """What tells it from every other letter of the office: L-03, or the case type before it: <case type>.P-01."""
        return f"{self.case_type}.{self.code}" if self.case_type else self.code

    @property
    def title(self) -> str:
        """Name and topic, as lists show it: 政府信息公开申请答复书（部分公开）."""
        return f"{self.name}（{self.topic}）" if self.topic else self.name

    @property
    def decisions(self) -> tuple[str, ...]:
        """Decision codes the letter serves, each once."""
        return tuple(dict.fromkeys(served.decision for served in self.serves))

    def remedy(self, decision: str | None, fields: Mapping[str, object] | None = None) -> RemedyType:
        """The remedy type its paragraph must state by the built-in table; `decision` is None for a notice.

        `fields` are the letter's values, for a notice whose remedy hangs on one of them.
        """
        if decision is None or decision not in self.decisions:
            if self.remedy_if is not None and (fields or {}).get(self.remedy_if[0]) != self.remedy_if[1]:
                return RemedyType.NONE
            return self.own_remedy
        row = DECISIONS[decision]
        return row.remedy if row.letter_states_remedy else RemedyType.NONE

    def evidence(self, decision: str | None, ground: str | None = None) -> tuple[Evidence, ...]:
        """What must be on file before it is signed. Raises `DecisionError` for a missing ground."""
        if decision is None or decision not in self.decisions:
            return self.own_evidence
        return evidence_required(decision, ground)

    def field(self, name: str) -> Field:
        """The field of that name; `KeyError` if the letter has none."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All letters by code, with the series their numbers come from and the folder they were read from."""

    letters: Mapping[str, Entry]
    series: Mapping[str, Series]
    folder: Path = HERE

    def __getitem__(self, code: str) -> Entry:
        """The entry of a letter code; `CatalogFault` if there is none."""
        try:
            return self.letters[code]
        except KeyError:
            raise CatalogFault(f"文书目录中没有 {code}") from None

    def letter_for(self, decision: str, ground: str | None = None) -> Entry:
        """The letter that answers a decision; `ground` picks among several (R4, N1).

        Raises `DecisionError` for an unknown decision or a missing ground, `CatalogFault` if the letter is not here.
        """
        return self[letter_code(decision, ground)]


def _kind(value: object, where: str) -> Kind:
    if value not in get_args(Kind):
        raise CatalogFault(f"{where}: unknown kind {value!r}")
    return value  # type: ignore[return-value]  # narrowed by the line above, which mypy does not follow


def _fields(raw: Mapping[str, Any]) -> dict[str, Field]:
    fields = {}
    for name, body in raw.items():
        where = f"fields.{name}"
        unknown = set(body) - {"label", "source", "kind", "quoted", "choices", "columns"}
        if unknown:
            raise CatalogFault(f"{where}: unknown keys {sorted(unknown)}")
        kind = _kind(body["kind"], where)
        columns = tuple(Column(key, label, _kind(of, where)) for key, label, of in body.get("columns", ()))
        choices = dict(body.get("choices", {}))
        if (kind == "choice") != bool(choices) or (kind == "rows") != bool(columns):
            raise CatalogFault(f"{where}: a choice needs choices, rows need columns, and nothing else has them")
        fields[name] = Field(
            name,
            body["label"],
            body["source"],
            kind,
            quoted=body.get("quoted", False),
            choices=choices,
            columns=columns,
        )
    return fields


def _chosen(names: Iterable[str], known: Mapping[str, Field], where: str) -> list[Field]:
    chosen = []
    for name in names:
        plain = name.removesuffix("?")
        if plain not in known:
            raise CatalogFault(f"{where}: unknown field {plain}")
        found = known[plain]
        chosen.append(
            Field(
                found.name,
                found.label,
                found.source,
                found.kind,
                not name.endswith("?"),
                found.quoted,
                found.choices,
                found.columns,
            )
        )
    return chosen


def _served(text: str, code: str) -> Served:
    decision, _, ground = text.partition("/")
    try:
        answered_by = letter_code(decision, ground or None)
    except DecisionError as fault:
        raise CatalogFault(f"{code}: {fault}") from fault
    if answered_by != code:
        raise CatalogFault(f"{code}: decision {text} is answered by {answered_by}")
    return Served(decision, ground or None)


def _entry(
    body: Mapping[str, Any], raw: Mapping[str, Any], known: Mapping[str, Field], folder: Path, case_type: str
) -> Entry:
    code = body["code"]
    fields = [
        *_chosen(raw["blocks"][body["block"]], known, code),
        *_chosen(body["fields"], known, code),
    ]
    serves = tuple(_served(each, code) for each in body.get("serves", ()))
    own_remedy = RemedyType(body.get("remedy", RemedyType.NONE))
    owed = {
        DECISIONS[each.decision].remedy if DECISIONS[each.decision].letter_states_remedy else RemedyType.NONE
        for each in serves
    } or {own_remedy}
    remedy_if = next(iter(body.get("remedy_if", {}).items()), None)
    if owed != {RemedyType.NONE}:
        fields += _chosen(["remedies?" if RemedyType.NONE in owed or remedy_if else "remedies"], known, code)
    series = body["series"] or None
    if series is not None and series not in raw["series"]:
        raise CatalogFault(f"{code}: unknown series {series}")
    if len({each.name for each in fields}) != len(fields):
        raise CatalogFault(f"{code}: a field is listed twice")
    return Entry(
        code=code,
        name=body["name"],
        topic=body.get("topic", ""),
        when=body["when"],
        to=body["to"],
        basis=body["basis"],
        template=folder / "templates" / f"{code}.docx",
        series=series,
        serves=serves,
        fields=tuple(fields),
        retention_years=body["retention_years"],
        own_remedy=own_remedy,
        own_evidence=tuple(Evidence(each) for each in body.get("evidence", ())),
        remedy_if=remedy_if,
        paper=body.get("paper", False),
        personal=body.get("personal", False),
        case_type=case_type,
    )


@lru_cache(maxsize=8)
def load(folder: Path = HERE, case_type: str = "") -> Catalog:
    """Read `folder/catalog.toml` (templates lie in `folder/templates`). Raises `CatalogFault`.

    `case_type`: the one that brings this catalogue along; empty for the office's own.
    """
    path = folder / "catalog.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        known = _fields(raw["fields"])
        letters: dict[str, Entry] = {}
        for body in raw["letters"]:
            if body["code"] in letters:
                raise CatalogFault(f"{body['code']}: listed twice")
            letters[body["code"]] = _entry(body, raw, known, folder, case_type)
        series = {key: Series(key, body["name"], body["mark"]) for key, body in raw["series"].items()}
    except CatalogFault:
        raise
    except (OSError, KeyError, ValueError) as fault:
        raise CatalogFault(f"{path.name}: {fault}") from fault
    return Catalog(letters, series, folder)

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

HERE: Final = Path(__file__).resolve().parent

Kind = Literal[
    "text", "paragraphs", "items", "date", "clock_date", "number", "amount", "choice", "rows", "remedies"
]
Remedy = Literal["none", "RF", "CH", "SPLIT"]
Recipient = Literal["applicant", "third_party", "agency", "unit"]


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
    """A decision (§ of the decision table) the letter answers, narrowed by ground where the ground picks the letter."""

    decision: str
    remedy: Remedy
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A run of document numbers; `mark` is the agency mark used where the office has set none."""

    key: str
    name: str
    mark: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter of the catalogue."""

    code: str
    name: str
    topic: str
    when: str
    to: Recipient
    basis: str
    template: Path
    series: str | None
    remedy: Remedy
    serves: tuple[Served, ...]
    fields: tuple[Field, ...]
    evidence: tuple[str, ...]
    retention_years: int

    @property
    def title(self) -> str:
        """Name and topic, as lists show it: 政府信息公开申请答复书（部分公开）."""
        return f"{self.name}（{self.topic}）" if self.topic else self.name

    @property
    def decisions(self) -> tuple[str, ...]:
        """Decision codes the letter serves, each once."""
        return tuple(dict.fromkeys(served.decision for served in self.serves))

    def remedy_for(self, decision: str | None) -> Remedy:
        """The remedies paragraph the letter must carry when it answers `decision` (None: a procedural letter)."""
        for served in self.serves:
            if served.decision == decision:
                return served.remedy
        return self.remedy

    def field(self, name: str) -> Field:
        """The field of that name; `KeyError` if the letter has none."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All letters by code, with the series their numbers come from."""

    letters: Mapping[str, Entry]
    series: Mapping[str, Series]

    def __getitem__(self, code: str) -> Entry:
        """The entry of a letter code; `CatalogFault` if there is none."""
        try:
            return self.letters[code]
        except KeyError:
            raise CatalogFault(f"文书目录中没有 {code}") from None

    def letter_for(self, decision: str, ground: str | None = None) -> Entry:
        """The letter that answers a decision; `ground` picks among several (R4, N1). `CatalogFault` if none does."""
        fitting = [
            entry
            for entry in self.letters.values()
            for served in entry.serves
            if served.decision == decision and served.ground in (None, ground)
        ]
        if not fitting:
            grounds = sorted(
                served.ground
                for entry in self.letters.values()
                for served in entry.serves
                if served.decision == decision and served.ground is not None
            )
            hint = f"，请先选定情形：{'、'.join(grounds)}" if grounds else ""
            raise CatalogFault(f"没有与处理决定 {decision} 对应的文书{hint}")
        return fitting[0]


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
            name, body["label"], body["source"], kind, quoted=body.get("quoted", False), choices=choices,
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
                found.name, found.label, found.source, found.kind, not name.endswith("?"), found.quoted, found.choices,
                found.columns,
            )
        )
    return chosen


def _entry(body: Mapping[str, Any], raw: Mapping[str, Any], known: Mapping[str, Field], folder: Path) -> Entry:
    code = body["code"]
    fields = [
        *_chosen(raw["blocks"][body["block"]], known, code),
        *_chosen(body["fields"], known, code),
    ]
    serves = tuple(Served(each["decision"], each["remedy"], each.get("ground")) for each in body.get("serves", ()))
    remedy: Remedy = body.get("remedy", "none")
    owed = {served.remedy for served in serves} or {remedy}
    if not owed <= set(get_args(Remedy)):
        raise CatalogFault(f"{code}: unknown remedy type in {sorted(owed)}")
    if owed != {"none"}:
        fields += _chosen(["remedies?" if "none" in owed else "remedies"], known, code)
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
        remedy=remedy,
        serves=serves,
        fields=tuple(fields),
        evidence=tuple(body.get("evidence", ())),
        retention_years=body["retention_years"],
    )


@lru_cache(maxsize=4)
def load(folder: Path = HERE) -> Catalog:
    """Read `folder/catalog.toml` (templates lie in `folder/templates`). Raises `CatalogFault`."""
    path = folder / "catalog.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        known = _fields(raw["fields"])
        letters: dict[str, Entry] = {}
        for body in raw["letters"]:
            if body["code"] in letters:
                raise CatalogFault(f"{body['code']}: listed twice")
            letters[body["code"]] = _entry(body, raw, known, folder)
        series = {key: Series(key, body["name"], body["mark"]) for key, body in raw["series"].items()}
    except (OSError, KeyError, tomllib.TOMLDecodeError) as fault:
        raise CatalogFault(f"{path.name}: {fault}") from fault
    return Catalog(letters, series)

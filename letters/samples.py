"""Invented values for every letter and every decision it answers: short, typical and very long.

Used by `yishen letters check`, by tests and by whoever edits a template. County, organs and people are invented. A case
type may bring a `samples.toml` beside its own catalogue; what neither file knows is made up from the field's kind.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from engine.statute.decisions import DECISIONS, RemedyType
from engine.statute.fees import Mode, fee
from engine.statute.remedies import Forum, remedy_type
from letters import fields as values
from letters.catalog import HERE, Catalog, Entry, Field
from letters.fee_words import fee_sources
from letters.numbering import document_number
from letters.remedies_text import NOTICE, REPLY, paragraphs
from letters.wording import ClockDate

Length = Literal["short", "typical", "long"]
LENGTHS: Final[tuple[Length, ...]] = ("short", "typical", "long")
FORUM: Final = Forum("北江市人民政府", "北江市中级人民法院")
ONLINE_FORUM: Final = Forum(
    "北江市人民政府", "北江市中级人民法院", "北江市行政复议网上服务平台（https://fuyi.example.cn）"
)
ISSUED_ON: Final = date(2026, 11, 6)

_SECTIONS: Final[Mapping[str, str]] = {
    "office": "office", "case": "case", "applicant": "party.applicant", "item": "item", "answer": "answer",
    "letter": "letter", "service": "service", "flow": "flow", "file": "file", "clock": "clock", "given": "given",
    "print": "print", "severed": "severed", "words": "words", "own": "",
}  # fmt: skip


@lru_cache(maxsize=8)
def _read(folder: Path) -> Mapping[str, Any]:
    path = folder / "samples.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


_TEXTS: Final[Mapping[str, Any]] = _read(HERE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One set of fields for a letter; `decision` and `ground` are None for a notice that answers no decision."""

    code: str
    decision: str | None
    ground: str | None
    length: str
    fields: Mapping[str, object]

    @property
    def name(self) -> str:
        """How faults name the sample: A-04 P1/R4 long."""
        answered = "/".join(part for part in (self.decision, self.ground) if part)
        return " ".join(part for part in (self.code, answered, self.length) if part)


def samples(entry: Entry, catalog: Catalog) -> Iterator[Sample]:
    """Every sample of one letter: each decision and ground it serves in three lengths; variants for notices."""
    answered = tuple(_answered(entry))
    for each in answered:
        for length in LENGTHS:
            yield _sample(entry, catalog, each, length, {})
    for variant in _variants(entry):
        yield _sample(entry, catalog, answered[0], "typical", variant)


def _answered(entry: Entry) -> Iterator[tuple[str | None, str | None]]:
    if not entry.serves:
        yield None, None
    for served in entry.serves:
        grounds = DECISIONS[served.decision].part_grounds
        if grounds:
            yield from ((served.decision, ground) for ground in grounds)
        else:
            yield served.decision, served.ground


def _variants(entry: Entry) -> Iterator[Mapping[str, object]]:
    """One more set of values for each code of a choice from the case or an answer (channels, fee modes, kinds)."""
    done = {"case.decision", "case.ground"}
    for field in entry.fields:
        if field.kind == "choice" and field.source not in done:
            done.add(field.source)
            for code in field.choices:
                yield {field.source: code}


def _sample(
    entry: Entry,
    catalog: Catalog,
    answered: tuple[str | None, str | None],
    length: Length,
    variant: Mapping[str, object],
) -> Sample:
    decision, ground = answered
    sources = {field.source: _example(field) for field in entry.fields if field.required} | _sources(
        catalog, variant, length
    )
    if decision is not None:
        reasons = _TEXTS["reason"]
        sources |= {"case.decision": decision, "case.ground": ground}
        # The withheld part of a partial disclosure has the reason of the refusal it rests on.
        named = (f"{decision}/{ground}", ground, decision) if decision == "P1" else (f"{decision}/{ground}", decision)
        sources["answer.reason"] = next((reasons[name] for name in named if name in reasons), None)
        sources["answer.end_facts"] = _TEXTS["end_facts"].get(decision)
    for source, of in (("answer.provision", "R2"), ("answer.classification_basis", "R1")):
        if decision == "P1" and ground != of:
            del sources[source]
    if decision == "O3":
        del sources["answer.end_proof"]
    sources["item.name"] = _TEXTS["item_name"].get(entry.to)
    if entry.series is not None:
        sources["issue.number"] = document_number(catalog.series[entry.series].mark, ISSUED_ON.year, 12)
    sources["issue.date"] = ISSUED_ON
    match length:
        case "short":
            sources = _shortened(entry, sources)
        case "long":
            sources = _lengthened(entry, sources)
    sources |= variant
    if sources.get("answer.record_outcome") in {"corrected", "declined"}:
        sources.pop("answer.record_transferred_to", None)
    forum = ONLINE_FORUM if length == "long" else FORUM
    sources["remedies"] = _remedies(entry, decision, ground, values.collect(entry, sources), forum)
    return Sample(entry.code, decision, ground, length, values.collect(entry, sources))


def _sources(catalog: Catalog, variant: Mapping[str, object], length: Length) -> dict[str, object]:
    sources: dict[str, object] = {}
    for texts in (_TEXTS, {} if catalog.folder == HERE else _read(catalog.folder)):
        for section, prefix in _SECTIONS.items():
            for name, value in texts.get(section, {}).items():
                sources[f"{prefix}.{name}" if prefix else name] = value
    mode = str(variant.get("answer.fee_mode", "per_item" if length == "short" else "per_page"))
    quantity: int = _TEXTS["fee"][mode]["quantity"]
    already: int = _TEXTS["fee"][mode].get("already", 0)
    sources |= fee_sources(quantity - already, fee(Mode(mode), quantity, already=already))
    return sources | {
        "answer.fee_mode": mode,
        "clock.reply": ClockDate(date(2026, 11, 6)),
        "clock.reply_after_extension": ClockDate(date(2026, 12, 4)),
    }


def _example(field: Field) -> object:
    """A value for a required field that no file of samples knows."""
    match field.kind:
        case "date":
            return ISSUED_ON
        case "clock_date":
            return ClockDate(ISSUED_ON)
        case "number" | "amount":
            return 3
        case "choice":
            return next(iter(field.choices))
        case "rows":
            return [
                {
                    column.name: 1 if column.kind in {"number", "amount"} else f"样例{column.label}"
                    for column in field.columns
                }
            ]
        case _:
            return f"样例{field.label}"


def owed_remedy(entry: Entry, decision: str | None, ground: str | None, fields: Mapping[str, object]) -> RemedyType:
    """The remedy type a sample's letter must state, dated as the samples are."""
    remedy = entry.remedy(decision, fields)
    if decision is None or remedy is RemedyType.NONE:
        return remedy
    return remedy_type(decision, ISSUED_ON, ground=ground)


def _remedies(
    entry: Entry, decision: str | None, ground: str | None, fields: Mapping[str, object], forum: Forum
) -> list[str]:
    paper = REPLY if entry.series == "reply" else NOTICE
    return list(paragraphs(owed_remedy(entry, decision, ground, fields), forum, paper))


def _shortened(entry: Entry, sources: Mapping[str, object]) -> dict[str, object]:
    """Optional values left out, texts cut to their first sentence, an organisation as applicant."""
    optional = {field.source for field in entry.fields if not field.required and field.source != "remedies"}
    short = {source: value for source, value in sources.items() if source not in optional}
    for field in entry.fields:
        value = short.get(field.source)
        if field.kind in {"paragraphs", "items"} and isinstance(value, str):
            short[field.source] = value.splitlines()[0]
        elif field.name == "files" and isinstance(value, list):
            short[field.source] = value[:1]
    short |= {"party.applicant.kind": "organisation", "party.applicant.name": "北江大学", "case.subject": "公开年报。"}
    return short


def _lengthened(entry: Entry, sources: Mapping[str, object]) -> dict[str, object]:
    """Every text as long as an officer may type, many rows, long names, a provisional date."""
    long = dict(sources)
    for field in entry.fields:
        long[field.source] = _longer(field, long.get(field.source))
    return long | {
        "office.organ": "云岭县市场监督管理局（县知识产权局）",
        "party.applicant.kind": "organisation",
        "party.applicant.name": "云岭县城南商户联合会暨云岭县城南市场改造项目业主代表委员会",
        "clock.reply": ClockDate(date(2027, 1, 8), provisional=True, years=(2027,)),
        "clock.reply_after_extension": ClockDate(date(2027, 1, 29), provisional=True, years=(2027,)),
        "case.corrected_on": date(2026, 10, 20),
        "case.subject": "；".join(
            f"{n}. 城南市场改造项目第{n}标段的招标文件、中标通知书、施工合同、监理合同、设计变更单和竣工验收资料"
            for n in range(1, 25)
        ),
    }


def _longer(field: Field, value: object) -> object:
    if field.kind in {"paragraphs", "items"} and isinstance(value, str):
        return "\n".join(
            [*value.splitlines(), *(f"{_TEXTS['long']['sentence']}（第{n}次核对）。" for n in range(1, 13))]
        )
    if field.name == "files" and isinstance(value, list):
        return [
            {"name": f"《城南市场改造项目第{n}标段施工合同及其补充协议》", "form": "纸质复印件", "pages": 4 + n}
            for n in range(1, 41)
        ]
    if field.kind == "rows" and not field.source.startswith(("answer.", "fee.")) and isinstance(value, list):
        return [row for _ in range(12) for row in value]
    return value

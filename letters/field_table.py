"""The field contract as Markdown: `python -m letters.field_table` prints the tables of docs/letters.md."""

import sys
from collections.abc import Iterator

from engine.statute.decisions import DECISIONS, RemedyType
from letters.catalog import Catalog, Entry, Field, load

KINDS = {
    "text": "one line of text",
    "paragraphs": "text; each line becomes a paragraph",
    "items": "text or list; each line becomes a numbered item",
    "date": "date",
    "clock_date": "`ClockDate` (date, provisional, years)",
    "number": "whole number",
    "amount": "yuan",
    "choice": "code, printed in words",
    "rows": "list of rows",
    "remedies": "paragraphs of `letters.remedies_text`",
}


def _values(field: Field) -> str:
    if field.choices:
        return "codes: " + ", ".join(f"`{code}`" for code in field.choices)
    if field.columns:
        return "columns: " + ", ".join(f"`{column.name}` {column.label} ({column.kind})" for column in field.columns)
    return KINDS[field.kind]


def _evidence(entry: Entry) -> str:
    needed = list(entry.own_evidence)
    for served in entry.serves:
        parts = DECISIONS[served.decision].part_grounds
        needed += DECISIONS[served.decision].evidence if parts else entry.evidence(served.decision, served.ground)
    return " ".join(f"`{each}`" for each in dict.fromkeys(needed))


def _used_by(catalog: Catalog, name: str) -> str:
    codes = [
        entry.code if each.required else f"{entry.code}?"
        for entry in catalog.letters.values()
        for each in entry.fields
        if each.name == name
    ]
    return "every reply, most notices" if len(codes) > 20 else " ".join(codes)


def lines(catalog: Catalog) -> Iterator[str]:
    """The two tables, line by line: letters, then fields by source."""
    yield "| code | letter | answers | evidence on file | fields of its own |"
    yield "|---|---|---|---|---|"
    for entry in catalog.letters.values():
        serves = ", ".join(
            f"{served.decision}{f' ({served.ground})' if served.ground else ''} {entry.remedy(served.decision)}"
            for served in entry.serves
        ) or ("" if entry.own_remedy is RemedyType.NONE else str(entry.own_remedy))
        own = [
            f"`{each.name}`{'' if each.required else '?'}"
            for each in entry.fields
            if each.source.startswith(("answer.", "item.", "clock.", "fee."))
        ]
        yield f"| {entry.code} | {entry.title} | {serves} | {_evidence(entry)} | {' '.join(own)} |"
    yield ""
    yield "| field | 中文 | source | value | letters (? = may be empty) |"
    yield "|---|---|---|---|---|"
    seen: dict[str, Field] = {}
    for entry in catalog.letters.values():
        for each in entry.fields:
            seen.setdefault(each.name, each)
    for each in sorted(seen.values(), key=lambda one: (one.source, one.name)):
        used = _used_by(catalog, each.name)
        yield f"| `{each.name}` | {each.label} | `{each.source}` | {_values(each)} | {used} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(load())) + "\n")

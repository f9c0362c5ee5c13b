"""The check of a whole catalogue: every letter, every decision it answers, every sample, rendered and read again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.statute.decisions import DECISIONS, letter_code
from engine.statute.said import said
from letters import fields as values
from letters import plain_text, samples, templates
from letters.catalog import HERE, Catalog, CatalogFault, Entry, load
from letters.fields import FieldFault
from letters.lint import lint
from letters.render import contract_faults, preview, render, template_of
from letters.samples import ISSUED_ON, Sample
from letters.templates import TemplateFault


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the template's file name (or catalog.toml), which sample showed it (or empty), and the sentence."""

    file: str
    sample: str
    message: str

    def __str__(self) -> str:
        return "：".join(part for part in (self.file, self.sample, self.message) if part)


@dataclass(frozen=True, slots=True)
class Report:
    """How many letters were rendered from how many templates, and what is wrong."""

    letters: int
    templates: int
    faults: tuple[Fault, ...]


def check(folder: Path = HERE, *, whole: bool = True) -> Report:
    """Render and lint every letter of the catalogue in `folder`. Faults are reported, not raised.

    `whole`: every decision of the law must have its letter here; a case type's own letters need not.
    """
    try:
        catalog = load(folder)
    except CatalogFault as fault:
        return Report(0, 0, (Fault("catalog.toml", "", str(fault)),))
    faults: list[Fault] = []
    rendered = 0
    for entry in catalog.letters.values():
        wrong = list(_template(entry))
        if not wrong:
            for sample in samples.samples(entry, catalog):
                rendered += 1
                wrong += _sample(entry, sample, catalog)
        faults += dict.fromkeys(wrong)
    if whole:
        faults += _unanswered(catalog)
    known = {entry.template.name for entry in catalog.letters.values()}
    strays = sorted(path.name for path in (folder / "templates").glob("*.do*") if path.name not in known)
    # Word keeps a lock file beside an open document.
    strays = [name for name in strays if not name.startswith("~$")]
    faults += [Fault(name, "", "文书目录中没有使用这个模板，请登记或者移走") for name in strays]
    return Report(rendered, len(catalog.letters), tuple(faults))


def _unanswered(catalog: Catalog) -> Iterator[Fault]:
    for decision in DECISIONS.values():
        for ground in decision.grounds or (None,):
            if letter_code(decision.code, ground) not in catalog.letters:
                yield Fault("catalog.toml", "", f"处理决定 {decision.code}（{decision.title}）没有对应的文书")


def _template(entry: Entry) -> Iterator[Fault]:
    try:
        parsed = templates.parse(template_of(entry))
    except TemplateFault as fault:
        yield Fault(entry.template.name, "", str(fault))
        return
    yield from (Fault(entry.template.name, "", sentence) for sentence in contract_faults(entry, parsed))


def _sample(entry: Entry, sample: Sample, catalog: Catalog) -> Iterator[Fault]:
    yield from (Fault(entry.template.name, sample.name, each) for each in sample_faults(entry, sample, catalog))


def sample_faults(entry: Entry, sample: Sample, catalog: Catalog, template: bytes | None = None) -> tuple[str, ...]:
    """What an attentive reader would send back of the letter that a sample gives, one sentence each.

    `template` replaces the catalogue's own file.
    """
    try:
        letter = render(entry.code, sample.fields, catalog, template)
        preview(entry.code, sample.fields, catalog, template)
        lines = plain_text.lines(letter)
    except (FieldFault, TemplateFault, KeyError, ValueError) as fault:
        return (str(fault),)
    remedy = samples.owed_remedy(entry, sample.decision, sample.ground, sample.fields)
    findings = lint(lines, entry, remedy=remedy, dated=ISSUED_ON, quoted=values.quoted_words(entry, sample.fields))
    return (*(str(finding) for finding in findings), *_printed(entry, sample, lines))


def _printed(entry: Entry, sample: Sample, lines: tuple[str, ...]) -> Iterator[str]:
    """Who signs it, the date and the number: without them a letter is none."""
    text = "\n".join(lines)
    words = values.present(entry, sample.fields)
    for name in ("organ", "document_number", "issued_on"):
        if name in words and str(words[name]) not in text:
            yield said("没有印出“%(label)s”", label=entry.field(name).label)

"""The disclosure request's parts fit together: diagrams, forms, letters, ledger and the table in the documentation."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.process import Definition, Form
from engine.process.lint import check
from engine.statute.decisions import DECISIONS, grounds_of
from engine.statute.events import EVENT_TYPES
from letters.catalog import Catalog, Entry, load
from tests.unit.process.disclosure_walk import FOLDER, asked, definition

TABLE = Path(__file__).parents[3] / "docs" / "process.md"
# Printed from the case page at any time, enclosed with another letter, or written when a letter or record is corrected.
WITHOUT_A_STEP = {"L-02", "L-07", "L-15", "L-17"}


@pytest.fixture(scope="module")
def disclosure() -> Definition:
    return definition()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def test_case_type_passes_every_check() -> None:
    assert check(FOLDER) == []


def demanded(form: Form, answers: Mapping[str, Any]) -> set[str]:
    """Fields that must be filled in with these answers."""
    return {field.name for field in form.fields if field.required and asked(field.when, answers)}


def from_answers(letter: Entry) -> set[str]:
    """Answers without which the letter cannot be printed."""
    return {
        field.source.removeprefix("answer.")
        for field in letter.fields
        if field.required and field.source.startswith("answer.")
    }


def replies(form: Form) -> Iterator[tuple[str, str | None]]:
    """Every decision the form offers, with every ground that the decision takes."""
    offered = next(field for field in form.fields if field.name == "decision")
    for code, _label in offered.choices:
        for ground in grounds_of(code) or (None,):
            yield code, ground


@pytest.mark.parametrize("name", ["draft", "spot_reply"])
def test_every_reply_has_all_that_its_letter_prints(disclosure: Definition, catalog: Catalog, name: str) -> None:
    form = disclosure.forms[name]
    for decision, ground in replies(form):
        letter = catalog.letter_for(decision, ground)
        answers = {"outcome": "submit", "decision": decision, "ground": ground}
        missing = from_answers(letter) - demanded(form, answers)
        # Asked for, demanded by the evidence check.
        excused = {"R1": {"classification_basis"}, "R2": {"provision"}}.get(decision, set())
        assert missing <= excused, f"{decision} {ground or ''}: {letter.code} lacks {sorted(missing)}"


def test_drafts_offer_every_decision_but_those_that_follow_from_silence(disclosure: Definition) -> None:
    offered = {decision for decision, _ground in replies(disclosure.forms["draft"])}
    assert offered == DECISIONS.keys() - {"O1", "O2"}


def test_every_notice_has_all_that_it_prints(disclosure: Definition, catalog: Catalog) -> None:
    actions = [disclosure.forms[action.form] for action in disclosure.case_type.actions]
    for step in disclosure.steps.values():
        if step.letter in (None, "decision"):
            continue
        near = [disclosure.forms[one.form] for one in disclosure.steps.values() if one.process == step.process]
        supplied = {field.name for form in [*near, *actions] for field in form.fields if field.required}
        missing = from_answers(catalog[step.letter]) - supplied
        assert not missing, f"{step.element}: {step.letter} lacks {sorted(missing)}"


def test_every_letter_of_the_catalogue_is_issued_somewhere(disclosure: Definition, catalog: Catalog) -> None:
    issued = {step.letter for step in disclosure.steps.values() if step.letter}
    issued |= {catalog.letter_for(*reply).code for reply in replies(disclosure.forms["draft"])}
    letters = {code for code, entry in catalog.letters.items() if not entry.paper}
    assert issued - {"decision"} == letters - WITHOUT_A_STEP


def test_every_event_carries_the_keys_the_law_needs(disclosure: Definition) -> None:
    for form in disclosure.forms.values():
        for rule in form.events:
            assert EVENT_TYPES[rule.type].required.keys() <= rule.with_.keys(), f"{form.name}: {rule.type}"


def test_a_date_that_counts_cannot_be_left_out_or_lie_ahead(disclosure: Definition) -> None:
    for form in disclosure.forms.values():
        fields = {field.name: field for field in form.fields}
        for rule in form.events:
            if rule.type == "reply_dated" and rule.date is None:
                continue  # the letter bears the day on which it is issued
            assert rule.date is not None, f"{form.name}: {rule.type} has no date of its own"
            assert fields[rule.date].required, f"{form.name}: {rule.date} may be left out"
            assert fields[rule.date].not_future, f"{form.name}: {rule.date} may lie ahead"


def test_every_form_is_used(disclosure: Definition) -> None:
    used = {step.form for step in disclosure.steps.values()} | {one.form for one in disclosure.case_type.actions}
    assert used == disclosure.forms.keys()


def test_nobody_is_asked_what_the_information_is_for(disclosure: Definition) -> None:
    asked_for = " ".join(field.name + field.label for field in disclosure.forms["register"].fields)
    assert "用途" not in asked_for
    assert "purpose" not in asked_for


def test_every_label_is_chinese(disclosure: Definition) -> None:
    for form in disclosure.forms.values():
        for field in form.fields:
            for label in (field.label, *(text for _code, text in field.choices)):
                assert any("\u4e00" <= mark <= "\u9fff" for mark in label), f"{form.name}.{field.name}: {label}"


def test_documentation_lists_every_step_with_its_role_and_letter(disclosure: Definition) -> None:
    rows = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 8:
            rows[cells[0].strip("`")] = cells
    for step in disclosure.steps.values():
        cells = rows[step.element]
        assert cells[1].partition(" (")[0] == step.name
        assert cells[2] == " ".join(step.role)
        assert cells[3] == str(step.limit)
        assert cells[6].partition(" [")[0] == (step.letter or "")
    assert rows.keys() - disclosure.steps.keys() <= {"element", "---"}

"""What stands beside a step: the matter it is about, the request in its own words, the draft under review."""

from typing import Any

from engine.cases.answer_words import show_answer
from engine.cases.casepage import CasePage
from engine.cases.filled_in import Answered
from engine.cases.stepform import StepForm

# A form of so many fields stands beside what it is about, also on a small laptop.
_FEW = 6


def registered_content(page: CasePage) -> str:
    """The request in the applicant's own words: the long text of the registration form."""
    definition = page.definition
    form = definition.forms[definition.steps[definition.case_type.start].form]
    labels = {one.label for one in form.fields if one.type == "text"}
    registered = next((one for one in page.answered if one.title == form.title), None)
    return next((text for label, text in registered.answers if label in labels), "") if registered else ""


def last_draft(page: CasePage, opened: StepForm) -> Answered | None:
    """The newest filled-in form that proposed the decision; None while it is being drafted."""
    if "decision" in opened.form.keep:
        return None
    titles = {form.title for form in page.definition.forms.values() if "decision" in form.keep}
    return next((one for one in reversed(page.answered) if one.title in titles), None)


def judged(opened: StepForm) -> bool:
    """Whether a step is a look at what others did and a few words on it: then what is looked at comes first."""
    fields = opened.form.fields
    return len(fields) <= _FEW and all(one.type not in {"rows", "file", "units"} for one in fields)


def item_facts(page: CasePage, opened: StepForm) -> list[tuple[str, str]]:
    """Label and text of the list member that the step is about: a unit and what it searches for, a consultee."""
    if opened.step is None or opened.item is None:
        return []
    kind = page.definition.item_kind(opened.step.element)
    units: dict[int, str] = dict(opened.options.units)
    people: dict[int, str] = dict(opened.options.people)
    for form in page.definition.forms.values():
        for rule in form.items:
            if rule.kind == kind:
                rows = next(one for one in form.fields if one.name == rule.rows)
                return _told(rows.columns, opened.item, units, people)
    return []


def _told(columns: tuple[Any, ...], item: Any, units: dict[int, str], people: dict[int, str]) -> list[tuple[str, str]]:
    return [
        (column.label, show_answer(column, item[column.name], units, people))
        for column in columns
        if item.get(column.name) not in (None, "")
    ]

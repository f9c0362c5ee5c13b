"""The forms of a case as they were filled in, each read by the version of the process it was filled in under."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.answer_words import show_answer
from engine.process import Definition
from engine.store.tables import FormRecord

# Fields that hold personal data of the applicant: shown (masked) in the applicant's card only.
_PERSONAL = frozenset({"id_number", "phone", "email", "address", "postcode", "contact_person", "name", "id_kind"})


@dataclass(frozen=True, slots=True)
class Answered:
    """A filled-in form: label and shown answer of each field, in the form's order."""

    title: str
    who: str
    at: datetime
    item: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id: of people, of units and of the case's list members."""

    people: Mapping[int, str]
    units: Mapping[int, str]
    members: Mapping[int, str]


def records_of(session: Session, case_id: int, limit: int | None) -> Sequence[FormRecord]:
    """The case's forms, the oldest first; with a `limit` the first of all and the newest."""
    query = select(FormRecord).where(FormRecord.case_id == case_id)
    records = list(session.scalars(query.order_by(FormRecord.id.desc()).limit(limit)))[::-1]
    if limit is not None and len(records) == limit:
        first = session.scalars(query.order_by(FormRecord.id).limit(1)).one()
        records = records if records[0].id == first.id else [first, *records]
    return records


def filled_in(
    records: Sequence[FormRecord], then: Callable[[datetime], Definition], names: Names
) -> tuple[Answered, ...]:
    """What was answered in these forms."""
    return tuple(one for record in records if (one := _answered(record, then(record.filled_at), names)) is not None)


def _answered(record: FormRecord, definition: Definition, names: Names) -> Answered | None:
    form = definition.forms.get(record.form)
    if form is None:
        return None
    hidden = _PERSONAL if form.keep and any(t.startswith("party.") for t in form.keep.values()) else frozenset()
    shown = tuple(
        (one.label, show_answer(one, record.answers[one.name], names.units, names.people))
        for one in form.fields
        if one.name not in hidden and record.answers.get(one.name, False) is not False
    )
    who = names.people.get(record.filled_by or 0, "系统")
    return Answered(form.title, who, record.filled_at, names.members.get(record.item_id or 0, ""), shown)

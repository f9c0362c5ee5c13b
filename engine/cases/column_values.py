"""What stands in the columns that a case type declares for its register and its list."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.answer_words import Words, fields_by_name
from engine.cases.definitions import load_definition
from engine.cases.desk import Desk
from engine.process import Definition
from engine.process.case_type import RegisterColumn
from engine.store.tables import Case, FormRecord, LegalEvent

Ledgers = Mapping[int, Sequence[LegalEvent]]
Answers = Mapping[int, Mapping[str, Any]]


def live(rows: Sequence[LegalEvent]) -> list[LegalEvent]:
    """The events that have not been struck out."""
    return [row for row in rows if row.voided_at is None]


def newest_answers(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Of each case the newest answer to every question, whichever form asked it."""
    answers: dict[int, dict[str, Any]] = {case_id: {} for case_id in case_ids}
    records = select(FormRecord).where(FormRecord.case_id.in_(case_ids)).order_by(FormRecord.id)
    for record in session.scalars(records):
        answers[record.case_id].update(record.answers)
    return answers


def column_values(
    session: Session,
    desk: Desk,
    columns: Sequence[RegisterColumn],
    cases: Sequence[Case],
    ledgers: Ledgers,
    answers: Answers,
) -> dict[int, tuple[str, ...]]:
    """The cells of each case in the order of the columns; lines of a cell are parted by line ends."""
    words = {agency_id: Words(session, agency_id) for agency_id in {case.agency_id for case in cases}}
    found = {}
    for case in cases:
        definition = load_definition(session, desk.library, case.definition_digest)
        teller = _Teller(desk, case, definition, words[case.agency_id], live(ledgers[case.id]), answers[case.id])
        found[case.id] = tuple(teller.cell(column.value) for column in columns)
    return found


class _Teller:
    """Tells the values of one case (engine.process.register_values)."""

    def __init__(
        self,
        desk: Desk,
        case: Case,
        definition: Definition,
        words: Words,
        rows: Sequence[LegalEvent],
        given: Mapping[str, Any],
    ) -> None:
        self.desk = desk
        self.case = case
        self.fields = fields_by_name(definition)
        self.words = words
        self.rows = rows
        self.given = given

    def cell(self, value: str) -> str:
        kind, _, name = value.partition(".")
        if kind == "case":
            return self.of_case(name)
        if kind == "event":
            return next((row.on.isoformat() for row in reversed(self.rows) if row.type == name), "")
        name, _, column = name.partition(".")
        if name not in self.fields:
            return ""
        if kind == "answer":
            return self.words.say(self.fields[name], self.given.get(name))
        rows = self.words.rows(self.fields[name], self.given.get(name))
        return "\n".join(dict.fromkeys(row[column] for row in rows if row.get(column)))

    def of_case(self, name: str) -> str:
        case, local = self.case, self.desk.local
        found: dict[str, str] = {
            "number": case.number,
            "subject": case.subject,
            "registered_on": local(case.registered_at).date().isoformat(),
            "due_on": case.due_on.isoformat() if case.due_on else "",
            "in_time": "" if case.in_time is None else "是" if case.in_time else "否",
            "closed_on": local(case.closed_at).date().isoformat() if case.closed_at else "",
        }
        return found[name]

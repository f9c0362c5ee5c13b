"""Answers in words: labels for codes, names for units and people."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.process import Definition, Field
from engine.statute.decisions import ground_title
from engine.statute.said import said
from engine.store.tables import Account, Unit


def show_answer(asked: Field, value: Any, units: Mapping[int, str], people: Mapping[int, str]) -> str:
    """An answer in words: labels for codes, names for units and people, one line for each row of a table."""
    if asked.type == "rows" and isinstance(value, list):
        return "\n".join(
            "；".join(
                f"{column.label}：{show_answer(column, row[column.name], units, people)}"
                for column in asked.columns
                if column.name in row
            )
            for row in value
        )
    if isinstance(value, bool):
        return "是" if value else "否"
    if asked.type == "file" and isinstance(value, list):
        return said("%(len)s 个文件", len=len(value))
    if isinstance(value, list):
        return "、".join(show_answer(asked, one, units, people) for one in value)
    if asked.type in {"unit", "units"}:
        return units.get(value, str(value))
    if asked.type == "person":
        return people.get(value, str(value))
    if asked.type == "ground":
        return ground_title(str(value))
    return dict(asked.choices).get(str(value), str(value))


class Words:
    """Says answers of one agency's cases in words; names are read once."""

    def __init__(self, session: Session, agency_id: int) -> None:
        units = select(Unit.id, Unit.name).where(Unit.agency_id == agency_id)
        people = select(Account.id, Account.name).where(Account.agency_id == agency_id)
        self.units = dict(session.execute(units).all())
        self.people = dict(session.execute(people).all())

    def say(self, asked: Field, value: Any) -> str:
        """One answer; empty for none."""
        return "" if value in (None, "", []) else show_answer(asked, value, self.units, self.people)

    def rows(self, asked: Field, value: Any) -> list[dict[str, str]]:
        """The rows of a table, every cell in words."""
        listed = value if isinstance(value, list) else []
        return [
            {column.name: self.say(column, row.get(column.name)) for column in asked.columns}
            for row in listed
            if isinstance(row, Mapping)
        ]


def fields_by_name(definition: Definition) -> dict[str, Field]:
    """Every question of the case type; the form read last wins where two ask under one name."""
    return {field.name: field for form in definition.forms.values() for field in form.fields}

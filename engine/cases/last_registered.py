"""What a further registration may take over from the last one: letters come in piles, people ask several things."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from engine.cases.access import visible
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.steps import Answers
from engine.process import Form
from engine.store.tables import Case, FormRecord


@dataclass(frozen=True, slots=True)
class Last:
    """What the actor registered last, today: its answers by what a further request may take over from it.

    `arrival`: how and when it came in. `applicant`: who asks. `matter`: what is asked for.
    """

    case_id: int
    number: str
    arrival: Answers
    applicant: Answers
    matter: Answers


def last_registered(desk: Desk, actor: Actor, case_type: str) -> Last | None:
    """The actor's last registration of the day, if the actor may still see it.

    Older ones are not offered: their applicants' personal data are shown in full for a stated reason only.
    """
    begin = datetime.combine(desk.today(), time(), desk.zone)
    with desk.reading() as session:
        mine = (Case.registered_by == actor.id, Case.case_type == case_type, Case.registered_at >= begin)
        case = session.scalar(visible(select(Case).where(*mine), actor).order_by(Case.id.desc()).limit(1))
        if case is None:
            return None
        definition = load_definition(session, desk.library, case.definition_digest)
        form = definition.forms[definition.steps[definition.case_type.start].form]
        first = select(FormRecord.answers).where(FormRecord.case_id == case.id, FormRecord.form == form.name)
        answers = session.scalar(first.order_by(FormRecord.id).limit(1)) or {}
        arrival = arrival_fields(form)
        applicant = {name for name, target in form.keep.items() if target.startswith("party.")}
        matter = {
            one.name
            for one in form.fields
            if one.type in {"line", "text", "choice", "choices"}
            and not one.when
            and one.name not in arrival | applicant
        }

        def taken(names: set[str]) -> dict[str, Any]:
            return {name: value for name, value in answers.items() if name in names}

        return Last(case.id, case.number, taken(arrival), taken(applicant), taken(matter))


def arrival_fields(form: Form) -> set[str]:
    """Fields that say how and when a request came in: those that its legal events are made of."""
    told = [name for rule in form.events for name in (rule.date, *rule.with_.values())]
    return {one.name for one in form.fields if one.name in told}


def arrival_days(form: Form) -> set[str]:
    """Of these, the days; a form opens with today in them."""
    return {one.name for one in form.fields if one.type == "date"} & arrival_fields(form)

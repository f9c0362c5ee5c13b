"""Rungs of other dates than replies: what reviewing bodies wait for, publication, 督办, answers to 催办."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.calendars import calendar_of
from engine.cases.desk import Desk
from engine.cases.ladder import Reminder, due_text, rung_reached
from engine.cases.people import People
from engine.cases.publications import open_publications
from engine.cases.reminding import answer_due, unanswered
from engine.cases.review_register import open_reviews
from engine.cases.supervision_items import open_items
from engine.statute.calendar import StatutoryDate
from engine.statute.light import light_of_date
from engine.statute.outcome import PUBLICATION_WORKING_DAYS
from engine.statute.reviews import REVIEW_TITLES
from engine.statute.said import said
from engine.store.tables import Case


def own_date_reminders(desk: Desk, session: Session, agency_id: int, people: People) -> list[Reminder]:
    """What has reached a rung, of every reconsideration, suit, publication, item and reminder under way."""
    return [
        *_of_reviews(desk, session, agency_id, people),
        *_of_publications(desk, session, agency_id, people),
        *_of_items(desk, session, agency_id, people),
        *_of_reminders(desk, session, agency_id, people),
    ]


def _of_reviews(desk: Desk, session: Session, agency_id: int, people: People) -> Iterator[Reminder]:
    lines = open_reviews(desk, session, agency_id)
    query = select(Case.id, Case.handler_id).where(Case.id.in_({line.case_id for line in lines}))
    handlers = dict(session.execute(query).all())
    for line in lines:
        for one in line.dates:
            if one.light is None:
                continue
            clock = one.own.clock
            period = desk.settings.clock.filing_working_days if clock == "filing" else None
            reached = rung_reached(one.light, desk.settings.ladder.of(clock), period)
            if reached is not None:
                words = "%(kind)s%(title)s" if clock == "hearing" else "%(kind)s%(title)s期限"
                what = said(words, kind=REVIEW_TITLES[line.kind], title=one.own.title)
                # A hearing that is put off has rungs of its own.
                begun = f"{one.own.due.value}:" if clock == "hearing" else ""
                yield people.reminder(
                    reached,
                    key=f"review:{line.id}:{clock}:{begun}{reached.code}",
                    text=due_text(line.number, what, one.light),
                    case_id=line.case_id,
                    handler_id=handlers[line.case_id],
                    also=people.holding("legal"),
                )


def _of_publications(desk: Desk, session: Session, agency_id: int, people: People) -> Iterator[Reminder]:
    for task in open_publications(desk, session, agency_id):
        if task.light is None:
            continue
        reached = rung_reached(task.light, desk.settings.ladder.of("publication"), PUBLICATION_WORKING_DAYS)
        if reached is not None:
            # The case is done with: it is no longer its handler's.
            tell = tuple(role for role in reached.tell if role not in {"handler", "unit_head"})
            yield people.reminder(
                replace(reached, tell=tell),
                key=f"publication:{task.id}:{reached.code}",
                text=due_text(task.number, "转为主动公开的公开期限", task.light),
                case_id=task.case_id,
                handler_id=None,
                also=people.holding("publisher"),
            )


def _of_items(desk: Desk, session: Session, agency_id: int, people: People) -> Iterator[Reminder]:
    calendar, today = calendar_of(session, agency_id, desk.settings), desk.today()
    for item, _name, number in open_items(session, agency_id):
        light = light_of_date(StatutoryDate(item.due_on), today, calendar)
        reached = rung_reached(light, desk.settings.ladder.of("item"))
        if reached is not None:
            # Whoever is in charge stands for the handler; when it is late, whoever ordered it is told too.
            ordered_by = [item.opened_by] if reached.level == "overdue" else []
            yield people.reminder(
                reached,
                key=f"item:{item.id}:{reached.code}",
                text=due_text(number or "督办", said("督办第 %(item)s 项的期限", item=item.id), light),
                case_id=item.case_id,
                handler_id=item.account_id,
                also=[item.account_id, *ordered_by],
            )


def _of_reminders(desk: Desk, session: Session, agency_id: int, people: People) -> Iterator[Reminder]:
    """An unanswered 催办 climbs from whoever has to answer to those above; whoever sent it is told once it is late."""
    calendar, today = calendar_of(session, agency_id, desk.settings), desk.today()
    for one, number in unanswered(session, agency_id):
        light = light_of_date(answer_due(desk, calendar, one), today, calendar)
        reached = rung_reached(light, desk.settings.ladder.of("reminder"), desk.settings.ladder.answer_working_days)
        if reached is not None:
            sender = [one.sent_by] if reached.level == "overdue" else []
            yield people.reminder(
                reached,
                key=f"reminder:{one.id}:{reached.code}",
                text=due_text(number, "催办的答复期限", light),
                case_id=one.case_id,
                handler_id=one.account_id,
                also=[one.account_id, *sender],
            )

"""Tell the stories: every act through the command that an officer's click calls, at its own moment."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from engine.cases.actions import take_action
from engine.cases.answers import shown
from engine.cases.calendars import calendar_of
from engine.cases.claims import claim
from engine.cases.definitions import current_definition
from engine.cases.desk import Desk
from engine.cases.documents import Upload
from engine.cases.errors import AnswerErrors, Refusal
from engine.cases.escalation import escalate
from engine.cases.flow import performers
from engine.cases.letters_desk import issue_receipt
from engine.cases.registration import register
from engine.cases.stepform import StepForm, action_form, registration_form, step_form
from engine.cases.steps import complete_step
from engine.cases.timers import fire_due_timers
from engine.demo.office import People
from engine.demo.papers import own_paper, paper
from engine.demo.queue import REGISTER, Act, move
from engine.demo.stories import Answers, usual_answers
from engine.process import Field
from engine.store.tables import CaseItem, Letter, Timer, WorkItem
from letters.wording import chinese_date

_CLAIM = "claim:"
_REMINDED = timedelta(days=10)
_NAMED = re.compile(r"\{([^{}]+)\}")
_FROM_TODAY = re.compile(r"@([+-]\d+)?")


class StoryFault(Exception):
    """A story that the office's own rules do not allow: a slip in the story, or a fault of the program."""


class ClockStands(Exception):
    """The story cannot go on: a limit that should have run out needs a holiday notice that is not loaded."""


@dataclass(slots=True)
class Teller:
    """Tells acts one after another, up to the moment `at`.

    `cases`: story id -> id and number of the case it has opened.
    """

    desk: Desk
    people: People
    at: datetime
    cases: dict[str, tuple[int, str]] = field(default_factory=dict)
    _awake: date = date.min

    def tell(self, act: Act, serial: int) -> None:
        """Carry out one act. `serial` numbers tracking and receipt numbers. Raises ClockStands, StoryFault."""
        self.rest(act.moment)
        self._set_clock(act.moment)
        try:
            self._carry_out(act, serial)
        except AnswerErrors as faults:
            raise StoryFault(f"{_where(act)}: {faults.errors}") from faults
        except Refusal as refusal:
            raise StoryFault(f"{_where(act)}: {refusal}") from refusal

    def rest(self, until: datetime) -> None:
        """What the scheduler does up to the morning of this day: due timers at their first minutes, then reminders.

        Reminders are sent on the last days before `at` only: earlier ones would be read and forgotten.
        """
        today = self.desk.local(until).date()
        if today <= self._awake:
            return
        while (due := self._next_timer()) is not None and due < today:
            self._set_clock(datetime.combine(due + timedelta(days=1), time(0, 5), self.desk.zone))
            if not fire_due_timers(self.desk).fired:
                raise StoryFault(f"a timer due on {due} does not fire")
        if self.desk.local(self.at).date() - today <= _REMINDED:
            self._set_clock(min(datetime.combine(today, time(7, 30), self.desk.zone), until))
            escalate(self.desk)
        self._awake = today

    def _next_timer(self) -> date | None:
        with self.desk.reading() as session:
            waiting = select(func.min(Timer.due_on)).where(Timer.fired_at.is_(None), Timer.cancelled_at.is_(None))
            return session.scalar(waiting)

    def _set_clock(self, moment: datetime) -> None:
        self.desk.now = lambda: moment

    def _carry_out(self, act: Act, serial: int) -> None:
        story = act.story
        with self.desk.reading() as session:
            definition = current_definition(session, self.desk.library, story.case_type)
        case_type = definition.case_type
        if act.name == REGISTER:
            registrar = self.people.holder(definition.steps[case_type.start].role[0], story.handler)
            opened = registration_form(self.desk, registrar, story.case_type)
            answers, papers = self._filled(act, opened, story.register, serial)
            registered = register(self.desk, registrar, story.case_type, answers, papers)
            self.cases[story.id] = registered.case_id, registered.number
            if answers.get("channel") == "in_person":
                issue_receipt(self.desk, registrar, registered.case_id)
            return
        case_id, _number = self.cases[story.id]
        roles = {one.id: one.roles for one in case_type.actions}
        if act.name in roles:
            actor = self.people.holder(roles[act.name][0], story.handler)
            opened = action_form(self.desk, actor, case_id, act.name)
            answers, papers = self._filled(act, opened, act.answers, serial)
            take_action(self.desk, actor, case_id, act.name, answers, papers)
            return
        work = self._work(act, case_id)
        with self.desk.reading() as session:
            apart = performers(session, case_id, definition.steps[work.element].apart_from)
        actor = self.people.doer(work, story.handler, apart)
        if act.name.startswith(_CLAIM):
            claim(self.desk, actor, work.id)
            return
        opened = step_form(self.desk, actor, work.id)
        answers, papers = self._filled(act, opened, act.answers, serial)
        complete_step(self.desk, actor, work.id, answers, papers, opened.seen)

    def _work(self, act: Act, case_id: int) -> WorkItem:
        element, _, member = act.name.removeprefix(_CLAIM).partition(":")
        with self.desk.reading() as session:
            rows = session.execute(
                select(WorkItem, CaseItem)
                .join(CaseItem, CaseItem.id == WorkItem.item_id, isouter=True)
                .where(WorkItem.case_id == case_id, WorkItem.status == "open")
                .order_by(WorkItem.id)
            ).all()
        for work, item in rows:
            if work.element == element and (not member or self._is_member(item, member)):
                return work
        with self.desk.reading() as session:
            undated = (Timer.case_id == case_id, Timer.due_on.is_(None), Timer.cancelled_at.is_(None))
            if session.scalar(select(Timer.id).where(*undated).limit(1)) is not None:
                raise ClockStands
        raise StoryFault(f"{_where(act)}: waits for {[work.element for work, _item in rows]}")

    def _is_member(self, item: CaseItem | None, member: str) -> bool:
        return item is not None and (
            item.data.get("name") == member or item.unit_id == self.people.units.get(member, -1)
        )

    def _filled(
        self, act: Act, opened: StepForm, own: Answers, serial: int
    ) -> tuple[dict[str, Any], dict[str, list[Upload]]]:
        """What the officer types: the story's answers, else what the form opens with, else the usual ones."""
        form = opened.form
        if strange := own.keys() - {one.name for one in form.fields}:
            raise StoryFault(f"{_where(act)}: the form has no field {sorted(strange)}")
        story = act.story
        usual = usual_answers(story.case_type).get(form.name, {})
        given = {**usual, **opened.values, **story.answers.get(form.name, {}), **own}
        words = self._words(act, serial)
        filled: dict[str, Any] = {}
        papers: dict[str, list[Upload]] = {}
        for asked in form.fields:
            if asked.name not in given or not shown(asked, filled):
                continue
            value = self._meant(asked, given[asked.name], words, act)
            if asked.type == "file":
                day = self.desk.local(act.moment).date()
                papers[asked.name] = [
                    own_paper(story.papers, title[1:])
                    if title.startswith("@")
                    else paper(title, words.get("case", ""), day)
                    for title in value
                ]
            else:
                filled[asked.name] = value
        return filled, papers

    def _meant(self, asked: Field, value: Any, words: Mapping[str, str], act: Act) -> Any:
        if asked.type == "rows":
            columns = {column.name: column for column in asked.columns}
            return [{name: self._meant(columns[name], cell, words, act) for name, cell in row.items()} for row in value]
        if asked.type in {"unit", "units"} and not isinstance(value, list):
            return self.people.units.get(value, value)
        if asked.type == "date" and (offset := _FROM_TODAY.fullmatch(str(value))):
            return self._from_today(act, int(offset[1] or 0)).isoformat()
        if isinstance(value, str):
            return _NAMED.sub(lambda found: self._word(found[1], words, act), value)
        if isinstance(value, list):
            return [self._meant(asked, one, words, act) for one in value]
        return value

    def _from_today(self, act: Act, working_days: int) -> date:
        with self.desk.reading() as session:
            calendar = calendar_of(session, next(iter(self.people.actors.values())).agency_id, self.desk.settings)
        return move(self.desk.local(act.moment).date(), working_days, calendar)

    def _words(self, act: Act, serial: int) -> dict[str, str]:
        told = act.story.register
        return {
            "serial": f"{serial:04d}",
            "applicant": str(told.get("name", "")),
            "phone": str(told.get("phone", "")),
            "address": str(told.get("address") or told.get("email") or ""),
            "case": self.cases.get(act.story.id, (0, ""))[1],
        }

    def _word(self, name: str, words: Mapping[str, str], act: Act) -> str:
        """A word in braces: of `words`, a day (`@-4`), or `R02.number`, `R02.date`, `R02.case` of another story."""
        if name in words:
            return words[name]
        if offset := _FROM_TODAY.fullmatch(name):
            return chinese_date(self._from_today(act, int(offset[1] or 0)))
        story, _, what = name.partition(".")
        if story not in self.cases:
            raise StoryFault(f"{_where(act)}: {{{name}}} means nothing here")
        case_id, number = self.cases[story]
        if what == "case":
            return number
        with self.desk.reading() as session:
            reply = session.scalar(
                select(Letter).where(Letter.case_id == case_id, Letter.series == "reply").order_by(Letter.id.desc())
            )
        if reply is None:
            raise StoryFault(f"{_where(act)}: {story} has no reply yet")
        return str(reply.number) if what == "number" else reply.dated_on.isoformat()


def _where(act: Act) -> str:
    return f"{act.story.id} {act.name} {act.moment:%Y-%m-%d %H:%M}"


def stories_told(cases: Sequence[tuple[int, str]], acts: Sequence[Act]) -> dict[str, tuple[int, str]]:
    """Story id -> id and number of the cases that exist, from the order in which the queue opens them."""
    opened = (act.story.id for act in acts if act.name == REGISTER)
    return dict(zip(opened, cases, strict=False))

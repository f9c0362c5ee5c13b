"""A county office for tests: a person for every role, the shipped case types, a clock that a test moves.

office = open_office(database_url, tmp_path)
case = office.register(subject="青石街改造工程批复").case_id
office.do("completeness", outcome="complete")
office.advance(case, until="leader_signoff")
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import undefer

from engine.cases.accounts import create_account, office_agency
from engine.cases.actions import take_action
from engine.cases.answers import shown
from engine.cases.definitions import case_type_folders, register_definitions
from engine.cases.desk import Actor, Desk, open_desk
from engine.cases.documents import Upload
from engine.cases.permissions import ROLES
from engine.cases.registration import register
from engine.cases.stepform import StepForm, action_form, registration_form, step_form
from engine.cases.steps import StepDone, complete_step
from engine.cases.units import create_unit
from engine.process import Form, Library
from engine.settings import Settings, load_settings
from engine.statute.decisions import grounds_of
from engine.store.tables import Case, InboxMessage, LegalEvent, Timer, WorkItem

ROOT = Path(__file__).parents[1]
PASSWORD = "Qingshi-412-lu"
ZONE = ZoneInfo("Asia/Shanghai")
# Parsed definitions are kept by content hash, so all offices of a test run may share them.
_LIBRARY = Library()

# From registration to the archive without correction, search or consultation.
STRAIGHT: Mapping[str, Mapping[str, Any]] = {
    "completeness": {"outcome": "complete"},
    "triage": {"outcome": "direct"},
    "draft": {"outcome": "submit", "decision": "G2", "locator": "县政府网站首页“政务公开—公告栏”。"},
    "first_signoff": {"outcome": "approve"},
    "secrecy_review": {"outcome": "approve"},
    "legal_review": {"outcome": "approve"},
    "leader_signoff": {"outcome": "approve"},
    "issue_reply": {"outcome": "issue"},
    "dispatch": {"mode": "pickup"},
    "archive": {},
}


@dataclass
class Clock:
    """Wednesday 2026-09-16, 10:00 in 云岭县, until a test moves it."""

    moment: datetime = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)

    def on(self, day: str, at: str = "10:00") -> None:
        """Set the office's clock to a day and a time of day."""
        self.moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), ZONE).astimezone(UTC)

    @property
    def today(self) -> str:
        return self.moment.astimezone(ZONE).date().isoformat()


@dataclass
class Office:
    """An office at work. `people` by user name: one per role, and `handler2`, `unit2` beside them."""

    desk: Desk
    clock: Clock
    people: dict[str, Actor] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)

    def register(self, **answers: Any) -> StepDone:
        """Register a request that came in today; `answers` override the plausible ones."""
        intake = self.people["intake"]
        usual = {"channel": "in_person", "kind": "natural_person", "name": "韩立国", "id_kind": "other_id"}
        usual |= {"id_number": "云0001", "arrived_on": self.clock.today, "phone": "0870-5550188"}
        form = registration_form(self.desk, intake, "disclosure_request").form
        return register(self.desk, intake, "disclosure_request", fill(form, {**usual, **answers}, self.clock.today))

    def open_steps(self, case_id: int | None = None) -> list[WorkItem]:
        """Open work items, oldest first."""
        query = select(WorkItem).where(WorkItem.status == "open").order_by(WorkItem.id)
        return self._all(query if case_id is None else query.where(WorkItem.case_id == case_id))

    def waiting(self, case_id: int | None = None) -> list[str]:
        """Elements of the open work items."""
        return [work.element for work in self.open_steps(case_id)]

    def open_case(
        self, case_type: str, who: str, papers: Mapping[str, Mapping[str, str | bytes]] | None = None, **answers: Any
    ) -> int:
        """Register a case of another type; `papers`: file field -> file name -> text. Returns its id."""
        actor = self.people[who]
        form = registration_form(self.desk, actor, case_type).form
        filled = fill(form, answers, self.clock.today)
        return register(self.desk, actor, case_type, filled, uploads(papers)).case_id

    def do(
        self,
        element: str,
        *,
        case: int | None = None,
        who: str | None = None,
        papers: Mapping[str, Mapping[str, str | bytes]] | None = None,
        **answers: Any,
    ) -> StepDone:
        """Complete the oldest open work item of `element` as somebody who may; answers not given are made up."""
        opened, actor = self.open(element, case=case, who=who)
        return self.hand_in(opened, actor, papers, **answers)

    def open(self, element: str, *, case: int | None = None, who: str | None = None) -> tuple[StepForm, Actor]:
        """The page of the oldest open work item of `element`, and whoever opened it."""
        found = [work for work in self.open_steps(case) if work.element == element]
        assert found, f"{element} does not wait; open: {self.waiting(case)}"
        actor = self.people[who] if who else self._doer(found[0])
        return step_form(self.desk, actor, found[0].id), actor

    def hand_in(
        self,
        opened: StepForm,
        actor: Actor,
        papers: Mapping[str, Mapping[str, str | bytes]] | None = None,
        **answers: Any,
    ) -> StepDone:
        """Hand in a page that was opened before."""
        filled = fill(opened.form, {**opened.values, **answers}, self.clock.today)
        assert opened.work_item_id is not None
        return complete_step(self.desk, actor, opened.work_item_id, filled, uploads(papers), opened.seen)

    def act(self, action: str, case: int, *, who: str = "handler", **answers: Any) -> StepDone:
        """Take an action of the case type, such as `withdraw` or `request_extension`."""
        actor = self.people[who]
        form = action_form(self.desk, actor, case, action).form
        return take_action(self.desk, actor, case, action, fill(form, answers, self.clock.today))

    def advance(self, case: int, until: str | None = None) -> None:
        """Do step after step of the straight way until `until` waits, or the case has ended."""
        while (open_now := self.waiting(case)) and until not in open_now:
            self.do(open_now[0], case=case, **STRAIGHT[open_now[0]])

    def case(self, case_id: int) -> Case:
        """The row as it stands now."""
        return self._all(select(Case).where(Case.id == case_id).options(undefer(Case.state)))[0]

    def ledger(self, case_id: int) -> list[str]:
        """Types of the case's legal events in the order recorded."""
        rows = self._all(select(LegalEvent).where(LegalEvent.case_id == case_id).order_by(LegalEvent.seq))
        return [row.type for row in rows]

    def timers(self, case_id: int | None = None) -> list[Timer]:
        """Timer rows, oldest first."""
        query = select(Timer).order_by(Timer.id)
        return self._all(query if case_id is None else query.where(Timer.case_id == case_id))

    def inbox(self, username: str) -> list[str]:
        """Texts of the person's messages, oldest first."""
        mine = InboxMessage.account_id == self.people[username].id
        return [row.text for row in self._all(select(InboxMessage).where(mine).order_by(InboxMessage.id))]

    def _all(self, query: Any) -> list[Any]:
        with self.desk.reading() as session:
            return list(session.scalars(query))

    def _doer(self, work: WorkItem) -> Actor:
        if work.assignee_id is not None:
            return next(actor for actor in self.people.values() if actor.id == work.assignee_id)
        fits = (
            actor
            for actor in self.people.values()
            if not actor.roles.isdisjoint(work.role.split()) and work.unit_id in (None, actor.unit_id)
        )
        return next(fits)


def uploads(files: Mapping[str, Mapping[str, str | bytes]] | None) -> dict[str, list[Upload]]:
    """File field -> file name -> text or bytes, as uploads."""
    return {
        name: [
            Upload(filename, BytesIO(text if isinstance(text, bytes) else text.encode()))
            for filename, text in texts.items()
        ]
        for name, texts in (files or {}).items()
    }


def office_settings(database_url: str, data_dir: Path) -> Settings:
    """The shipped configuration on this database, with passwords that cost nothing to hash."""
    settings = load_settings(ROOT / "config.toml", database_url=database_url, data_dir=data_dir)
    cheap = settings.security.model_copy(update={"argon2_time_cost": 1, "argon2_memory_kib": 8})
    return settings.model_copy(update={"security": cheap})


def open_office(database_url: str, data_dir: Path, clock: Clock | None = None) -> Office:
    """A new office in an empty, migrated database. Dispose of `office.desk.sessions.engine` afterwards."""
    clock = clock or Clock()
    desk = open_desk(office_settings(database_url, data_dir), now=clock)
    desk.library = _LIBRARY
    office = Office(desk, clock)
    for name in ("政务公开股", "自然资源股", "财政股"):
        office.units[name] = create_unit(desk, None, name)
    with desk.reading() as session:
        agency_id = office_agency(session, desk).id
    names = {role: f"{title}甲" for role, title in ROLES.items()} | {"handler2": "经办人乙", "unit2": "协办科室乙"}
    homes = {"unit": "自然资源股", "unit2": "财政股"}
    for username, name in names.items():
        role, home = username.rstrip("2"), office.units[homes.get(username, "政务公开股")]
        made = create_account(desk, None, username=username, name=name, roles=[role], unit_id=home, password=PASSWORD)
        office.people[username] = Actor(made.account_id, name, agency_id, home, frozenset({role}))
    desk.write(lambda session: register_definitions(session, case_type_folders(), clock()))
    return office


def fill(form: Form, given: Mapping[str, Any], today: str) -> dict[str, Any]:
    """The given answers, and a plausible one for every required field that is asked and not given."""
    filled: dict[str, Any] = {}
    for one in form.fields:
        if not shown(one, filled):
            continue
        if one.name in given:
            filled[one.name] = given[one.name]
        elif one.required:
            filled[one.name] = _plausible(one, filled, today)
    return filled


def _plausible(one: Any, filled: Mapping[str, Any], today: str) -> Any:
    if one.type == "rows":
        return [
            {column.name: _plausible(column, filled, today) for column in one.columns if column.required}
            for _ in range(max(one.min_rows or 0, 1))
        ]
    if one.type == "decision":
        return "G2"
    if one.type == "ground":
        return next(iter(grounds_of(str(filled.get("decision", "")))), None)
    by_type = {
        "choice": one.choices[0][0] if one.choices else None,
        "choices": [one.choices[0][0]] if one.choices else None,
        "date": today,
        "whole": str(one.min or 1),
        "yes_no": "1",
        "unit": "1",
        "units": ["1"],
        "person": "1",
        "phone": "0870-5550188",
        "email": "han@example.org",
        "link": f"https://www.yunling.example/{one.name}.html",
        "id_number": "云0001",
    }
    return by_type.get(one.type, f"填写{one.label}")

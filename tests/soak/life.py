"""Cases through their whole life while their processes are killed: `python -m tests.soak.life [CASES] [SECONDS]`.

Four real web processes and two real schedulers work on one PostgreSQL server. Officers of every role carry the cases
from the counter to the archive over HTTP; for the first SECONDS a random process is killed every second and started
again. Whoever gets no answer looks what has become of it and goes on. Then everything that must hold is checked.
Ends with a line of JSON; the exit code is 1 when something does not hold.
"""

import argparse
import json
import logging
import queue
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from engine.cases.desk import Actor, open_desk
from engine.cases.errors import Refusal
from engine.cases.stepform import action_form, registration_form, step_form
from engine.now import system_now
from engine.store import migrate
from engine.store.tables import WAITS, Case, FormRecord, Timer, WorkItem
from tests.office import STRAIGHT, Clock, Office, fill, office_settings, open_office
from tests.soak.browser import Browser, Page, Unanswered
from tests.soak.invariants import broken
from tests.soak.processes import Parts, keep
from tests.soak.server import Server

Answers = Mapping[str, Any]

# What is answered when a case's own way says nothing: on to the archive.
ONWARD: Mapping[str, Answers] = {
    **STRAIGHT,
    "plan": {"outcome": "draft"},
    "correction_issue": {"outcome": "issue"},
    "abandon_check": {"outcome": "abandon"},
    "third_party_issue": {"outcome": "issue"},
    "third_party_reply": {"outcome": "opinion", "opinion": "agree"},
    "fee_issue": {"outcome": "issue"},
    "fee_draft": {"fee_mode": "per_page", "fee_pages": "40"},
    "fee_payment": {"outcome": "full", "fee_amount": "100"},
    "delivery": {"outcome": "delivered"},
}
_MEASURES = {
    "outcome": "measures",
    "units": [{"unit": "{unit}", "search_request": "请检索。"}],
    "third_parties": [{"name": "云岭化工有限公司", "address": "云岭县工业园区"}],
}
# Ways that requests take, by how many in twenty: what is answered first at a step, before the answers above.
WAYS: tuple[tuple[int, Mapping[str, tuple[Answers, ...]]], ...] = (
    (10, {}),
    (3, {"completeness": ({"outcome": "correct"},)}),
    (2, {"first_signoff": ({"outcome": "return"},), "leader_signoff": ({"outcome": "return"},)}),
    (2, {"triage": ({"outcome": "handle"},), "plan": (_MEASURES,)}),
    (1, {"triage": ({"outcome": "handle"},), "plan": ({"outcome": "fee"},)}),
    (1, {"dispatch": ({"mode": "postal"},)}),
    (1, {"triage": ({"outcome": "handle"},), "!withdraw": ({},)}),
)
# Of a hundred, registered weeks ago through the commands: their timers are due when the schedulers start.
OLD = 10


@dataclass
class Tally:
    """What happened."""

    cases: int
    kills: int = 0
    steps_over_http: int = 0
    requests: int = 0
    unanswered: int = 0
    refused: int = 0
    doubtful_but_stored: int = 0
    timers_fired: int = 0
    seconds: float = 0.0
    disturbed_seconds: float = 0.0
    web_memory_mb: list[tuple[float, float]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """A case to be carried through: a new one (`case_id` None) or one that has waited; `until`: patience with it."""

    number: int
    case_id: int | None
    first: dict[str, list[Answers]]
    until: float = field(default_factory=lambda: time.monotonic() + 3600)


class Officers:
    """Everybody of the office at work, in as many threads as given."""

    def __init__(self, office: Office, ports: list[int], tally: Tally, plans: list[Plan]) -> None:
        self.office, self.tally = office, tally
        self.ports = ports
        self.own = threading.local()  # each thread has a browser for each person
        self.plans: queue.Queue[Plan] = queue.Queue()
        for plan in plans:
            self.plans.put(plan)
        self.done = 0
        self.acknowledged: list[int] = []
        self.lock = threading.Lock()

    def work(self) -> None:
        """Carry the cases on, a step of one and then a step of the next, until all are archived."""
        while self.done < self.tally.cases:
            try:
                plan = self.plans.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                ended = self._carry_on(plan)
            except Exception as error:  # noqa: BLE001 - told at the end, with the others
                self.tally.faults.append(f"case of plan {plan.number}: {type(error).__name__}: {str(error)[:500]}")
                ended = True
            if ended:
                with self.lock:
                    self.done += 1
            else:
                self.plans.put(plan)

    def _carry_on(self, plan: Plan) -> bool:
        """Do what the case waits for, if it waits for a person; says whether it has come to its end."""
        if plan.case_id is None:
            plan.case_id = self._register(plan)
        with self.office.desk.reading() as session:
            case = session.get_one(Case, plan.case_id)
            works = session.scalars(select(WorkItem).where(WorkItem.case_id == plan.case_id, WAITS)).all()
            due = session.scalar(
                select(func.count()).where(
                    Timer.case_id == plan.case_id, Timer.fired_at.is_(None), Timer.cancelled_at.is_(None),
                    Timer.due_on < self.office.desk.today(),
                )
            )  # fmt: skip
        if case.archived_at is not None and not works:
            return True
        if due or not works:
            if time.monotonic() > plan.until:
                raise TimeoutError(f"{case.number} is stuck at {[work.element for work in works]}, {due} timers due")
            time.sleep(0.05)  # a scheduler is to fire it
        elif "plan" in {work.element for work in works} and plan.first.get("!withdraw"):
            plan.first["!withdraw"].pop()
            self._withdraw(case.id)
        else:
            self._step(random.Random(plan.number).choice(works), plan)
        return False

    def _register(self, plan: Plan) -> int:
        """Hand in the form until somebody answers; `once` makes it one request however often it arrives."""
        intake, today = self.office.people["intake"], self.office.desk.today().isoformat()
        form = registration_form(self.office.desk, intake, "disclosure_request").form
        given = {
            "channel": "in_person", "kind": "natural_person", "name": "韩立国", "id_kind": "other_id",
            "id_number": "云0001", "arrived_on": today, "phone": "0870-5550188", "subject": f"第{plan.number}件",
        }  # fmt: skip
        fields = {**fill(form, given, today), "once": f"plan-{plan.number}"}
        while True:
            page = self._post("intake", "/register/disclosure_request", fields)
            if page is None or page.status in {409, 503}:
                continue
            if page.status != 303:
                raise AssertionError(f"registration answered {page.status}: {page.text[-400:]}")
            return int(page.location.split("/cases/")[1].split("/")[0])

    def _step(self, work: WorkItem, plan: Plan) -> None:
        actor = self.office._doer(work)
        try:
            opened = step_form(self.office.desk, actor, work.id)
        except Refusal:
            return  # somebody was quicker: a timer, or an earlier attempt whose answer was lost
        asked = plan.first.get(work.element)
        answers = dict(asked[0] if asked else ONWARD.get(work.element, {}))
        if "units" in answers:
            answers["units"] = [{**row, "unit": str(self.office.units["自然资源股"])} for row in answers["units"]]
        filled = fill(opened.form, {**opened.values, **answers}, self.office.desk.today().isoformat())
        page = self._post(self._name(actor), f"/work/{work.id}", {**filled, "seen": opened.seen or ""})
        if page is None:
            with self.office.desk.reading() as session:
                stored = session.get_one(WorkItem, work.id).status == "done"
            if not stored:
                return
            self.tally.doubtful_but_stored += 1
        elif page.status in {409, 503}:
            return
        elif page.status != 303:
            raise AssertionError(f"{work.element} answered {page.status}: {_complaint(page)}")
        else:
            self.acknowledged.append(work.id)
            self.tally.steps_over_http += 1
        if asked:
            asked.pop(0)

    def _withdraw(self, case_id: int) -> None:
        handler = self.office.people["handler"]
        form = action_form(self.office.desk, handler, case_id, "withdraw").form
        filled = fill(form, {}, self.office.desk.today().isoformat())
        for _ in range(100):
            if "withdrawal_note" in self.office.waiting(case_id):
                return
            self._post("handler", f"/cases/{case_id}/actions/withdraw", filled)

    def _post(self, name: str, path: str, fields: Answers) -> Page | None:
        """The answer, or None when there was none."""
        self.tally.requests += 1
        try:
            page = self._browser(name).post(path, fields)
        except Unanswered:
            self.tally.unanswered += 1
            time.sleep(0.05)
            return None
        if page.status in {409, 503}:
            self.tally.refused += 1
        return page

    def _browser(self, name: str) -> Browser:
        browsers: dict[str, Browser] = self.own.__dict__
        return browsers.setdefault(name, Browser(name, self.ports))

    def _name(self, actor: Actor) -> str:
        return next(name for name, one in self.office.people.items() if one.id == actor.id)


def _complaint(page: Page) -> str:
    """What a page says is wrong."""
    told = re.findall(r'class="(?:error|banner error|fault)[^>]*>(.*?)</(?:p|div|span|section)>', page.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>|\s+", " ", one) for one in told)[:600] or page.text[-400:]


def plans_of(office: Office, cases: int) -> list[Plan]:
    """New cases in their ways, and old ones that are laid out here with timers that are due."""
    spread = [first for many, first in WAYS for _ in range(many)]
    old = max(2, cases * OLD // 100)
    plans = [
        Plan(number, None, {step: list(answers) for step, answers in spread[number % len(spread)].items()})
        for number in range(cases - old)
    ]
    for number in range(cases - old, cases):
        unconfirmed = number % 2 == 0
        case = office.register(channel="internet" if unconfirmed else "in_person", subject=f"第{number}件").case_id
        if not unconfirmed:
            office.do("completeness", case=case, outcome="correct")
            office.do("correction_draft", case=case)
            office.do("correction_issue", case=case, outcome="issue")
            office.do("correction_service", case=case)
        plans.append(Plan(number, case, {}))
    return plans


def lived(
    cases: int, seconds: float, say: Callable[[str], None], web: int = 4, schedulers: int = 2, threads: int = 8
) -> Tally:
    """One run; its tally names everything that does not hold."""
    tally, begun = Tally(cases), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="yishen-soak-")))
        url = stack.enter_context(Server()).create("office")
        migrate.upgrade(url)
        weeks_ago = Clock(system_now() - timedelta(days=45))
        office = open_office(url, folder, weeks_ago)
        plans = plans_of(office, cases)
        office.desk.sessions.engine.dispose()
        office.desk = open_desk(office_settings(url, folder))
        stack.callback(office.desk.sessions.engine.dispose)
        random.Random(cases).shuffle(plans)
        parts = stack.enter_context(Parts(folder, url, web, schedulers))
        say(f"{web} web processes and {schedulers} schedulers are up")
        officers = Officers(office, [part.port or 0 for part in parts.web], tally, plans)
        killing = parts.kill_at_random(seconds)
        disturbed = time.monotonic()
        workers = [threading.Thread(target=officers.work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            workers[0].join(5) if workers[0].is_alive() else time.sleep(0.2)
            say(f"{officers.done} of {cases} cases archived, {parts.kills} processes killed, {tally.requests} requests")
        killing.join()
        tally.disturbed_seconds = min(round(time.monotonic() - disturbed, 1), seconds)
        parts.wait_for_pages()
        tally.kills = parts.kills
        tally.web_memory_mb = [part.memory() for part in parts.web]
        stack.callback(lambda: keep(folder / "log", "yishen-soak.log") if tally.faults else None)
        _finish(office, parts, officers, tally)
    tally.seconds = round(time.monotonic() - begun, 1)
    return tally


def _finish(office: Office, parts: Parts, officers: Officers, tally: Tally) -> None:
    """Stop the processes properly, then look at everything."""
    parts.__exit__()
    with office.desk.reading() as session:
        tally.timers_fired = session.scalar(select(func.count()).where(Timer.fired_at.is_not(None))) or 0
        subjects = Counter(session.scalars(select(Case.subject)))
        stuck = session.scalars(select(Case.number).where(Case.archived_at.is_(None))).all()
        lost = set(officers.acknowledged) - set(session.scalars(select(WorkItem.id).where(WorkItem.status == "done")))
        forms = session.scalar(select(func.count()).select_from(FormRecord))
    if set(subjects) != {f"第{number}件" for number in range(tally.cases)} or set(subjects.values()) != {1}:
        tally.faults.append(
            f"registered {len(subjects)} of {tally.cases}, twice: {[s for s, n in subjects.items() if n > 1]}"
        )
    if stuck:
        tally.faults.append(f"stuck: {stuck[:5]}")
    if lost or not forms:
        tally.faults.append(f"acknowledged and not stored: {sorted(lost)[:5]}")
    tally.faults += broken(office.desk)
    crashes = [line for line in (parts.folder / "log").read_text("utf-8").splitlines() if "Traceback" in line]
    if crashes:
        tally.faults.append(f"{len(crashes)} tracebacks in the log")


def main() -> None:
    """The run at the size asked for."""
    parser = argparse.ArgumentParser(description="Cases through their whole life while processes are killed.")
    parser.add_argument("cases", type=int, nargs="?", default=1000)
    parser.add_argument("seconds", type=float, nargs="?", default=120)
    asked = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    tally = lived(asked.cases, asked.seconds, lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    sys.stdout.write(json.dumps({"life": asdict(tally)}, ensure_ascii=False) + "\n")
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()

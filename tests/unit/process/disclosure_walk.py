"""A case of the disclosure request walked by hand: answers in, letters, ledger and open steps out; no database."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.process import Definition, Form, Outcome, Wait, complete, fire, parse, read_bundle, send, start

FOLDER = Path(__file__).parents[3] / "workflows" / "disclosure_request"


def definition() -> Definition:
    return parse(read_bundle(FOLDER))


def asked(when: Mapping[str, tuple[str, ...]], answers: Mapping[str, Any]) -> bool:
    """Whether a field is shown, or an event happens, with these answers."""
    return all(str(answers.get(name)) in wanted for name, wanted in when.items())


class Walk:
    """One case. `letters`, `events` and `decision` gather what completing the steps says they do."""

    def __init__(self, of: Definition, **registration: Any) -> None:
        self.of = of
        self.events: list[str] = []
        self.letters: list[str] = []
        self.calls: list[str] = []
        self.passed: list[str] = []
        self.decision: str | None = None
        self.ground: str | None = None
        self.now = start(of, {}, {})
        self.do("register", **registration)

    @property
    def waits(self) -> tuple[Wait, ...]:
        return self.now.waits

    def open(self) -> list[str]:
        """The steps that wait for a person, in alphabetical order."""
        return sorted(wait.element for wait in self.waits if wait.kind == "step")

    def do(self, element: str, *, item: int | None = None, **answers: Any) -> "Walk":
        """Complete a step with these answers."""
        wait = self._waiting("step", element, item)
        step = self.of.steps[element]
        form = self.of.forms[step.form]
        self._file(form, answers)
        if step.letter and (not step.letter_when or answers.get("outcome") in step.letter_when):
            self.letters.append(step.letter)
        return self._take(complete(self.of, self.now.state, wait.token, routing(form, answers), self._facts()))

    def fire(self, element: str, *, item: int | None = None) -> "Walk":
        """Let a timer run out."""
        return self._take(fire(self.of, self.now.state, self._waiting("timer", element, item).token, self._facts()))

    def act(self, action: str, **answers: Any) -> "Walk":
        """Take an action of the case type."""
        found = next(one for one in self.of.case_type.actions if one.id == action)
        form = self.of.forms[found.form]
        self._file(form, answers)
        return self._take(send(self.of, self.now.state, found.message, routing(form, answers), self._facts()))

    def at(self, *elements: str) -> "Walk":
        """Check which steps wait."""
        assert self.open() == sorted(elements)
        return self

    def sign_off(self) -> "Walk":
        """From first sign-off to the signature of the leader."""
        for element in ("first_signoff", "secrecy_review", "legal_review", "leader_signoff"):
            self.do(element, outcome="approve")
        return self

    def reply(self, decision: str, ground: str | None = None, **fields: Any) -> "Walk":
        """Draft, sign off and issue."""
        self.do("draft", outcome="submit", decision=decision, ground=ground, **fields)
        return self.sign_off().do("issue_reply", outcome="issue")

    def serve(self, mode: str = "pickup") -> "Walk":
        """Serve in a way that is complete at once, and archive."""
        return self.do("dispatch", mode=mode, signed_on="2026-06-02", reached_on="2026-06-02").archive()

    def archive(self) -> "Walk":
        self.do("archive", file_list="complete")
        assert self.now.ended
        return self

    def _waiting(self, kind: str, element: str, item: int | None) -> Wait:
        found = [
            wait
            for wait in self.waits
            if (wait.kind, wait.element) == (kind, element) and (item is None or wait.item == item)
        ]
        assert found, f"{element} does not wait; open: {self.open()}"
        return found[0]

    def _file(self, form: Form, answers: Mapping[str, Any]) -> None:
        known = {field.name for field in form.fields}
        assert answers.keys() <= known, f"{form.name} does not ask {answers.keys() - known}"
        self.events.extend(rule.type for rule in form.events if asked(rule.when, answers))
        for name, target in form.keep.items():
            if target == "case.decision" and answers.get(name):
                self.decision = answers[name]
                self.ground = answers.get("ground")

    def _facts(self) -> Mapping[str, int]:
        return Counter(self.events)

    def _take(self, outcome: Outcome) -> "Walk":
        self.now = outcome
        self.calls.extend(call.name for call in outcome.calls)
        self.passed.extend(outcome.passed)
        return self


def routing(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the diagram decides on."""
    chosen = {field.name: answers.get(field.name) for field in form.fields if field.routing}
    return chosen | {rule.count: len(answers.get(rule.rows, ())) for rule in form.items}


def accepted(of: Definition, channel: str = "in_person") -> Walk:
    """Registered, confirmed where the channel needs it, found complete, and waiting for triage."""
    walk = Walk(of, channel=channel)
    if channel in {"internet", "fax", "ordinary_mail"}:
        walk.at("confirm").do("confirm", confirmed_on="2026-05-06")
    return walk.do("completeness", outcome="complete").at("triage")


def planned(of: Definition, channel: str = "in_person") -> Walk:
    return accepted(of, channel).do("triage", outcome="handle").at("plan")


def straight_to_draft(of: Definition, channel: str = "in_person") -> Walk:
    return accepted(of, channel).do("triage", outcome="direct").at("draft")


def searched(of: Definition, channel: str = "in_person", units: int = 1) -> Walk:
    """Search orders sent and answered, back at the plan."""
    walk = planned(of, channel).do("plan", outcome="measures", units=[{"unit": n} for n in range(units)])
    for index in range(units):
        walk.do("search", item=index)
    return walk.at("plan")


def drafting(walk: Walk) -> Walk:
    return walk.do("plan", outcome="draft").at("draft")


def ask(walk: Walk, whom: str) -> Walk:
    """One consultation letter drafted, issued and sent."""
    walk.do(f"{whom}_draft").do(f"{whom}_issue", outcome="issue")
    return walk.do(f"{whom}_send", sent_on="2026-05-12")


def needs_correction(of: Definition, channel: str = "fax") -> Walk:
    walk = Walk(of, channel=channel).do("confirm", confirmed_on="2026-05-06")
    walk.do("completeness", outcome="correct").do("correction_draft").do("correction_issue", outcome="issue")
    return walk.do("correction_service", correction_served_on="2026-05-08").at("correction_receive")

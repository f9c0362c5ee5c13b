"""Our pruned, packed cases against the library's untouched objects: the same waits, variables and end after every step.

YISHEN_WALKS sets how many random walks are made over all diagrams (soak runs ask for thousands).
"""

import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.process import Bundle, Definition, Form, Outcome, Wait, complete, fire, parse, read_bundle, send, start
from tests.unit.process.bundles import CASES, bundle
from tests.unit.process.stock import StockCase

SHIPPED = Path(__file__).parents[3] / "workflows"
# The library follows an unconditional loop for ever when it predicts; see test_library_traps.py.
TOPS = [*sorted(CASES.keys() - {"unconditional"}), *sorted(path.parent.name for path in SHIPPED.glob("*/case.toml"))]
WALKS = int(os.environ.get("YISHEN_WALKS", "300"))
STEPS = 30


def answers(rng: random.Random, form: Form) -> dict[str, Any]:
    return {name: rng.choice(values) if values else rng.randint(0, 3) for name, values in form.routing.items()}


class Pair:
    """One case in both engines."""

    def __init__(self, of: Bundle, definition: Definition, seed: str) -> None:
        self.rng = random.Random(seed)
        self.definition = definition
        self.stock = StockCase(of, definition.case_type.process)
        self.ours: Outcome = start(definition, {}, {})
        self.tokens: dict[str, Any] = {}
        self.log: list[Any] = []

    def compare(self) -> None:
        theirs = self.stock.waits()
        ours = {wait.token: (wait.kind, wait.element, wait.item) for wait in self.ours.waits}
        assert sorted(map(str, ours.values())) == sorted(map(str, theirs.values())), self.log
        assert dict(self.ours.variables) == self.stock.variables, self.log
        assert self.ours.ended == self.stock.ended, self.log
        self.tokens = {token: task for token, task in self.tokens.items() if token in ours}
        assert all(theirs.get(task) == ours[token] for token, task in self.tokens.items()), self.log
        free = {task: key for task, key in theirs.items() if task not in self.tokens.values()}
        for token in ours.keys() - self.tokens.keys():
            match = next(task for task, key in free.items() if key == ours[token])
            self.tokens[token] = match
            del free[match]

    def step(self) -> None:
        steps = [wait for wait in self.ours.waits if wait.kind == "step"]
        events = [wait for wait in self.ours.waits if wait.kind != "step"]
        wait = self.rng.choice(events if not steps or (events and self.rng.random() < 0.2) else steps)
        facts = {"correction_notice_served": self.rng.randint(0, 2)}
        self.stock.facts = facts
        if self.rng.random() < 0.2:
            self.stock.reload()
        self.log.append((wait.kind, wait.element, wait.item))
        self.ours = self.move(wait, facts)

    def move(self, wait: Wait, facts: Mapping[str, int]) -> Outcome:
        definition, state = self.definition, self.ours.state
        if wait.kind == "step":
            given = answers(self.rng, definition.forms[definition.steps[wait.element].form])
            self.log.append(given)
            self.stock.complete(self.tokens[wait.token], given)
            return complete(definition, state, wait.token, given, facts)
        if wait.kind == "timer":
            self.stock.fire(self.tokens[wait.token])
            return fire(definition, state, wait.token, facts)
        assert wait.message is not None
        self.stock.send(wait.message)
        return send(definition, state, wait.message, {}, facts)


@pytest.mark.parametrize("top", TOPS)
def test_every_random_walk_agrees_with_the_untouched_library(top: str) -> None:
    of = bundle(top) if top in CASES else read_bundle(SHIPPED / top)
    definition = parse(of)
    moves = 0
    for seed in range(max(1, WALKS // len(TOPS))):
        pair = Pair(of, definition, f"{top} {seed}")
        for _ in range(STEPS):
            pair.compare()
            if pair.ours.ended:
                break
            pair.step()
            moves += 1
    assert moves > max(1, WALKS // len(TOPS))

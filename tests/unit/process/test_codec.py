"""Saved states: read years later, small, and refused with a sentence when they cannot be read."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.process import Bundle, StateFault, complete, parse, waits
from engine.process.codec import FORMAT, pack, unpack
from tests.unit.process.bundles import Case, definition

# Case types and states as they were stored by format 1; never written anew.
GOLDEN = json.loads((Path(__file__).parent / "golden" / "format_1.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("stored", GOLDEN, ids=lambda stored: stored["case_type"])
def test_states_of_format_1_are_read_and_run_on(stored: dict[str, Any]) -> None:
    of = parse(Bundle(stored["case_type"], stored["files"]))
    state = bytes.fromhex(stored["state"])
    found = waits(of, state)
    assert [[w.token, w.element, w.kind, w.clock, w.message, w.item] for w in found] == stored["waits"]
    variables, places = unpack(of.digest, state)
    assert variables == stored["variables"]
    assert pack(of.digest, variables, places) == state
    for wait in found:
        if wait.kind == "step":
            assert wait.element in complete(of, state, wait.token, {}, {}).passed


def test_a_state_is_a_few_hundred_bytes_and_holds_no_specification() -> None:
    case = Case(definition("many")).do("plan", thing_count=8)
    assert len(case.now.state) < 600
    assert b"con_send" not in case.now.state
    assert case.now.state[0] == FORMAT


def test_an_unknown_format_is_named() -> None:
    case = Case(definition("loop"))
    with pytest.raises(StateFault, match="第 2 版"):
        waits(case.of, b"\x02" + case.now.state[1:])


def test_the_state_of_another_definition_is_refused() -> None:
    with pytest.raises(StateFault, match="另一个版本"):
        waits(definition("loop"), Case(definition("parallel")).now.state)


@given(st.data())
def test_damage_is_a_state_fault_and_nothing_else(data: st.DataObject) -> None:
    case = Case(LOOP).do("ask", outcome="b")
    state = bytearray(case.now.state)
    for _ in range(data.draw(st.integers(1, 3))):
        state[data.draw(st.integers(0, len(state) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(state[: data.draw(st.integers(0, len(state)))])
    with suppress(StateFault):
        waits(LOOP, damaged)


LOOP = definition("loop")

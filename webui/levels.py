"""The levels of a case's process for its diagram page: what is done, what waits, who and when, what lies below what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.cases.diagrams import Track, Visit
from engine.process import Definition
from engine.process.diagram import Node


@dataclass(frozen=True, slots=True)
class Stop:
    """A line of a level's table: a step, a called process or an event that is waited for.

    `state` is done, current (somebody has to do it), waiting (for a day or for somebody outside) or ahead; `until`:
    the day a timer runs out.
    """

    element: str
    name: str
    state: str
    called: str | None
    visits: Sequence[Visit]
    until: date | None


@dataclass(frozen=True, slots=True)
class Level:
    """One diagram: the elements to light, and its steps in the order they were drawn."""

    process: str
    title: str
    current: tuple[str, ...]
    waiting: tuple[str, ...]
    done: tuple[str, ...]
    stops: tuple[Stop, ...]


_STOPS = {"userTask", "callActivity"}


def levels(track: Track) -> list[Level]:
    """Every level, the top one first, then as they are called."""
    definition = track.definition
    lit = _lit(definition, [one for one, kind in track.waiting.items() if kind == "step"])
    waiting = _lit(definition, track.waiting) - lit
    done = set(track.passed) - lit - waiting
    done |= _begun(definition, done | lit | waiting)
    titles = titles_of(definition)
    return [_level(track, process, titles[process], lit, waiting, done) for process in order(definition)]


def chosen(track: Track, found: Sequence[Level], wanted: str | None) -> Level:
    """The level asked for, else the deepest one in which something waits, else the top."""
    nodes = track.definition.nodes
    steps = [one for one, kind in track.waiting.items() if kind == "step"] or list(track.waiting)
    inside = {nodes[one].process for one in steps if one in nodes}
    for level in found:
        if level.process == wanted:
            return level
    return next((level for level in reversed(found) if level.process in inside), found[0])


def titles_of(definition: Definition) -> dict[str, str]:
    """What each level is called: as the call activity names it."""
    titles = {process: process for process in definition.diagrams}
    titles |= {node.called: node.name for node in definition.nodes.values() if node.called}
    return titles | {definition.case_type.process: definition.case_type.title}


def order(definition: Definition) -> list[str]:
    """The levels, the top one first, then as they are called."""
    found = [definition.case_type.process]
    for process in found:
        for node in definition.nodes.values():
            if node.process == process and node.called and node.called not in found:
                found.append(node.called)
    return found


def _lit(definition: Definition, elements: Collection[str]) -> set[str]:
    """These elements, and every call activity on the way down to them."""
    nodes = definition.nodes
    lit = {one for one in elements if one in nodes}
    inside = {nodes[one].process for one in lit}
    while callers := {node.id for node in nodes.values() if node.called in inside} - lit:
        lit |= callers
        inside |= {nodes[one].process for one in callers}
    return lit


def _begun(definition: Definition, reached: Collection[str]) -> set[str]:
    """The start events of every process and subprocess in which something was reached: tokens have left them."""
    scopes = {definition.nodes[one].scope for one in reached if one in definition.nodes}
    return {node.id for node in definition.nodes.values() if node.kind == "startEvent" and node.scope in scopes}


def _level(track: Track, process: str, title: str, lit: set[str], waiting: set[str], done: set[str]) -> Level:
    nodes = [node for node in track.definition.nodes.values() if node.process == process]
    states = {node.id: _state(node, lit, waiting, done) for node in nodes}
    stops = [node for node in nodes if node.kind in _STOPS or states[node.id] == "waiting"]
    return Level(
        process=process,
        title=title,
        current=_in_state(states, "current"),
        waiting=_in_state(states, "waiting"),
        done=_in_state(states, "done"),
        stops=tuple(
            Stop(
                node.id,
                node.name,
                states[node.id],
                node.called,
                track.visits.get(node.id, ()),
                track.timers.get(node.id),
            )
            for node in stops
        ),
    )


def _state(node: Node, lit: set[str], waiting: set[str], done: set[str]) -> str:
    return next(
        (name for name, group in (("current", lit), ("waiting", waiting), ("done", done)) if node.id in group), "ahead"
    )


def _in_state(states: Mapping[str, str], wanted: str) -> tuple[str, ...]:
    return tuple(element for element, state in states.items() if state == wanted)

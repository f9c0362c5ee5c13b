"""The levels of a case's process for its diagram page: what is done, what waits, and what lies below what."""

from dataclasses import dataclass

from engine.cases.casepage import CasePage


@dataclass(frozen=True, slots=True)
class Stop:
    """A step or a called process of a level: `state` is done, current or ahead."""

    element: str
    name: str
    state: str
    called: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """One diagram: the elements to light, and its steps in the order they were drawn."""

    process: str
    title: str
    current: tuple[str, ...]
    done: tuple[str, ...]
    stops: tuple[Stop, ...]


_STOPS = {"userTask", "callActivity"}


def levels(page: CasePage) -> list[Level]:
    """Every level, the top one first, then as they are called."""
    definition = page.definition
    title_of = {node.called: node.name for node in definition.nodes.values() if node.called}
    title_of[definition.case_type.process] = page.type_title
    lit = _lit(page)
    done = set(page.done_elements) - lit
    return [_level(page, process, title_of.get(process, process), lit, done) for process in _order(page)]


def chosen(page: CasePage, wanted: str | None) -> Level:
    """The level asked for, else the deepest one in which something waits, else the top."""
    found = levels(page)
    waiting = {page.definition.nodes[one].process for one in page.current_elements}
    for level in found:
        if level.process == wanted:
            return level
    return next((level for level in reversed(found) if level.process in waiting), found[0])


def _order(page: CasePage) -> list[str]:
    order = [page.definition.case_type.process]
    for process in order:
        for node in page.definition.nodes.values():
            if node.process == process and node.called and node.called not in order:
                order.append(node.called)
    return order


def _lit(page: CasePage) -> set[str]:
    """What waits, and every call activity on the way down to it."""
    nodes = page.definition.nodes
    lit = {one for one in page.current_elements if one in nodes}
    inside = {nodes[one].process for one in lit}
    while callers := {node.id for node in nodes.values() if node.called in inside} - lit:
        lit |= callers
        inside |= {nodes[one].process for one in callers}
    return lit


def _level(page: CasePage, process: str, title: str, lit: set[str], done: set[str]) -> Level:
    nodes = [node for node in page.definition.nodes.values() if node.process == process]
    return Level(
        process=process,
        title=title,
        current=tuple(node.id for node in nodes if node.id in lit),
        done=tuple(node.id for node in nodes if node.id in done),
        stops=tuple(
            Stop(
                node.id,
                node.name,
                "current" if node.id in lit else "done" if node.id in done else "ahead",
                node.called,
            )
            for node in nodes
            if node.kind in _STOPS
        ),
    )

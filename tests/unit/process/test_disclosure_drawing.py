"""The diagrams of the shipped case types can be read on a wall: nothing overlaps, time runs to the right."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

FOLDER = Path(__file__).parents[3] / "workflows"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@dataclass(frozen=True)
class Box:
    of: str
    x: float
    y: float
    width: float
    height: float

    def touches(self, other: "Box") -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def bounds(of: str, owner: etree._Element) -> Box:
    found = owner.find(f"{DC}Bounds")
    assert found is not None, f"{of} is not drawn"
    x, y, width, height = (float(found.get(key, "nan")) for key in ("x", "y", "width", "height"))
    return Box(of, x, y, width, height)


def segments(edge: etree._Element) -> Iterator[Box]:
    """The straight pieces of an edge as boxes without breadth."""
    points = [(float(p.get("x", "nan")), float(p.get("y", "nan"))) for p in edge.iter(f"{DD}waypoint")]
    for (x1, y1), (x2, y2) in pairwise(points):
        name = edge.get("bpmnElement", "")
        assert x1 == x2 or y1 == y2, f"{name} runs aslant"
        yield Box(name, min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))


@pytest.fixture(params=sorted(FOLDER.glob("*/*.bpmn")), ids=lambda path: path.stem)
def root(request: pytest.FixtureRequest) -> etree._Element:
    return etree.parse(str(request.param)).getroot()


def drawn(root: etree._Element) -> tuple[list[Box], list[Box], list[Box]]:
    """Shapes, labels and pieces of edges."""
    shapes, labels, lines = [], [], []
    for one in [*root.iter(f"{DI}BPMNShape"), *root.iter(f"{DI}BPMNEdge")]:
        name = one.get("bpmnElement", "")
        if one.tag == f"{DI}BPMNShape":
            shapes.append(bounds(name, one))
        else:
            lines.extend(segments(one))
        label = one.find(f"{DI}BPMNLabel")
        if label is not None:
            labels.append(bounds(name, label))
    return shapes, labels, lines


def test_shapes_do_not_lie_on_each_other(root: etree._Element) -> None:
    on_border = {one.get("id") for one in root.iter(f"{MODEL}boundaryEvent")}
    shapes, _labels, _lines = drawn(root)
    for one, other in combinations([box for box in shapes if box.of not in on_border], 2):
        assert not one.touches(other), f"{one.of} lies on {other.of}"


def test_labels_stand_free_of_shapes_labels_and_lines(root: etree._Element) -> None:
    shapes, labels, lines = drawn(root)
    for one, other in combinations(labels, 2):
        assert not one.touches(other), f"the labels of {one.of} and {other.of} overlap"
    for label in labels:
        for other in [*shapes, *lines]:
            assert not label.touches(other), f"the label of {label.of} lies on {other.of}"


def test_lines_do_not_run_through_shapes(root: etree._Element) -> None:
    shapes, _labels, lines = drawn(root)
    hosts = {one.get("id"): one.get("attachedToRef") for one in root.iter(f"{MODEL}boundaryEvent")}
    ends = {
        one.get("id"): {one.get("sourceRef"), one.get("targetRef"), hosts.get(one.get("sourceRef"))}
        for one in root.iter(f"{MODEL}sequenceFlow")
    }
    for line in lines:
        for shape in shapes:
            if shape.of not in ends[line.of]:
                assert not line.touches(shape), f"{line.of} runs through {shape.of}"


def test_lines_of_different_flows_cross_nowhere(root: etree._Element) -> None:
    _shapes, _labels, lines = drawn(root)
    ends = {one.get("id"): (one.get("sourceRef"), one.get("targetRef")) for one in root.iter(f"{MODEL}sequenceFlow")}
    for one, other in combinations(lines, 2):
        shared = set(ends[one.of]) & set(ends[other.of])
        if not shared:
            assert not one.touches(other), f"{one.of} crosses {other.of}"


def test_the_start_stands_at_the_left_and_the_last_end_at_the_right(root: etree._Element) -> None:
    shapes, _labels, _lines = drawn(root)
    places = {box.of: box.x for box in shapes}
    starts = {one.get("id", "") for one in root.iter(f"{MODEL}startEvent")}
    ends = {one.get("id", "") for one in root.iter(f"{MODEL}endEvent")}
    assert min(places, key=lambda name: places[name]) in starts
    assert max(places, key=lambda name: places[name]) in ends

"""A changed copy of a shipped case type, edited the way a diagram editor would, drawing included."""

import json
import shutil
from pathlib import Path
from typing import Any

from lxml import etree
from sqlalchemy import select

from engine.cases.migration import migrate
from engine.cases.versions import register_folders
from engine.process.diagram import BPMN, SPIFF
from engine.store.tables import Case, Timer, WorkItem
from tests.office import ROOT

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DD = "http://www.omg.org/spec/DD/20100524/DI"


class Changed:
    """A copy in `folder`: `changed.rename("triage", "研判")`, then register `changed.folder`."""

    def __init__(self, folder: Path, case_type: str = "disclosure_request") -> None:
        self.folder = folder / case_type
        shutil.copytree(ROOT / "workflows" / case_type, self.folder)

    def rename(self, element: str, title: str) -> None:
        def change(node: Any) -> None:
            node.set("name", title)

        self._edit(element, change)

    def set(self, element: str, name: str, value: str) -> None:
        """Give a step's property another value."""

        def change(node: Any) -> None:
            (found,) = [one for one in node.iter(f"{{{SPIFF}}}property") if one.get("name") == name]
            found.set("value", value)

        self._edit(element, change)

    def clock(self, timer: str, clock: str) -> None:
        def change(node: Any) -> None:
            next(node.iter(f"{{{BPMN}}}timeDate")).text = f"due('{clock}')"

        self._edit(timer, change)

    def add_before(self, element: str, step: str, title: str, *, role: str, form: str) -> None:
        """Put a step into every flow that leads to `element`."""

        def change(node: Any) -> None:
            process, root = node.getparent(), node.getroottree().getroot()
            for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
                if flow.get("targetRef") == element:
                    flow.set("targetRef", step)
            for incoming in node.findall(f"{{{BPMN}}}incoming"):
                node.remove(incoming)
            new = etree.SubElement(process, f"{{{BPMN}}}userTask", {"id": step, "name": title})
            extension = etree.SubElement(new, f"{{{BPMN}}}extensionElements")
            properties = etree.SubElement(extension, f"{{{SPIFF}}}properties")
            for name, value in (("role", role), ("form", form), ("limit", "2")):
                etree.SubElement(properties, f"{{{SPIFF}}}property", {"name": name, "value": value})
            ends = {"sourceRef": step, "targetRef": element}
            etree.SubElement(process, f"{{{BPMN}}}sequenceFlow", {"id": f"{step}_flow", **ends})
            _draw(root, step)
            _draw_flow(root, f"{step}_flow")

        self._edit(element, change)

    def remove(self, element: str) -> None:
        """Take out a step with one flow that leaves it, and its form; the flows to it go on to what followed."""

        def change(node: Any) -> None:
            (form,) = [one.get("value") for one in node.iter(f"{{{SPIFF}}}property") if one.get("name") == "form"]
            (self.folder / "forms" / f"{form}.json").unlink()
            process = node.getparent()
            (after,) = [one for one in process.iter(f"{{{BPMN}}}sequenceFlow") if one.get("sourceRef") == element]
            for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
                if flow.get("targetRef") == element:
                    flow.set("targetRef", after.get("targetRef"))
            for gone in (element, after.get("id")):
                for shape in node.getroottree().getroot().iter(f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge"):
                    if shape.get("bpmnElement") == gone:
                        shape.getparent().remove(shape)
            for word in (f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing"):
                for one in [one for one in process.iter(word) if one.text == after.get("id")]:
                    one.getparent().remove(one)
            process.remove(after)
            process.remove(node)

        self._edit(element, change)

    def add_timer(self, host: str, timer: str, title: str, clock: str) -> None:
        """A boundary timer that interrupts nothing and leads to an end."""

        def change(node: Any) -> None:
            process, root = node.getparent(), node.getroottree().getroot()
            at = {"id": timer, "name": title, "attachedToRef": host, "cancelActivity": "false"}
            event = etree.SubElement(process, f"{{{BPMN}}}boundaryEvent", at)
            definition = etree.SubElement(event, f"{{{BPMN}}}timerEventDefinition")
            kind = {"{http://www.w3.org/2001/XMLSchema-instance}type": "bpmn:tFormalExpression"}
            etree.SubElement(definition, f"{{{BPMN}}}timeDate", kind).text = f"due('{clock}')"
            etree.SubElement(process, f"{{{BPMN}}}endEvent", {"id": f"{timer}_end", "name": title})
            ends = {"sourceRef": timer, "targetRef": f"{timer}_end"}
            etree.SubElement(process, f"{{{BPMN}}}sequenceFlow", {"id": f"{timer}_flow", **ends})
            for shape in (timer, f"{timer}_end"):
                _draw(root, shape)
            _draw_flow(root, f"{timer}_flow")

        self._edit(host, change)

    def form(self, name: str, change: Any) -> None:
        """Change a form's JSON in place."""
        path = self.folder / "forms" / f"{name}.json"
        content = json.loads(path.read_text("utf-8"))
        change(content)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")

    def rule(self, old: str, new: str) -> None:
        """Replace a piece of case.toml."""
        path = self.folder / "case.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def _edit(self, element: str, change: Any) -> None:
        for path in self.folder.glob("*.bpmn"):
            tree = etree.parse(path)
            found = [one for one in tree.iter() if one.get("id") == element and etree.QName(one).namespace == BPMN]
            if found:
                change(found[0])
                tree.write(path, encoding="utf-8", xml_declaration=True)
                return
        raise AssertionError(f"no element {element}")


def _draw(root: Any, element: str) -> None:
    plane = next(root.iter(f"{{{_DI}}}BPMNPlane"))
    shape = etree.SubElement(plane, f"{{{_DI}}}BPMNShape", {"id": f"{element}_shape", "bpmnElement": element})
    etree.SubElement(shape, f"{{{_DC}}}Bounds", {"x": "40", "y": "40", "width": "100", "height": "60"})


def _draw_flow(root: Any, flow: str) -> None:
    plane = next(root.iter(f"{{{_DI}}}BPMNPlane"))
    edge = etree.SubElement(plane, f"{{{_DI}}}BPMNEdge", {"id": f"{flow}_edge", "bpmnElement": flow})
    for x in ("140", "180"):
        etree.SubElement(edge, f"{{{_DD}}}waypoint", {"x": x, "y": "70"})


def digest_of(office):
    return office.case(1).definition_digest


def dates(desk):
    """Every date and holder of the office's cases, work items and timers."""
    with desk.reading() as session:
        cases = session.execute(
            select(
                Case.id, Case.due_on, Case.estimated_due_on, Case.cautious_due_on, Case.sort_due_on, Case.told_due_on
            )
        ).all()
        timers = session.execute(select(Timer.id, Timer.token, Timer.clock, Timer.due_on, Timer.fired_at)).all()
        work = session.execute(
            select(
                WorkItem.id,
                WorkItem.token,
                WorkItem.assignee_id,
                WorkItem.claimed_at,
                WorkItem.opened_at,
                WorkItem.limit_on,
                WorkItem.unit_id,
                WorkItem.item_id,
                WorkItem.status,
            )
        ).all()
    return sorted(cases), sorted(timers), sorted(work)


def move_all(office, changed):
    """Register the changed copy and move every case to it; returns the report."""
    old = digest_of(office)
    (new,) = register_folders(office.desk, [changed.folder])
    return migrate(office.desk, None, old, new)

"""Small case types for the tests of the process: diagrams of diagrams/*.bpmn with a handful of forms."""

import json
import re
from pathlib import Path
from typing import Any

from engine.process import Bundle, Definition, Outcome, complete, fire, parse, send, start

DIAGRAMS = Path(__file__).parent / "diagrams"

CASE = """
id = "{process}"
title = "测试"
process = "{process}"
start = "{start}"
number = "{{year}}-{{seq}}"
clock = "reply"
"""

_CHOICES = [["a", "甲"], ["b", "乙"], ["c", "丙"]]
FORMS = {
    "note": {"title": "记录", "fields": [{"name": "note", "type": "text", "label": "说明"}]},
    "choose": {
        "title": "选择",
        "fields": [
            {
                "name": "outcome",
                "type": "choice",
                "label": "结论",
                "required": True,
                "routing": True,
                "choices": _CHOICES,
            }
        ],
    },
    "judge": {"title": "判断", "fields": [{"name": "verdict", "type": "yes_no", "label": "是否", "routing": True}]},
    "count": {
        "title": "清单",
        "fields": [
            {
                "name": "things",
                "type": "rows",
                "label": "清单",
                "columns": [{"name": "what", "type": "line", "label": "事项"}],
            }
        ],
        "items": [{"kind": "thing", "rows": "things", "count": "thing_count"}],
    },
}

# Top process -> its diagrams.
CASES = {
    "loop": ("loop",),
    "parallel": ("parallel",),
    "parallel_loop": ("parallel_loop",),
    "guarded": ("guarded",),
    "caller": ("caller", "outer", "inner"),
    "embedded": ("embedded",),
    "many": ("many", "consult"),
    "side": ("side", "side_inner"),
    "either": ("either",),
    "interrupted": ("interrupted", "consult"),
    "unconditional": ("unconditional",),
}


def text_of(diagram: str) -> str:
    return (DIAGRAMS / f"{diagram}.bpmn").read_text(encoding="utf-8")


def bundle(top: str, **changed: str) -> Bundle:
    """The case type whose top process this is; `changed` replaces the text of diagrams (`loop="…"`)."""
    texts = {name: changed.get(name, text_of(name)) for name in CASES[top]}
    start = re.search(r'<bpmn:userTask id="(\w+)"', texts[top])
    files = {f"{name}.bpmn": text for name, text in texts.items()}
    used = {form for text in texts.values() for form in re.findall(r'name="form" value="(\w+)"', text)}
    files |= {f"forms/{name}.json": json.dumps(FORMS[name], ensure_ascii=False) for name in sorted(used)}
    files["case.toml"] = CASE.format(process=top, start=start[1] if start else "")
    return Bundle(top, files)


def definition(top: str) -> Definition:
    return parse(bundle(top))


def write(folder: Path, of: Bundle) -> Path:
    """Put a bundle's files into a folder."""
    for path, text in of.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


class Case:
    """A case driven by element ids; it is packed and unpacked at every step, as in the office."""

    def __init__(self, of: Definition, **variables: Any) -> None:
        self.of = of
        self.facts: dict[str, int] = {}
        self.now: Outcome = start(of, variables, self.facts)

    def open(self, kind: str = "step") -> list[str]:
        """Elements that wait, with `#item` inside multi-instances, sorted."""
        return sorted(
            wait.element + ("" if wait.item is None else f"#{wait.item}")
            for wait in self.now.waits
            if wait.kind == kind
        )

    def token(self, element: str, item: int | None = None) -> str:
        return next(wait.token for wait in self.now.waits if (wait.element, wait.item) == (element, item))

    def do(self, element: str, item: int | None = None, **variables: Any) -> "Case":
        self.now = complete(self.of, self.now.state, self.token(element, item), variables, self.facts)
        return self

    def fire(self, element: str, item: int | None = None) -> "Case":
        self.now = fire(self.of, self.now.state, self.token(element, item), self.facts)
        return self

    def send(self, message: str, **variables: Any) -> "Case":
        self.now = send(self.of, self.now.state, message, variables, self.facts)
        return self

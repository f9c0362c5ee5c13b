"""`case.toml`: what a case type is called, how it is numbered and where its process begins and ends."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process.bundle import CASE_TOML
from engine.process.faults import DefinitionFault, Fault
from engine.statute.events import EVENT_TYPES

ROLES = frozenset(
    [
        "intake",
        "handler",
        "unit",
        "unit_head",
        "disclosure_head",
        "secrecy_reviewer",
        "legal",
        "leader",
        "supervisor",
        "publisher",
        "admin",
        "auditor",
    ]
)
_KEYS = frozenset(
    ["id", "title", "process", "start", "number", "drill_number", "clock", "milestones", "actions", "clocks", "labels"]
)
STATUTORY_CLOCKS = frozenset({"correction", "payment", "consultation"})
"""Timer names that engine/cases answers from the statutory clock; any other name needs a row `[clocks.<name>]`."""
_MILESTONES = frozenset({"closed", "archived"})
_WORD = re.compile(r"[a-z][a-z0-9_]*")
# Nothing but these two fields: str.format would follow attributes and pad to any width.
_NUMBER = re.compile(r"(?:[^{}]|\{year\}|\{seq(?::0[1-9]d)?\}){1,60}")


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person of these roles may do whenever the process waits for `message`, filling in `form`."""

    id: str
    title: str
    message: str
    roles: tuple[str, ...]
    form: str


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A timer name of this case type alone: `working_days` after the newest legal event of one of the types `after`."""

    after: tuple[str, ...]
    working_days: int


@dataclass(frozen=True, slots=True)
class CaseType:
    """A case type.

    Attributes:
        id, title: code name and Chinese name.
        process: id of the top process; start: element id of the first step, done by registration.
        number, drill_number: patterns with `{year}` and `{seq}`, for real cases and for drills.
        clock: name of the statutory clock the case runs on.
        closing, archiving: elements whose completion closes or archives the case.
        actions: what may be done at any time while the process waits for its message.
        clocks: further timer names. labels: words of the screens that this case type puts differently.
    """

    id: str
    title: str
    process: str
    start: str
    number: str
    drill_number: str
    clock: str
    closing: frozenset[str] = frozenset()
    archiving: frozenset[str] = frozenset()
    actions: tuple[Action, ...] = ()
    clocks: Mapping[str, ClockRule] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def parse_case_type(text: str) -> CaseType:
    """Read case.toml. Raises DefinitionFault holding every fault of the file."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionFault(Fault(CASE_TOML, "", f"不是有效的 TOML：{error}。", "请按提示的行列改正。")) from error
    reader = _Reader()
    case_type = reader.case_type(raw)
    if reader.faults:
        raise DefinitionFault(*reader.faults)
    return case_type


class _Reader:
    """Reads the parts and collects faults, so that the designer sees all of them at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, element: str, what: str, how: str) -> None:
        self.faults.append(Fault(CASE_TOML, element, what, how))

    def case_type(self, raw: Mapping[str, Any]) -> CaseType:
        self.known("", raw, _KEYS)
        identity = self.text("", raw, "id")
        if _WORD.fullmatch(identity) is None:
            self.fault("id", f"标识“{identity}”写法有误。", "请用小写英文字母、数字和下划线。")
        milestones = self.table("", raw, "milestones")
        self.known("milestones", milestones, _MILESTONES)
        number = self.pattern(raw, "number", "{year}-{seq}")
        labels = self.table("", raw, "labels")
        return CaseType(
            id=identity,
            title=self.text("", raw, "title"),
            process=self.text("", raw, "process"),
            start=self.text("", raw, "start"),
            number=number,
            drill_number=self.pattern(raw, "drill_number", f"演练{number}"),
            clock=self.text("", raw, "clock"),
            closing=frozenset(self.words("milestones", milestones, "closed")),
            archiving=frozenset(self.words("milestones", milestones, "archived")),
            actions=tuple(self.action(one) for one in self.tables(raw, "actions")),
            clocks={name: self.clock(name, one) for name, one in self.table("", raw, "clocks").items()},
            labels={key: self.text("labels", labels, key) for key in labels},
        )

    def action(self, raw: Mapping[str, Any]) -> Action:
        owner = f"actions.{raw.get('id', '')}"
        self.known(owner, raw, frozenset({"id", "title", "message", "roles", "form"}))
        roles = tuple(self.words(owner, raw, "roles"))
        for role in roles:
            if role not in ROLES:
                self.fault(owner, f"没有角色“{role}”。", f"可用的角色：{'、'.join(sorted(ROLES))}。")
        texts = {key: self.text(owner, raw, key) for key in ("id", "title", "message", "form")}
        return Action(roles=roles, **texts)

    def clock(self, name: str, raw: object) -> ClockRule:
        owner = f"clocks.{name}"
        if not isinstance(raw, dict):
            self.fault(owner, "时限规则应为一张表。", '请写成 after = ["事件"]、working_days = 天数。')
            return ClockRule((), 0)
        self.known(owner, raw, frozenset({"after", "working_days"}))
        after = tuple(self.words(owner, raw, "after"))
        for event in after:
            if event not in EVENT_TYPES:
                self.fault(owner, f"没有法律事件“{event}”。", f"可用的事件：{'、'.join(sorted(EVENT_TYPES))}。")
        days = raw.get("working_days")
        if type(days) is not int or not 0 <= days <= 1000:
            self.fault(owner, "working_days 应为 0 到 1000 的整数（工作日）。", "请写明天数。")
            days = 0
        return ClockRule(after, days)

    def pattern(self, raw: Mapping[str, Any], key: str, absent: str) -> str:
        pattern = raw.get(key, absent)
        if not isinstance(pattern, str) or _NUMBER.fullmatch(pattern) is None or "{seq" not in pattern:
            self.fault(key, "编号式样应含 {seq}，可含 {year}。", '例如 number = "{year}-{seq:04d}"。')
            return absent
        return pattern

    def known(self, owner: str, raw: Mapping[str, Any], keys: frozenset[str]) -> None:
        for key in raw.keys() - keys:
            self.fault(owner or key, f"不认识的键“{key}”。", f"可用的键：{'、'.join(sorted(keys))}。")

    def text(self, owner: str, raw: Mapping[str, Any], key: str) -> str:
        value = raw.get(key)
        if not isinstance(value, str) or not value:
            self.fault(owner or key, f"{key} 没有写明，或者不是文字。", f'请加上 {key} = "…"。')
            return ""
        return value

    def words(self, owner: str, raw: Mapping[str, Any], key: str) -> list[str]:
        value = raw.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self.fault(owner, f"{key} 应为文字或者文字的列表。", f'请写成 {key} = ["…"]。')
            return []
        return listed

    def table(self, owner: str, raw: Mapping[str, Any], key: str) -> dict[str, Any]:
        value = raw.get(key, {})
        if not isinstance(value, dict):
            self.fault(owner or key, f"{key} 应为一张表。", f"请写成 [{key}]。")
            return {}
        return value

    def tables(self, raw: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        value = raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fault(key, f"{key} 应为表的列表。", f"请写成 [[{key}]]。")
            return []
        return value

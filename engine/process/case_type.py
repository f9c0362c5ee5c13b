"""`case.toml`: what a case type is called, how it is numbered and where its process begins and ends."""

import re
import tomllib
from collections.abc import Iterable, Mapping
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
    [
        "id",
        "title",
        "process",
        "start",
        "number",
        "drill_number",
        "clock",
        "milestones",
        "actions",
        "clocks",
        "labels",
        "documents",
        "signed",
        "register",
        "measures",
        "list",
    ]
)
REPLY = "reply"
"""The reply clock of the Regulations; any other ruling clock is a row `[clocks.<name>]`."""
POLICY_DAYS = frozenset({"correction_period_working_days", "interpretation_working_days"})
"""Days that the office sets in its configuration and that a clock may name instead of a number."""
STATUTORY_CLOCKS = frozenset({"correction", "payment", "consultation"})
"""Timer names that engine/cases answers from the statutory clock; any other name needs a row `[clocks.<name>]`."""
_MILESTONES = frozenset({"closed", "archived"})
_WORD = re.compile(r"[a-z][a-z0-9_]*")
# Nothing but these two fields: str.format would follow attributes and pad to any width.
_NUMBER = re.compile(r"(?:[^{}]|\{year\}|\{seq(?::0[1-9]d)?\}){1,60}")


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person of these roles may do whenever the process waits for `message`, filling in `form`.

    `unless`: not any more once the ledger holds an event of one of these types.
    """

    id: str
    title: str
    message: str
    roles: tuple[str, ...]
    form: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A clock of this case type alone, for timers and, where it rules the case, for its light and due date.

    Attributes:
        after: it runs from the newest legal event of one of these types.
        working_days: so many, or the name of the office's setting that says how many.
        until: a later event of one of these types answers it.
        unless: nothing runs while the ledger holds an event of one of these types.
        basis: the rule it rests on, as the explanation of the date names it.
    """

    after: tuple[str, ...]
    working_days: int | str
    until: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of paper of the case type; `roles` may hand in a newer version outside of any step."""

    title: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """A column of the case type's register or list; `value` says where from (engine.process.register_values)."""

    title: str
    value: str


@dataclass(frozen=True, slots=True)
class CaseList:
    """How the lists speak of cases of this type.

    Attributes:
        title: of the list, in the menu too; about: one sentence under it.
        register: what entering a new one is called.
        subject, due: heads of columns that every list has; received: head of the day it came in, "" without one.
        columns: further columns of the type's own list.
    """

    title: str
    about: str = ""
    register: str = ""
    subject: str = ""
    received: str = ""
    due: str = ""
    columns: tuple[RegisterColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRegister:
    """The register of all cases of the type: its title, the event by which a case falls into a period, its columns."""

    title: str
    by: str
    columns: tuple[RegisterColumn, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the register: of `of` so many are `met`, summed over the cases of a period.

    Both are expressions over the case's newest answers, `in_time` and counts of events; with `rows` they are asked of
    every row of that table (its columns first). A yes counts 1.
    """

    id: str
    title: str
    of: str
    met: str
    rows: str | None = None


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
        documents: kinds of papers by code. changed: message sent when a paper that was signed is replaced.
        register, measures: the register of its cases and the figures drawn from it.
        listing: words and columns of its lists.
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
    documents: Mapping[str, DocumentKind] = field(default_factory=dict)
    changed: str | None = None
    register: CaseRegister | None = None
    measures: tuple[Measure, ...] = ()
    listing: CaseList = CaseList("")


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
            documents={kind: self.document(kind, one) for kind, one in self.table("", raw, "documents").items()},
            changed=self.changed(raw),
            register=self.register(raw),
            measures=tuple(self.measure(one) for one in self.tables(raw, "measures")),
            listing=self.listing(raw),
        )

    def document(self, kind: str, raw: object) -> DocumentKind:
        owner = f"documents.{kind}"
        if _WORD.fullmatch(kind) is None:
            self.fault(owner, f"“{kind}”不能作材料的种类。", "请用小写英文字母、数字和下划线。")
        if not isinstance(raw, dict):
            self.fault(owner, "材料的种类应为一张表。", '请写成 [documents.plan] title = "…"。')
            return DocumentKind(kind)
        self.known(owner, raw, frozenset({"title", "roles"}))
        return DocumentKind(self.text(owner, raw, "title"), self.roles(owner, raw))

    def changed(self, raw: Mapping[str, Any]) -> str | None:
        signed = self.table("", raw, "signed")
        self.known("signed", signed, frozenset({"changed"}))
        return self.text("signed", signed, "changed") if signed else None

    def register(self, raw: Mapping[str, Any]) -> CaseRegister | None:
        given = self.table("", raw, "register")
        if not given:
            return None
        self.known("register", given, frozenset({"title", "by", "columns"}))
        by = self.text("register", given, "by")
        self.events("register", [by])
        columns = self.columns("register", given)
        if not columns:
            self.fault("register", "台账没有列。", '请写成 columns = [["标题", "case.subject"]]。')
        return CaseRegister(self.text("register", given, "title"), by, columns)

    def columns(self, owner: str, given: Mapping[str, Any]) -> tuple[RegisterColumn, ...]:
        columns = given.get("columns", [])
        if not isinstance(columns, list) or not all(_is_column(one) for one in columns):
            self.fault(owner, "columns 应为“列名、取值”的列表。", '请写成 columns = [["标题", "case.subject"]]。')
            return ()
        return tuple(RegisterColumn(one[0], one[1]) for one in columns)

    def listing(self, raw: Mapping[str, Any]) -> CaseList:
        given = self.table("", raw, "list")
        words = ("title", "about", "register", "subject", "received", "due")
        self.known("list", given, frozenset({*words, "columns"}))
        said = {key: self.text("list", given, key) if key in given else "" for key in words}
        if not said["title"]:
            said["title"] = str(raw.get("title", ""))
        return CaseList(columns=self.columns("list", given), **said)

    def measure(self, raw: Mapping[str, Any]) -> Measure:
        owner = f"measures.{raw.get('id', '')}"
        self.known(owner, raw, frozenset({"id", "title", "of", "met", "rows"}))
        texts = {key: self.text(owner, raw, key) for key in ("id", "title", "of", "met")}
        return Measure(rows=self.text(owner, raw, "rows") if "rows" in raw else None, **texts)

    def action(self, raw: Mapping[str, Any]) -> Action:
        owner = f"actions.{raw.get('id', '')}"
        self.known(owner, raw, frozenset({"id", "title", "message", "roles", "form", "unless"}))
        texts = {key: self.text(owner, raw, key) for key in ("id", "title", "message", "form")}
        unless = tuple(self.words(owner, raw, "unless"))
        self.events(owner, unless)
        return Action(roles=self.roles(owner, raw), unless=unless, **texts)

    def roles(self, owner: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
        roles = tuple(self.words(owner, raw, "roles"))
        for role in roles:
            if role not in ROLES:
                self.fault(owner, f"没有角色“{role}”。", f"可用的角色：{'、'.join(sorted(ROLES))}。")
        return roles

    def clock(self, name: str, raw: object) -> ClockRule:
        owner = f"clocks.{name}"
        if not isinstance(raw, dict):
            self.fault(owner, "时限规则应为一张表。", '请写成 after = ["事件"]、working_days = 天数。')
            return ClockRule((), 0)
        self.known(owner, raw, frozenset({"after", "working_days", "until", "unless", "basis"}))
        events = {key: tuple(self.words(owner, raw, key)) for key in ("after", "until", "unless")}
        for listed in events.values():
            self.events(owner, listed)
        days = raw.get("working_days")
        if isinstance(days, str) and days in POLICY_DAYS:
            return ClockRule(working_days=days, basis=str(raw.get("basis", "")), **events)
        if type(days) is not int or not 0 <= days <= 1000:
            self.fault(
                owner,
                "working_days 应为 0 到 1000 的整数（工作日），或者配置项的名称。",
                f"请写明天数；可用的配置项：{'、'.join(sorted(POLICY_DAYS))}。",
            )
            days = 0
        return ClockRule(working_days=days, basis=str(raw.get("basis", "")), **events)

    def events(self, owner: str, named: Iterable[str]) -> None:
        for event in named:
            if event not in EVENT_TYPES:
                self.fault(owner, f"没有法律事件“{event}”。", f"可用的事件：{'、'.join(sorted(EVENT_TYPES))}。")

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


def _is_column(raw: object) -> bool:
    return isinstance(raw, list) and len(raw) == 2 and all(isinstance(one, str) and one for one in raw)

"""Legal events: what a case's ledger holds and what a clock is folded from.

An event that exists is well formed: its type is known and its keys have the right types. Whether the order of events
makes sense is the clock's question. Further keys than those listed are kept and mean nothing here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.statute.dates import parse_iso_date
from engine.statute.decisions import DECISIONS
from engine.statute.festivals import FIRST_YEAR, LAST_YEAR
from engine.statute.receipt import FIRST_TOUCHES, Channel
from engine.statute.said import said


class LedgerError(ValueError):
    """A ledger that cannot be counted; the message is one Chinese sentence naming the event."""


def _one_of(*choices: str) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        return (
            None
            if isinstance(value, str) and value in choices
            else said("应为 %(names)s 之一", names="、".join(choices))
        )

    return check


def _text(value: Any) -> str | None:
    # A lone surrogate is valid JSON but cannot be written out again.
    if isinstance(value, str) and value.strip() and not any("\ud800" <= letter <= "\udfff" for letter in value):
        return None
    return "应为非空文字"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "应为 true 或 false"


def _days(value: Any) -> str | None:
    ok = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return None if ok else "应为不小于 1 的整数（工作日）"


def _correction_period(value: Any) -> str | None:
    # Art. 30 "reasonable period": the policy's 5 to 30, or longer for one case.
    ok = isinstance(value, int) and not isinstance(value, bool) and 5 <= value <= 250
    return None if ok else "应为 5 至 250 之间的整数（工作日）"


def _date(value: Any) -> str | None:
    try:
        day = parse_iso_date(value)
    except ValueError as error:
        return str(error)
    return (
        None
        if FIRST_YEAR <= day.year <= LAST_YEAR
        else said("年份应在 %(first_year)s 至 %(last_year)s 之间", first_year=FIRST_YEAR, last_year=LAST_YEAR)
    )


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of legal event.

    Attributes:
        title: Chinese name.
        required: key -> check; a check returns what is wrong, in Chinese, or None.
        optional: the same for keys that may be absent.
        needs_receipt: it happens to a request that has been received (Art. 31), never before.
    """

    title: str
    required: Mapping[str, Callable[[Any], str | None]] = field(default_factory=dict)
    optional: Mapping[str, Callable[[Any], str | None]] = field(default_factory=dict)
    needs_receipt: bool = False


def _channels(event: str) -> Callable[[Any], str | None]:
    return _one_of(*sorted(FIRST_TOUCHES[event]))


EVENT_TYPES: Mapping[str, EventType] = {
    "submit": EventType("提交申请", {"channel": _channels("submit")}),
    "sign_mail": EventType("签收信函", {"channel": _channels("sign_mail")}, {"signed_by": _text}),
    "arrive": EventType("平信到达", {"channel": _channels("arrive")}),
    "confirm": EventType("与申请人确认", {}, {"with_applicant": _flag}),
    "correction_notice_served": EventType(
        "送达补正告知书", {}, {"by": _text, "period_working_days": _correction_period}, needs_receipt=True
    ),
    "corrected_received": EventType(
        "收到补正后的申请", {}, {"channel": _one_of(*Channel), "accepted": _flag}, needs_receipt=True
    ),
    "extension": EventType("延期答复", {"days": _days}, needs_receipt=True),
    "consult_sent": EventType(
        "发出征求意见书", {"id": _text, "to": _one_of("third_party", "joint_agency")}, needs_receipt=True
    ),
    "consult_received": EventType("征求意见书送达", {"id": _text}, needs_receipt=True),
    "opinion": EventType("收到意见", {"id": _text}, needs_receipt=True),
    "consult_returned": EventType("征求意见书退回", {"id": _text}, needs_receipt=True),
    "reasons_requested": EventType("要求说明理由", needs_receipt=True),
    "reasons_received": EventType("收到理由说明", needs_receipt=True),
    "delayed_reply_notice": EventType("延迟答复告知", {"new_due": _date}, needs_receipt=True),
    "fee_notice_served": EventType("送达收费通知书", needs_receipt=True),
    "fee_paid": EventType("缴清信息处理费", {}, {"accepted": _flag}, needs_receipt=True),
    "reply_dated": EventType("答复书落款"),
    "handed_over": EventType("答复书交接"),
    "reply_posted": EventType("答复书交邮", {"carrier": _one_of("postal_enterprise", "courier")}),
    "reply_signed_personally": EventType("申请人当面签收答复书"),
    "reply_sent_electronically": EventType("答复书以电子方式送达"),
    "withdrawn": EventType("申请人撤回申请", needs_receipt=False),
    "ordered_to_reply_again": EventType("被责令重新答复", {}, {"days": _days}),
    "reply_delivered": EventType("申请人收到答复书", {}, {"decision": _one_of(*DECISIONS)}),
    "information_formed": EventType("政府信息形成或者变更"),
    "policy_published": EventType("政策文件公布"),
    "interpretation_exempted": EventType("批准不作解读"),
    "interpretation_published": EventType("解读材料公布"),
    "follow_up_ordered": EventType("布置二次解读", {}, {"id": _text}),
    "follow_up_published": EventType("二次解读公布", {}, {"id": _text}),
    "matter_received": EventType("收到事项"),
    "matter_answered": EventType("事项办复"),
    "record_correction_request": EventType("请求更正本人记录"),
    "reconsideration_copy_received": EventType("收到复议申请书副本"),
    "reconsideration_decision_received": EventType("收到复议决定书"),
    "complaint_copy_received": EventType("收到起诉状副本"),
}

STANDALONE = frozenset(
    [
        "follow_up_ordered",
        "follow_up_published",
        "information_formed",
        "interpretation_exempted",
        "interpretation_published",
        "matter_answered",
        "matter_received",
        "policy_published",
        "record_correction_request",
    ]
)
"""Events with a clock of their own or none (Arts. 26 and 41, policy interpretation, matters of the office itself):
not bound to a request's receipt."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger.

    Attributes:
        type: a key of EVENT_TYPES.
        date: the day it happened.
        data: JSON values; dates as ISO strings, days as working days.

    Raises:
        LedgerError: unknown type, a missing key, a value of the wrong kind.
    """

    type: str
    date: date
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind = EVENT_TYPES.get(self.type)
        if kind is None:
            raise LedgerError(said("没有 %(shown)s 这种事件", shown=_shown(self.type)))
        if not FIRST_YEAR <= self.date.year <= LAST_YEAR:
            raise LedgerError(
                said(
                    "%(label)s：年份应在 %(first_year)s 至 %(last_year)s 之间",
                    label=self.label,
                    first_year=FIRST_YEAR,
                    last_year=LAST_YEAR,
                )
            )
        for key, check in kind.required.items():
            if key not in self.data:
                raise LedgerError(said("%(label)s：缺少 %(key)s", label=self.label, key=key))
            self._check(key, check)
        for key, check in kind.optional.items():
            if key in self.data:
                self._check(key, check)

    def _check(self, key: str, check: Callable[[Any], str | None]) -> None:
        wrong = check(self.data[key])
        if wrong:
            raise LedgerError(
                said(
                    "%(label)s：%(key)s %(shown)s 不对，%(wrong)s",
                    label=self.label,
                    key=key,
                    shown=_shown(self.data[key]),
                    wrong=wrong,
                )
            )

    @property
    def label(self) -> str:
        """How messages name the event: type, Chinese title and day."""
        return f"{self.type}（{EVENT_TYPES[self.type].title}，{self.date}）"


def _shown(value: Any) -> str:
    """A value as a message shows it: short, on one line, whatever it holds."""
    text = ascii(value) if not isinstance(value, str) or not value.isprintable() else f"“{value}”"
    return text if len(text) <= 60 else text[:57] + "..."


def parse_event(raw: object) -> Event:
    """An event from its JSON form.

    Raises:
        LedgerError: not an object, unknown type, missing or impossible date, bad keys.
    """
    if not isinstance(raw, Mapping):
        raise LedgerError(said("应为对象，而不是 %(shown)s", shown=_shown(raw)))
    name = raw.get("type")
    if "type" not in raw:
        raise LedgerError("缺少 type")
    if not isinstance(name, str) or name not in EVENT_TYPES:
        raise LedgerError(said("没有 %(shown)s 这种事件", shown=_shown(name)))
    if "date" not in raw:
        raise LedgerError(said("%(name)s：缺少 date", name=name))
    wrong = _date(raw["date"])
    if wrong:
        raise LedgerError(
            said("%(name)s：date %(shown)s 不对，%(wrong)s", name=name, shown=_shown(raw["date"]), wrong=wrong)
        )
    data = {key: value for key, value in raw.items() if key not in {"type", "date"}}
    return Event(name, parse_iso_date(raw["date"]), data)


def parse_ledger(raw: object) -> list[Event]:
    """The events of a ledger `{"events": [...]}`, in the order given.

    Raises:
        LedgerError: naming the event by its place, counted from 1.
    """
    if not isinstance(raw, Mapping) or "events" not in raw:
        raise LedgerError('应为带 events 的对象：{"events": [...]}')
    items = raw["events"]
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise LedgerError("events 应为列表")
    if not items:
        raise LedgerError("events 是空的，没有可以推算的事件")
    events = []
    for place, item in enumerate(items, start=1):
        try:
            events.append(parse_event(item))
        except LedgerError as error:
            raise LedgerError(said("第 %(place)s 个事件 %(error)s", place=place, error=error)) from None
    return events

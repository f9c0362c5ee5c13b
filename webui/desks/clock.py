"""The deadline calculator: supposed events, and the dates that would follow from them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from engine.cases.calculator import Calculation, calculate, ledger_of
from engine.cases.errors import NotFound, Refusal
from engine.cases.permissions import Permission
from engine.statute.events import Event, LedgerError
from webui import lights, visit
from webui.guard import needs
from webui.reading import iso_day, whole_number
from webui.speech import gettext as _

pages = Blueprint("clock", __name__, url_prefix="/deadline")

_EMPTY, _MOST = 3, 60

# What can be supposed: a code of the page -> words, event type and the data that is fixed with it.
_KINDS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "in_person": (_l("当面提交申请"), "submit", {"channel": "in_person"}),
    "oral": (_l("口头申请，代为填写"), "submit", {"channel": "oral"}),
    "signed_mail": (_l("签收邮寄的申请"), "sign_mail", {"channel": "signed_mail"}),
    "ordinary_mail": (_l("平信到达"), "arrive", {"channel": "ordinary_mail"}),
    "internet": (_l("互联网提交申请"), "submit", {"channel": "internet"}),
    "fax": (_l("传真申请"), "submit", {"channel": "fax"}),
    "confirm": (_l("与申请人确认"), "confirm", {}),
    "correction_notice_served": (_l("送达补正告知书"), "correction_notice_served", {}),
    "corrected_received": (_l("收到补正后的申请"), "corrected_received", {}),
    "extension": (_l("告知延期答复"), "extension", {}),
    "ask_third_party": (_l("发出征求意见书（第三方）"), "consult_sent", {"to": "third_party"}),
    "ask_joint_agency": (_l("发出征求意见书（共同制作机关）"), "consult_sent", {"to": "joint_agency"}),
    "consult_received": (_l("征求意见书送达"), "consult_received", {}),
    "opinion": (_l("收到意见"), "opinion", {}),
    "consult_returned": (_l("征求意见书退回"), "consult_returned", {}),
    "reasons_requested": (_l("要求说明理由"), "reasons_requested", {}),
    "reasons_received": (_l("收到理由说明"), "reasons_received", {}),
    "delayed_reply_notice": (_l("告知延迟答复"), "delayed_reply_notice", {}),
    "fee_notice_served": (_l("送达收费通知书"), "fee_notice_served", {}),
    "fee_paid": (_l("缴清信息处理费"), "fee_paid", {}),
    "posted": (_l("答复书交邮（邮政）"), "reply_posted", {"carrier": "postal_enterprise"}),
    "couriered": (_l("答复书交快递"), "reply_posted", {"carrier": "courier"}),
    "signed": (_l("申请人当面签收答复书"), "reply_signed_personally", {}),
    "sent": (_l("答复书电子送达"), "reply_sent_electronically", {}),
    "delivered": (_l("申请人收到答复书"), "reply_delivered", {}),
    "withdrawn": (_l("申请人撤回"), "withdrawn", {}),
    "ordered": (_l("被责令重新答复"), "ordered_to_reply_again", {}),
}
# What else an event needs: the columns of the page.
_DAYS = {"correction_notice_served": "period_working_days", "extension": "days", "ordered_to_reply_again": "days"}
_NAMED = {"consult_sent", "consult_received", "opinion", "consult_returned"}


@dataclass(frozen=True, slots=True)
class Line:
    """One supposed event as typed."""

    kind: str = ""
    on: str = ""
    days: str = ""
    name: str = ""
    new_due: str = ""


@pages.get("")
@needs(Permission.CLOCK_CALCULATOR_USE)
def index() -> str | tuple[str, int]:
    """The calculator, empty or with the events of a case."""
    case_id = whole_number(request.args.get("case"))
    if case_id is None:
        return _page([], None, "")
    number, events = ledger_of(visit.desk(), visit.actor(), case_id)
    lines = [line for event in events if (line := _line_of(event))]
    return _page(lines, None, "", case=(case_id, number), run=True)


@pages.post("")
@needs(Permission.CLOCK_CALCULATOR_USE)
def run() -> str | tuple[str, int]:
    """The dates that follow from the events typed in; nothing is stored."""
    lines = _lines(request.form)
    today = iso_day(request.form.get("today"))
    if "more_rows" in request.form:
        return _page([*lines, *[Line()] * _EMPTY], today, "")
    return _page(lines, today, "", run=True)


def _page(
    lines: Sequence[Line],
    today: date | None,
    refused: str,
    *,
    case: tuple[int, str] | None = None,
    run: bool = False,
) -> str | tuple[str, int]:
    result: Calculation | None = None
    if run:
        try:
            events = [_event(place, line) for place, line in enumerate(lines, 1) if line.kind or line.on]
            if not events:
                raise Refusal(_("请至少填写一个事件，通常从收到申请开始。"))
            result = calculate(visit.desk(), visit.actor(), events, today)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = str(refusal)
    page = render_template(
        "desks/deadline.html",
        lines=[*lines, *[Line()] * max(1, _EMPTY - len(lines))],
        kinds={code: words for code, (words, _type, _data) in _KINDS.items()},
        days_kinds=[code for code, (_w, kind, _d) in _KINDS.items() if kind in _DAYS],
        named_kinds=[code for code, (_w, kind, _d) in _KINDS.items() if kind in _NAMED],
        today=today or visit.desk().today(),
        refused=refused,
        case=case,
        result=result,
        light=lights.words(result.light) if result else None,
    )
    return (page, 422) if refused else page


def _lines(given: MultiDict[str, str]) -> list[Line]:
    numbers = sorted({int(found[1]) for key in given if (found := re.fullmatch(r"kind-([0-9]{1,3})", key))})
    lines = [
        Line(*(given.get(f"{part}-{number}", "").strip()[:100] for part in ("kind", "on", "days", "name", "new_due")))
        for number in numbers[:_MOST]
    ]
    return [line for line in lines if line.kind or line.on]


def _event(place: int, line: Line) -> Event:
    """A line as the law's event. Raises Refusal naming the line."""
    if line.kind not in _KINDS:
        raise Refusal(_("第 %(place)s 行：请选择事件。", place=place))
    _words, kind, fixed = _KINDS[line.kind]
    on = iso_day(line.on)
    if on is None:
        raise Refusal(_("第 %(place)s 行：请填写日期，例如 2026-05-08。", place=place))
    data = dict(fixed)
    if kind in _DAYS and (line.days or kind == "extension"):
        days = whole_number(line.days)
        if days is None:
            raise Refusal(_("第 %(place)s 行：请填写工作日数（整数）。", place=place))
        data[_DAYS[kind]] = days
    if kind in _NAMED:
        data["id"] = line.name or _("对方")
    if kind == "delayed_reply_notice":
        data["new_due"] = line.new_due
    try:
        return Event(kind, on, data)
    except LedgerError as error:
        raise Refusal(_("第 %(place)s 行：%(error)s。", place=place, error=str(error))) from error


def _line_of(event: Event) -> Line | None:
    """An event of a ledger as the page writes it; events that move no date are left out."""
    for code, (_words, kind, fixed) in _KINDS.items():
        if kind == event.type and all(event.data.get(key) == value for key, value in fixed.items()):
            return Line(
                code,
                event.date.isoformat(),
                str(event.data.get(_DAYS.get(kind, ""), "")),
                str(event.data.get("id", "")),
                str(event.data.get("new_due", "")),
            )
    return None

"""Filters of the case lists: read from the address, kept in it, and shown as chips that take one away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from engine.cases.filters import Filters
from engine.statute.decisions import DECISIONS
from engine.statute.receipt import RECEIPT_RULES
from webui import lights
from webui.reading import iso_day, whole_number
from webui.speech import gettext as _
from webui.wording import STATUSES, channel_title

# Columns that lists can be put in order by; and those of them whose usual order is falling: the newest first.
SORTS = ("due", "limit", "received", "number", "closed", "done")
_FALLING = frozenset({"received", "number", "closed", "done"})
# What a case has been through, and the words for both answers.
BEEN_THROUGH = {
    "extension": (_l("延期"), _l("延期过"), _l("没有延期")),
    "consultation": (_l("征求意见"), _l("征求过意见"), _l("没有征求意见")),
    "review": (_l("复议诉讼"), _l("有复议或者诉讼"), _l("没有复议诉讼")),
}
# The query parameters that filters have in the address.
PARAMETERS = frozenset(
    {
        "text", "number", "document", "applicant", "content", "channel", "light", "handler", "unit", "from", "to",
        "handler_name", "unit_name", "kind", "due_from", "due_to", "concluded_from", "concluded_to", "extension",
        "consultation", "review", "real", "decision", "status", "sort", "order",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force: its words, and the query parameter to leave out."""

    parameter: str
    words: str


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a column's head leads on: `aria` says the order in force, `sort` and `order` are for the address."""

    aria: str
    sort: str | None
    order: str | None


def read(asked: MultiDict[str, str]) -> Filters:
    """The filters of the address; a value that cannot be counts as not given."""

    def one_of(name: str, known: Any) -> str:
        value = asked.get(name, "")
        return value if value in known else ""

    def words(name: str) -> str:
        return asked.get(name, "").strip()[:100]

    return Filters(
        kind=words("kind"),
        text=words("text"),
        number=words("number"),
        document=words("document"),
        applicant=words("applicant"),
        content=words("content"),
        channel=one_of("channel", {str(channel) for channel in RECEIPT_RULES}),
        light=one_of("light", lights.FILTERS),
        handler=whole_number(asked.get("handler")),
        unit=whole_number(asked.get("unit")),
        handler_name=words("handler_name"),
        unit_name=words("unit_name"),
        received_from=iso_day(asked.get("from")),
        received_to=iso_day(asked.get("to")),
        due_from=iso_day(asked.get("due_from")),
        due_to=iso_day(asked.get("due_to")),
        concluded_from=iso_day(asked.get("concluded_from")),
        concluded_to=iso_day(asked.get("concluded_to")),
        extension=one_of("extension", ("yes", "no")),
        consultation=one_of("consultation", ("yes", "no")),
        review=one_of("review", ("yes", "no")),
        real=asked.get("real") == "yes",
        decision=one_of("decision", DECISIONS),
        status=one_of("status", STATUSES),
        sort=one_of("sort", SORTS),
        turned=asked.get("order") == "turned",
    )


def chips(filters: Filters, people: Mapping[int, str], units: Mapping[int, str] | None = None) -> list[Chip]:
    """The filters in force, in the order of the row above the table."""
    found = [
        ("text", _holds(_("全文"), filters.text)),
        ("number", _holds(_("编号"), filters.number)),
        ("document", _holds(_("文号"), filters.document)),
        ("applicant", _holds(_("申请人"), filters.applicant)),
        ("content", _holds(_("内容"), filters.content)),
        ("light", lights.FILTERS.get(filters.light, "")),
        ("status", STATUSES.get(filters.status, "")),
        ("channel", channel_title(filters.channel) if filters.channel else ""),
        ("handler", people.get(filters.handler, _("未知人员")) if filters.handler else ""),
        ("unit", (units or {}).get(filters.unit, _("未知科室")) if filters.unit else ""),
        ("handler_name", _holds(_("经办人"), filters.handler_name)),
        ("unit_name", _holds(_("科室"), filters.unit_name)),
        ("decision", f"{filters.decision} {DECISIONS[filters.decision].title}" if filters.decision else ""),
        ("from", _from(_("收到"), filters.received_from)),
        ("to", _until(_("收到"), filters.received_to)),
        ("due_from", _from(_("届满"), filters.due_from)),
        ("due_to", _until(_("届满"), filters.due_to)),
        ("concluded_from", _from(_("办结"), filters.concluded_from)),
        ("concluded_to", _until(_("办结"), filters.concluded_to)),
        ("real", _("不含模拟测试") if filters.real else ""),
    ]
    for name, (_title, yes, no) in BEEN_THROUGH.items():
        answer = getattr(filters, name)
        found.append((name, {"yes": yes, "no": no}.get(answer, "")))
    return [Chip(parameter, str(words)) for parameter, words in found if words]


def _holds(title: str, words: str) -> str:
    return _("%(title)s含“%(words)s”", title=title, words=words) if words else ""


def _from(title: str, day: date | None) -> str:
    return _("%(title)s不早于 %(day)s", title=title, day=day) if day else ""


def _until(title: str, day: date | None) -> str:
    return _("%(title)s不晚于 %(day)s", title=title, day=day) if day else ""


def sorting(filters: Filters, column: str, usual: str) -> Sorting:
    """The head of a column; `usual` is the column that the list goes by when nothing else is asked for."""
    current = (filters.sort or usual) == column
    if not current:
        return Sorting("none", None if column == usual else column, None)
    falling = (column in _FALLING) is not filters.turned
    aria = "descending" if falling else "ascending"
    if filters.turned:
        return Sorting(aria, None if column == usual else column, None)
    return Sorting(aria, column, "turned")


def kept_query(asked: MultiDict[str, str]) -> dict[str, Any]:
    """What of an address makes up a filter worth keeping, the order of the columns included."""
    return {name: value for name, value in asked.items() if value and name in PARAMETERS}

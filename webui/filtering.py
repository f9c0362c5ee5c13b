"""Filters of the case lists: read from the address, kept in it, and shown as chips that take one away."""

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.cases.worklists import Filters
from engine.statute.decisions import DECISIONS
from engine.statute.receipt import RECEIPT_RULES
from webui import lights
from webui.reading import iso_day, whole_number
from webui.speech import gettext as _
from webui.wording import STATUSES, channel_title

SORTS = ("received", "number", "closed")


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force: its words, and the query parameter to leave out."""

    parameter: str
    words: str


def read(asked: MultiDict[str, str]) -> Filters:
    """The filters of the address; a value that cannot be counts as not given."""

    def one_of(name: str, known: Any) -> str:
        value = asked.get(name, "")
        return value if value in known else ""

    return Filters(
        text=asked.get("text", "").strip()[:100],
        channel=one_of("channel", {str(channel) for channel in RECEIPT_RULES}),
        light=one_of("light", lights.FILTERS),
        handler=whole_number(asked.get("handler")),
        received_from=iso_day(asked.get("from")),
        received_to=iso_day(asked.get("to")),
        concluded_from=iso_day(asked.get("concluded_from")),
        concluded_to=iso_day(asked.get("concluded_to")),
        real=asked.get("real") == "yes",
        decision=one_of("decision", DECISIONS),
        status=one_of("status", STATUSES),
        sort=one_of("sort", SORTS),
    )


def chips(filters: Filters, people: dict[int, str]) -> list[Chip]:
    """The filters in force, in the order of the row above the table."""
    found = [
        ("text", _("含“%(text)s”", text=filters.text) if filters.text else ""),
        ("light", lights.FILTERS.get(filters.light, "")),
        ("status", STATUSES.get(filters.status, "")),
        ("channel", channel_title(filters.channel) if filters.channel else ""),
        ("handler", people.get(filters.handler, _("未知人员")) if filters.handler else ""),
        ("decision", f"{filters.decision} {DECISIONS[filters.decision].title}" if filters.decision else ""),
        ("from", _("收到不早于 %(day)s", day=filters.received_from) if filters.received_from else ""),
        ("to", _("收到不晚于 %(day)s", day=filters.received_to) if filters.received_to else ""),
        ("concluded_from", _("办结不早于 %(day)s", day=filters.concluded_from) if filters.concluded_from else ""),
        ("concluded_to", _("办结不晚于 %(day)s", day=filters.concluded_to) if filters.concluded_to else ""),
        ("real", _("不含模拟测试") if filters.real else ""),
    ]
    return [Chip(parameter, str(words)) for parameter, words in found if words]

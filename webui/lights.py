"""The light of a case in words: always colour, icon and text, so that a print in black and white says the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from engine.cases.casepage import CasePage
from engine.cases.worklists import Row
from engine.statute.light import Light, LightReading
from engine.statute.result import ClockState
from webui.speech import gettext as _


@dataclass(frozen=True, slots=True)
class ShownLight:
    """What the macro `light` draws: `kind` chooses colour and icon, `words` stand beside it."""

    kind: str
    words: str
    provisional: bool = False


# Lights a list can be narrowed to, in the order of the groups.
FILTERS = {
    "overdue": _l("已超期"),
    "today": _l("今日到期"),
    "soon": _l("三个工作日内到期"),
    "week": _l("一周内到期"),
    "later": _l("一周以后到期"),
    "stopped": _l("中止计算，等待意见"),
    "none": _l("目前没有答复期限"),
    "closed": _l("已办结"),
    "late": _l("超期办结"),
}

# Heads of the groups of a list, most pressing first.
GROUPS = {
    "overdue": _l("已超期"),
    "today": _l("今日到期"),
    "soon": _l("三个工作日内到期"),
    "week": _l("一周内到期"),
    "later": _l("一周以后到期"),
    "stopped": _l("中止计算，等待意见"),
    "none": _l("目前没有答复期限"),
    "closed": _l("已办结"),
}


def words(reading: LightReading, *, unconfirmed: bool = False, in_time: bool | None = None) -> ShownLight:
    """A reading as the page shows it; `in_time` is told of a closed case, where it is known."""
    left = reading.remaining_working_days
    match reading.light:
        case Light.CLOSED:
            if in_time is None:
                return ShownLight("closed", _("已办结"))
            return ShownLight("closed", _("按期办结") if in_time else _("超期办结"))
        case Light.STOPPED:
            if reading.due is None:
                return ShownLight("stopped", _("申请人已逾期") if reading.abandoned else _("等待申请人"))
            if left is None:
                return ShownLight("stopped", _("中止计算"), reading.provisional)
            return ShownLight("stopped", _("中止，剩 %(days)s 个工作日", days=left), reading.provisional)
        case Light.OVERDUE:
            shown = _("超期 %(days)s 个工作日", days=-(left or 0)) if left else _("已超期")
            return ShownLight("overdue", shown, reading.provisional)
        case _ if reading.due is None:
            return ShownLight("unconfirmed", _("未起算"))
        case Light.TODAY:
            return ShownLight("soon", _("今日到期"), reading.provisional)
        case _:
            kind = "soon" if reading.light is Light.SOON else "unconfirmed" if unconfirmed else "ok"
            text = _("待确认，剩 %(days)s 个工作日", days=left) if unconfirmed else _("剩 %(days)s 个工作日", days=left)
            return ShownLight(kind, text, reading.provisional)


def of_row(row: Row) -> ShownLight:
    """The light of a line of a list."""
    return words(row.light, unconfirmed=row.received_on is None, in_time=row.in_time)


def of_page(page: CasePage) -> ShownLight:
    """The light of a case's page."""
    return words(page.light, unconfirmed=page.clock.state is ClockState.UNCONFIRMED, in_time=page.case.in_time)


def ranked(rows: Iterable[Row]) -> list[Row]:
    """The lines in the order of their groups, most pressing first, and within a group as they come."""
    order = list(GROUPS)
    return sorted(rows, key=lambda row: order.index(group_of(row)))


def group_of(row: Row) -> str:
    """The group of GROUPS that a line stands in."""
    reading = row.light
    return "none" if reading.due is None and reading.light is not Light.CLOSED else str(reading.light)


def of_date(reading: LightReading) -> ShownLight:
    """The light of a single date, such as an answer to a reviewing body."""
    return words(reading)

"""The list of all cases: what its page, its printed form and its spreadsheet have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from engine.cases import saved_filters, worklists
from engine.cases.case_export import Cell
from engine.cases.case_lists import own_cells
from engine.cases.filters import Filters
from engine.cases.list_choices import choices
from engine.cases.listing import COUNTED
from engine.cases.page import Page
from engine.cases.work_tabs import Tab
from engine.cases.worklists import Row
from engine.statute.decisions import DECISIONS
from engine.statute.receipt import RECEIPT_RULES
from webui import filtering, lights, visit
from webui.frame import known_kinds
from webui.language import moment
from webui.reading import whole_number
from webui.speech import gettext as _
from webui.wording import STATUSES, channel_title


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list as print and spreadsheet have it: head, width in characters, and what a row has there.

    `of` says what of a case type's own words its head goes by, or `asked` where only requests of somebody have it.
    """

    title: Any
    width: int
    of_row: Callable[[Row], Cell]
    of: str = ""

    @property
    def short(self) -> bool:
        """Whether it holds a date, a number or a word or two, which stay on one line."""
        return self.width <= 14


def _received(row: Row) -> Cell:
    return row.received_on or row.arrived_on


def _due(row: Row) -> Cell:
    return row.due or _("不计算")


def _of_due(row: Row) -> str:
    """What is to be known of the date: it needs a holiday notice, or an opinion that is still awaited."""
    return "、".join(
        words for words, so in ((_("暂定"), row.light.provisional), (_("预计"), row.stands_still and row.due)) if so
    )


def _step(row: Row) -> str:
    return row.step or (_("已办结") if row.closed_at else "")


def _holder(row: Row) -> str:
    return (row.holder or _("待签收")) if row.step else ""


def result_words(code: str | None, closed: object) -> str:
    """Code and name of a decision; while the case is open (`closed` says nothing) it is only drafted, and says so."""
    found = DECISIONS.get(code or "")
    words = f"{code} {found.title}" if found else code or ""
    return words if closed or not code else _("拟定：%(result)s", result=words)


# What the page shows of a case, one by one: where a cell of the page says two things, there are two columns.
COLUMNS: Sequence[Column] = (
    Column(_l("期限"), 18, lambda row: lights.of_row(row).words),
    Column(_l("编号"), 14, lambda row: row.number),
    Column(_l("申请人"), 16, lambda row: row.applicant, "asked"),
    Column(_l("内容"), 48, lambda row: row.subject, "subject"),
    Column(_l("收到"), 12, _received, "received"),
    Column(_l("提交方式"), 10, lambda row: channel_title(row.channel) if row.channel else "", "asked"),
    Column(_l("届满"), 12, _due, "due"),
    Column(_l("备注"), 6, _of_due),
    Column(_l("当前环节"), 18, _step),
    Column(_l("承办"), 12, _holder),
    Column(_l("内部时限"), 12, lambda row: None if row.closed_at else row.limit_on),
    Column(_l("办理结果"), 22, lambda row: result_words(row.decision, row.closed_at), "asked"),
)


# What a list of one's own work shows of a step, whether it waits or is done.
_STEP: Sequence[Column] = (
    *COLUMNS[:4],
    Column(_l("环节"), 20, lambda row: row.step),
    Column(_l("代"), 8, lambda row: row.behalf),
)
_WAITS: Sequence[Column] = (
    Column(_l("缓急"), 14, lambda row: str(lights.GROUPS[lights.group_of(row)])),
    *_STEP,
    Column(_l("内部时限"), 12, lambda row: row.limit_on),
    Column(_l("收到"), 12, _received),
    Column(_l("提交方式"), 10, lambda row: channel_title(row.channel) if row.channel else ""),
    Column(_l("届满"), 12, _due),
    Column(_l("备注"), 6, _of_due),
)
_DONE: Sequence[Column] = (
    *_STEP,
    Column(_l("办理时间"), 16, lambda row: moment(row.done_at)),
    Column(_l("办理结果"), 22, lambda row: row.outcome or ""),
)
WORK_TITLES = {Tab.TODO: _l("待办"), Tab.CLAIM: _l("待签"), Tab.DONE: _l("已办"), Tab.CLOSED: _l("办结")}
WORK_COLUMNS: Mapping[Tab, Sequence[Column]] = {
    Tab.TODO: _WAITS,
    Tab.CLAIM: (*_WAITS, Column(_l("分给"), 12, lambda row: row.holder)),
    Tab.DONE: _DONE,
    Tab.CLOSED: _DONE,
}
"""The columns of 待办, 待签, 已办 and 办结."""


def columns(filters: Filters, rows: Sequence[Row]) -> Sequence[Column]:
    """The columns of a list: those of all cases, or in the words of the one case type with its own columns."""
    desk, actor = visit.desk(), visit.actor()
    kind = next((one for one in known_kinds() if one.id == filters.kind), None)
    if kind is None:
        return COLUMNS
    cells = own_cells(desk, actor, kind, [row.case_id for row in rows])
    words = {"subject": kind.words.subject, "received": kind.words.received, "due": kind.words.due}
    found: list[Column] = []
    for column in COLUMNS:
        if (column.of == "asked" and not kind.asked) or (column.of == "received" and not kind.words.received):
            continue
        found.append(replace(column, title=words.get(column.of) or column.title))
        if column.of == "subject":
            found += [_own(one.title, place, cells) for place, one in enumerate(kind.words.columns)]
    return found


def _own(title: str, place: int, cells: Mapping[int, Sequence[str]]) -> Column:
    return Column(title, 20, lambda row: cells[row.case_id][place] if row.case_id in cells else "")


def page() -> str:
    """The page of all cases, by what is due, or as its filters and columns are asked for."""
    desk, actor, asked = visit.desk(), visit.actor(), request.args
    filters = filtering.read(asked)
    found = worklists.all_cases(desk, actor, filters, whole_number(asked.get("page")) or 1)
    known = known_kinds()
    kind = next((one for one in known if one.id == filters.kind), None)
    people, homes = choices(desk, actor, filters)
    chips = filtering.chips(filters, people.names, homes.names)
    return render_template(
        "desks/cases.html",
        kinds=known,
        kind=kind,
        own=own_cells(desk, actor, kind, [row.case_id for row in found.rows]) if kind else {},
        page=Page(found.rows, found.total, found.page, worklists.PAGE, found.more),
        most=worklists.FOUND if filters.words else COUNTED,
        filters=filters,
        chips_on=chips,
        people=people,
        homes=homes,
        me=actor.id if "handler" in actor.roles else None,
        channels={str(code): channel_title(code) for code in RECEIPT_RULES},
        decisions={code: f"{code} {one.title}" for code, one in DECISIONS.items()},
        statuses=STATUSES,
        light_titles=lights.FILTERS,
        been_through=filtering.BEEN_THROUGH,
        sorting=lambda column: filtering.sorting(filters, column, "due"),
        kept=saved_filters.saved_filters(desk, actor, "cases"),
        keep_query=filtering.kept_query(asked),
        narrowed=bool(chips),
    )


def title(filters: Filters) -> str:
    """What the list is called: by its case type, where it shows only one."""
    kind = next((one for one in known_kinds() if one.id == filters.kind), None)
    return _(kind.words.title) if kind is not None else _("全部办件")


def told(filters: Filters) -> list[str]:
    """The filters in force in words, for a print, a spreadsheet and the audit trail."""
    desk, actor = visit.desk(), visit.actor()
    people, homes = choices(desk, actor, filters)
    return [chip.words for chip in filtering.chips(filters, people.names, homes.names)]

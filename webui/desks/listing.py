"""Around the lists: the spreadsheet and the print of what is shown, and filters kept under a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from engine.cases import case_export, saved_filters
from engine.cases.errors import NotFound
from engine.cases.permissions import Permission
from engine.cases.work_tabs import Tab
from engine.cases.worklists import Row
from webui import case_list, filtering, lights, visit
from webui.desks.letters import XLSX
from webui.desks.work import download
from webui.guard import needs
from webui.speech import gettext as _

pages = Blueprint("listing", __name__, url_prefix="/lists")

# Where each list that filters are kept for stands.
LISTS = {"work": "work.index", "cases": "cases.index"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list on its way out: its title, what it says of each row, what was taken by which filters, where it stands."""

    title: str
    columns: Sequence[case_list.Column]
    rows: Sequence[Row]
    taken: case_export.Taken
    told: list[str]
    back: str


@pages.get("/cases.xlsx")
@needs(Permission.CASES_EXPORT_MAKE)
def export() -> Response:
    """The cases that the page shows with these filters, as a spreadsheet."""
    return _book(_cases("xlsx", case_export.MOST_EXPORTED))


@pages.get("/work.xlsx")
@needs(Permission.CASES_EXPORT_MAKE)
def export_work() -> Response:
    """One's own work as the page shows it with these filters, as a spreadsheet."""
    return _book(_work("xlsx", case_export.MOST_EXPORTED))


def _cases(how: str, most: int) -> Sheet:
    filters = filtering.read(request.args)
    told = case_list.told(filters)
    taken = case_export.take_list(visit.desk(), visit.actor(), filters, told, how, most)
    back = url_for("cases.index", **filtering.kept_query(request.args))
    return Sheet(case_list.title(filters), case_list.columns(filters, taken.rows), taken.rows, taken, told, back)


def _work(how: str, most: int) -> Sheet:
    asked = request.args
    filters, tab = filtering.read(asked), Tab(asked["tab"]) if asked.get("tab") in set(Tab) else Tab.TODO
    told = case_list.told(filters)
    taken = case_export.take_list(visit.desk(), visit.actor(), filters, told, how, most, tab)
    grouped = tab in {Tab.TODO, Tab.CLAIM} and not filters.ordered
    rows = lights.ranked(taken.rows) if grouped else taken.rows
    back = url_for("work.index", tab=tab, **filtering.kept_query(asked))
    return Sheet(str(case_list.WORK_TITLES[tab]), case_list.WORK_COLUMNS[tab], rows, taken, told, back)


def _book(sheet: Sheet) -> Response:
    content = case_export.list_book(
        sheet.title,
        [(_(str(column.title)), column.width) for column in sheet.columns],
        [[_spoken(column.of_row(row)) for column in sheet.columns] for row in sheet.rows],
        [_(sheet.taken.mark), *_notes(sheet.taken, sheet.told)],
    )
    return download(content, f"{sheet.title}-{visit.desk().today().isoformat()}.xlsx", XLSX)


def _spoken(cell: case_export.Cell) -> case_export.Cell:
    """A cell as a page would put it out: the words of case types in the reader's language."""
    return _(cell) if isinstance(cell, str) else cell


def _print(sheet: Sheet) -> str:
    return render_template("desks/cases_print.html", sheet=sheet, notes=_notes(sheet.taken, sheet.told))


def _notes(taken: case_export.Taken, told: list[str]) -> list[str]:
    notes = [_("条件：%(filters)s", filters="；".join(told) if told else _("无"))]
    notes.append(_("共 %(count)s 件", count=len(taken.rows)))
    if taken.more:
        notes.append(_("只列出前 %(count)s 件，请用条件缩小范围。", count=len(taken.rows)))
    if taken.masked:
        notes.append(_("申请人是自然人的，姓名只显示第一个字，与页面一致：您的岗位没有查看个人信息的权限。"))
    return notes


@pages.get("/cases/print")
@needs(Permission.CASES_EXPORT_MAKE)
def printed() -> str:
    """The cases that the page shows with these filters, to print on A4."""
    return _print(_cases("print", case_export.MOST_PRINTED))


@pages.get("/work/print")
@needs(Permission.CASES_STEP_COMPLETE, Permission.CASES_EXPORT_MAKE)
def printed_work() -> str:
    """One's own work as the page shows it with these filters, to print on A4."""
    return _print(_work("print", case_export.MOST_PRINTED))


@pages.get("/filters/<page>")
@needs(Permission.CASES_STEP_COMPLETE, Permission.OFFICE_CASES_READ)
def kept(page: str) -> str:
    """One's own kept filters of a list, to delete."""
    if page not in LISTS:
        raise NotFound("没有这个列表。")
    found = saved_filters.saved_filters(visit.desk(), visit.actor(), page)
    return render_template("desks/saved_filters.html", found=found, page=page, endpoint=LISTS[page])


@pages.post("/filters/<page>")
@needs(Permission.CASES_STEP_COMPLETE, Permission.OFFICE_CASES_READ)
def keep(page: str) -> Answer:
    """Keep the filters in force under a name."""
    if page not in LISTS:
        raise NotFound("没有这个列表。")
    sent = MultiDict((name.removeprefix("q-"), value) for name, value in request.form.items() if name.startswith("q-"))
    query = filtering.kept_query(sent)
    if page == "work" and sent.get("tab") in set(Tab):
        query["tab"] = sent["tab"]
    saved_filters.save_filter(visit.desk(), visit.actor(), page, request.form.get("name", ""), query)
    flash(_("已存为常用筛选。"), "success")
    return redirect(url_for(LISTS[page], **query), 303)


@pages.post("/filters/<int:filter_id>/drop")
@needs(Permission.CASES_STEP_COMPLETE, Permission.OFFICE_CASES_READ)
def drop(filter_id: int) -> Answer:
    """Forget a kept filter."""
    page = saved_filters.drop_filter(visit.desk(), visit.actor(), filter_id)
    flash(_("已删除。"), "success")
    return redirect(url_for("listing.kept", page=page), 303)

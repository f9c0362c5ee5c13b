"""Around the lists: the spreadsheet and the print of what is shown, and filters kept under a name."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from engine.cases import case_export, saved_filters
from engine.cases.errors import NotFound
from engine.cases.permissions import Permission
from engine.cases.worklists import Tab
from webui import case_list, filtering, visit
from webui.desks.letters import XLSX
from webui.desks.work import download
from webui.guard import needs
from webui.speech import gettext as _

pages = Blueprint("listing", __name__, url_prefix="/lists")

# Where each list that filters are kept for stands.
LISTS = {"work": "work.index", "cases": "cases.index"}


@pages.get("/cases.xlsx")
@needs(Permission.CASES_EXPORT_MAKE)
def export() -> Response:
    """The cases that the page shows with these filters, as a spreadsheet."""
    desk, actor = visit.desk(), visit.actor()
    filters = filtering.read(request.args)
    told = case_list.told(filters)
    taken = case_export.take_list(desk, actor, filters, told, "xlsx", case_export.MOST_EXPORTED)
    columns = case_list.columns(filters, taken.rows)
    content = case_export.list_book(
        _("申请清单"),
        [(str(column.title), column.width) for column in columns],
        [[column.of_row(row) for column in columns] for row in taken.rows],
        [taken.mark, *_notes(taken, told)],
    )
    return download(content, _("申请清单-%(day)s.xlsx", day=desk.today().isoformat()), XLSX)


def _notes(taken: case_export.Taken, told: list[str]) -> list[str]:
    notes = [_("条件：%(filters)s", filters="；".join(told) if told else _("无"))]
    notes.append(_("共 %(count)s 件", count=len(taken.rows)))
    if taken.more:
        notes.append(_("只列出前 %(count)s 件，请用条件缩小范围。", count=len(taken.rows)))
    if taken.masked:
        notes.append(_("自然人姓名已隐去。"))
    return notes


@pages.get("/cases/print")
@needs(Permission.CASES_EXPORT_MAKE)
def printed() -> str:
    """The cases that the page shows with these filters, to print on A4."""
    filters = filtering.read(request.args)
    told = case_list.told(filters)
    desk, actor = visit.desk(), visit.actor()
    taken = case_export.take_list(desk, actor, filters, told, "print", case_export.MOST_PRINTED)
    back = url_for("cases.index", **filtering.kept_query(request.args))
    columns, notes = case_list.columns(filters, taken.rows), _notes(taken, told)
    return render_template("desks/cases_print.html", columns=columns, taken=taken, notes=notes, back=back)


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

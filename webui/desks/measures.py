"""Reports on the work of a period, and their workbook."""

from flask import Blueprint, Response, render_template, request

from engine.cases.measured import Period
from engine.cases.permissions import Permission
from engine.cases.report_book import report_book
from engine.cases.report_lists import behind
from engine.cases.reports import reports, this_year
from engine.statute.decisions import DECISIONS
from webui import visit
from webui.desks.work import download
from webui.guard import needs
from webui.reading import iso_day, whole_number
from webui.speech import gettext as _

pages = Blueprint("measures", __name__, url_prefix="/measures")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@needs(Permission.REPORTS_MEASURES_READ)
def index() -> str:
    """Every report on a period; the rows open their lists of cases."""
    period = _period()
    return render_template("desks/measures.html", tables=reports(visit.desk(), visit.actor(), period), period=period)


@pages.get("/book.xlsx")
@needs(Permission.REPORTS_MEASURES_READ)
def book() -> Response:
    """The same figures as a workbook."""
    period = _period()
    tables = reports(visit.desk(), visit.actor(), period)
    content = report_book(tables, period, visit.desk().settings.office.organ)
    name = _("办理情况统计 %(first)s至%(last)s", first=period.first, last=period.last)
    return download(content, f"{name}.xlsx", XLSX)


@pages.get("/cases")
@needs(Permission.REPORTS_MEASURES_READ)
def cases() -> str:
    """The cases that a figure counts: `report`, `line` (its key) and `figure` (its place)."""
    asked, period = request.args, _period()
    found = behind(
        visit.desk(),
        visit.actor(),
        period,
        (asked.get("report", "on_time"), asked.get("line", "all"), whole_number(asked.get("figure")) or 0),
        max(1, whole_number(asked.get("page")) or 1),
    )
    return render_template("desks/measures_cases.html", found=found, period=period, decisions=DECISIONS)


def _period() -> Period:
    usual = this_year(visit.desk().today())
    first = iso_day(request.args.get("from")) or usual.first
    last = iso_day(request.args.get("to")) or usual.last
    return Period(first, last) if first <= last else usual

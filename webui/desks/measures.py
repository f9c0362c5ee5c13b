"""Reports on the work of a period, and their workbook."""

from flask import Blueprint, Response, render_template, request

from engine.cases.measured import Period
from engine.cases.permissions import Permission
from engine.cases.report_book import report_book
from engine.cases.reports import reports, this_year
from webui import visit
from webui.desks.work import download
from webui.guard import needs
from webui.reading import iso_day
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


def _period() -> Period:
    usual = this_year(visit.desk().today())
    first = iso_day(request.args.get("from")) or usual.first
    last = iso_day(request.args.get("to")) or usual.last
    return Period(first, last) if first <= last else usual

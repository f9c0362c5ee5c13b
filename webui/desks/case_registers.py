"""Registers (台账) of case types: the cases of a period, the figures drawn from them, and the cases behind a figure."""

from flask import Blueprint, Response, render_template, request

from engine.cases.case_register import Period, RegisterPage, register_page, register_xlsx, registers
from engine.cases.permissions import Permission
from webui import visit
from webui.desks.work import download
from webui.guard import needs
from webui.reading import whole_number

pages = Blueprint("case_registers", __name__, url_prefix="/registers")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@needs(Permission.OFFICE_CASES_READ)
def index() -> str:
    """The registers there are."""
    return render_template("desks/case_registers.html", registers=registers(visit.desk(), visit.actor()))


@pages.get("/<case_type>")
@needs(Permission.OFFICE_CASES_READ)
def show(case_type: str) -> str:
    """One register: a quarter or a year; `figure` lists the cases behind a figure, `unmet` those that fall short."""
    return render_template("desks/case_register.html", page=_asked(case_type))


@pages.get("/<case_type>.xlsx")
@needs(Permission.CASES_EXPORT_MAKE)
def xlsx(case_type: str) -> Response:
    """The same as a workbook."""
    page = _asked(case_type)
    return download(register_xlsx(page), f"{page.title}-{page.period.title}.xlsx", _XLSX)


def _asked(case_type: str) -> RegisterPage:
    asked = request.args
    year, quarter = whole_number(asked.get("year")), whole_number(asked.get("quarter"))
    period = None
    if year is not None and 2000 <= year <= 2100:
        period = Period(year, quarter if quarter in {1, 2, 3, 4} else None)
    return register_page(
        visit.desk(), visit.actor(), case_type, period, asked.get("figure", ""), unmet=asked.get("unmet") == "yes"
    )

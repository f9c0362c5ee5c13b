"""Mending a slip in a case's ledger: a mistaken event is struck out with a reason and stays visible."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases.casepage import case_page
from engine.cases.corrections import Correction, foresee_strike, strike_event
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.reading import iso_day
from webui.speech import gettext as _

pages = Blueprint("ledger", __name__, url_prefix="/cases")


@pages.get("/<int:case_id>/ledger/<int:seq>/correct")
@needs(Permission.CASES_LEDGER_CORRECT)
def correct(case_id: int, seq: int) -> str:
    """The form."""
    return _page(case_id, seq)


@pages.post("/<int:case_id>/ledger/<int:seq>/correct")
@needs(Permission.CASES_LEDGER_CORRECT)
def strike(case_id: int, seq: int) -> Response | tuple[str, int]:
    """Strike the event out, and record it again under its right day when `way` says so.

    Where the applicant was told another date than the one that would count, that is said first (`known` = yes: heard).
    """
    given = request.form
    day = iso_day(given.get("corrected_on")) if given.get("way") == "date" else None
    try:
        if given.get("way") not in {"date", "strike"}:
            raise Refusal("请选择怎样更正。")
        if given["way"] == "date" and day is None:
            raise Refusal("请填写正确的日期。")
        foreseen = foresee_strike(visit.desk(), visit.actor(), case_id, seq, day)
        if foreseen.breaks_word and given.get("known") != "yes" and given.get("reason", "").strip():
            return _page(case_id, seq, foreseen=foreseen), 422
        strike_event(visit.desk(), visit.actor(), case_id, seq, given.get("reason", ""), corrected_on=day)
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _page(case_id, seq, str(refusal)), 422
    flash(_("已更正，各项日期已重新推算；原来的登记和更正原因都保留。"), "success")
    return redirect(url_for("cases.show", case_id=case_id, tab="clock"), 303)


def _page(case_id: int, seq: int, refused: str = "", foreseen: Correction | None = None) -> str:
    page = case_page(visit.desk(), visit.actor(), case_id)
    line = next((one for one in page.ledger if one.seq == seq and not one.void_reason), None)
    if line is None:
        raise NotFound("没有找到这条登记，或者它已经被更正。")
    values = visit.kept(request.form)
    return render_template(
        "desks/ledger_correct.html", case=page.case, line=line, values=values, refused=refused, foreseen=foreseen
    )

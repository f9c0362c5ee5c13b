"""Reconsideration and suit: the register, a line of it, registering, and table 4."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases import reviews
from engine.cases.casepage import CasePage, case_page
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.cases.page import Page
from engine.cases.permissions import Permission
from engine.cases.review_register import (
    ReviewFilter,
    ReviewLine,
    annual_table4,
    review_line,
    review_register,
)
from engine.statute.reviews import Procedure, ReviewKind, ReviewResult, block_total
from webui import visit
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _
from webui.wording import PROCEDURES, REVIEW_KINDS, REVIEW_RESULTS, REVIEW_STAGES

pages = Blueprint("reviews", __name__, url_prefix="/reviews")


@pages.get("")
@needs(Permission.CASES_REVIEW_READ)
def index() -> str:
    """The register, with filters."""
    asked = request.args
    wanted = ReviewFilter(
        kind=asked.get("kind", "") if asked.get("kind") in set(ReviewKind) else "",
        result=asked.get("result", "") if asked.get("result") in set(ReviewResult) else "",
        year=whole_number(asked.get("year")),
        due=asked.get("due") == "yes",
        text=asked.get("text", "").strip()[:100],
        table4=whole_number(asked.get("table4")),
    )
    found: Page[ReviewLine] = review_register(
        visit.desk(), visit.actor(), wanted, max(1, whole_number(asked.get("page")) or 1)
    )
    return render_template("desks/reviews.html", page=found, wanted=wanted, kinds=REVIEW_KINDS, results=REVIEW_RESULTS)


@pages.get("/new/<int:case_id>")
@needs(Permission.CASES_REVIEW_MANAGE)
def new(case_id: int) -> str:
    """The form for registering one on a case."""
    return _new_page(case_id, {})


@pages.post("/new/<int:case_id>")
@needs(Permission.CASES_REVIEW_MANAGE)
def create(case_id: int) -> str | Response | tuple[str, int]:
    """Register it."""
    try:
        review_id = reviews.register_review(visit.desk(), visit.actor(), case_id, request.form)
    except AnswerErrors as faults:
        return _new_page(case_id, faults.errors), 422
    flash(_("已登记。请按期提出答复（答辩）并备案。"), "success")
    return redirect(url_for("reviews.show", review_id=review_id), 303)


def _new_page(case_id: int, errors: dict[str, str]) -> str:
    page: CasePage = case_page(visit.desk(), visit.actor(), case_id)
    letters = [(one.id, f"{one.name} {one.number or ''}".strip()) for one in page.letters if one.voided_at is None]
    return render_template(
        "desks/review_new.html",
        case=page.case,
        letters=letters,
        values=visit.kept(request.form),
        errors=errors,
        kinds=REVIEW_KINDS,
        procedures={code: PROCEDURES[code] for code in Procedure},
    )


@pages.get("/<int:review_id>")
@needs(Permission.CASES_REVIEW_READ)
def show(review_id: int) -> str:
    """One line with its dates, its stages and, for legal staff, the form for the next stage."""
    return _page(review_id, {})


@pages.post("/<int:review_id>")
@needs(Permission.CASES_REVIEW_MANAGE)
def record(review_id: int) -> str | Response | tuple[str, int]:
    """Record a stage."""
    given = request.form
    try:
        case_id = reviews.record_stage(visit.desk(), visit.actor(), review_id, given)
    except AnswerErrors as faults:
        return _page(review_id, faults.errors), 422
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _page(review_id, {}, str(refusal)), 422
    if given.get("stage") == "decided" and given.get("again") == "yes":
        flash(_("已登记。本件重新办理，答复期限重新起算。"), "success")
        return redirect(url_for("cases.show", case_id=case_id), 303)
    flash(_("已登记。"), "success")
    return redirect(url_for("reviews.show", review_id=review_id), 303)


@pages.post("/<int:review_id>/void")
@needs(Permission.CASES_REVIEW_MANAGE)
def void(review_id: int) -> Response:
    """Take a line registered by mistake out of the register."""
    case_id = reviews.void_review(visit.desk(), visit.actor(), review_id, request.form.get("reason", ""))
    flash(_("已作废，原因保留在案卷中。"), "success")
    return redirect(url_for("cases.show", case_id=case_id, tab="after"), 303)


def _page(review_id: int, errors: dict[str, str], refused: str = "") -> str:
    line = review_line(visit.desk(), visit.actor(), review_id)
    return render_template(
        "desks/review.html",
        line=line,
        values=visit.kept(request.form or {"on": visit.desk().today().isoformat()}),
        errors=errors,
        refused=refused,
        kinds=REVIEW_KINDS,
        results=REVIEW_RESULTS,
        stages=REVIEW_STAGES,
        procedures=PROCEDURES,
    )


@pages.get("/table4")
@needs(Permission.REPORTS_ANNUAL_READ)
def table_four() -> str:
    """Table 4 of the annual report; every figure opens its lines in the register."""
    year = whole_number(request.args.get("year")) or visit.desk().today().year
    found = annual_table4(visit.desk(), visit.actor(), year)
    return render_template(
        "desks/table4.html",
        found=found,
        totals={kind: block_total(found.cells, kind) for kind in ReviewKind},
        kinds=REVIEW_KINDS,
        results=REVIEW_RESULTS,
        this_year=visit.desk().today().year,
    )

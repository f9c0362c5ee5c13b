"""Information disclosed on request that is to be published for everybody (Art. 44)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases import publications
from engine.cases.access import find_case
from engine.cases.errors import AnswerErrors
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.speech import gettext as _
from webui.wording import PUBLICATION_STATUSES

pages = Blueprint("publications", __name__, url_prefix="/publications")


@pages.get("")
@needs(Permission.CASES_PUBLICATION_READ)
def index() -> str:
    """All tasks, open ones first."""
    return _page({}, 0)


def _page(errors: dict[str, str], task_id: int) -> str:
    asked = request.args.get("status", "")
    status = asked if asked in PUBLICATION_STATUSES else ""
    return render_template(
        "desks/publications.html",
        tasks=publications.publication_tasks(visit.desk(), visit.actor(), status),
        status=status,
        statuses=PUBLICATION_STATUSES,
        errors=errors,
        at_task=task_id,
        given=request.form,
    )


@pages.get("/new/<int:case_id>")
@needs(Permission.CASES_PUBLICATION_PROPOSE)
def new(case_id: int) -> str:
    """The form for a proposal."""
    return _new_page(case_id, {})


@pages.post("/new/<int:case_id>")
@needs(Permission.CASES_PUBLICATION_PROPOSE)
def create(case_id: int) -> str | Response | tuple[str, int]:
    """Propose."""
    given = request.form
    try:
        publications.propose_publication(
            visit.desk(), visit.actor(), case_id, given.get("title", ""), given.get("reason", "")
        )
    except AnswerErrors as faults:
        return _new_page(case_id, faults.errors), 422
    flash(_("已提议，等待审定。"), "success")
    return redirect(url_for("cases.show", case_id=case_id, tab="after"), 303)


def _new_page(case_id: int, errors: dict[str, str]) -> str:
    with visit.desk().reading() as session:
        case = find_case(session, visit.actor(), case_id)
    values = visit.kept(request.form or {"title": case.subject[:200]})
    return render_template("desks/publication_new.html", case=case, values=values, errors=errors)


@pages.post("/<int:task_id>/settle")
@needs(Permission.CASES_PUBLICATION_APPROVE)
def settle(task_id: int) -> Response | tuple[str, int]:
    """Approve or decline."""
    approve = request.form.get("approve") == "yes"
    try:
        publications.settle_publication(
            visit.desk(), visit.actor(), task_id, approve=approve, why=request.form.get("why", "")
        )
    except AnswerErrors as faults:
        return _page(faults.errors, task_id), 422
    flash(_("已审定，二十个工作日内公开。") if approve else _("已退回提议。"), "success")
    return redirect(url_for("publications.index"), 303)


@pages.post("/<int:task_id>/publish")
@needs(Permission.CASES_PUBLICATION_PUBLISH)
def publish(task_id: int) -> Response | tuple[str, int]:
    """Record where and when it was published."""
    given = request.form
    try:
        publications.publish(visit.desk(), visit.actor(), task_id, given.get("on", ""), given.get("locator", ""))
    except AnswerErrors as faults:
        return _page(faults.errors, task_id), 422
    flash(_("已登记为主动公开。"), "success")
    return redirect(url_for("publications.index"), 303)

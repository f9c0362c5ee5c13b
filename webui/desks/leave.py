"""Leave and deputies: one's own page, and the administrator's for somebody else."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import leave
from engine.cases.errors import AnswerErrors
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.reading import iso_day, whole_number
from webui.speech import gettext as _

pages = Blueprint("leave", __name__)


@pages.get("/leave")
@needs(Permission.CASES_STEP_COMPLETE)
def index() -> str:
    """One's own leaves, and those one stands in for."""
    return _page(None)


@pages.post("/leave")
@needs(Permission.CASES_STEP_COMPLETE)
def arrange() -> Answer | tuple[str, int]:
    """Arrange a deputy for oneself."""
    return _arrange(None)


@pages.get("/admin/accounts/<int:account_id>/leave")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def of_account(account_id: int) -> str:
    """The leaves of an account."""
    return _page(account_id)


@pages.post("/admin/accounts/<int:account_id>/leave")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def arrange_for(account_id: int) -> Answer | tuple[str, int]:
    """Arrange a deputy for somebody else."""
    return _arrange(account_id)


@pages.post("/leave/<int:leave_id>/end")
@needs(Permission.CASES_STEP_COMPLETE, Permission.ADMIN_ACCOUNTS_MANAGE)
def end(leave_id: int) -> Answer:
    """Take a leave back, or end it early."""
    account_id = leave.end_leave(visit.desk(), visit.actor(), leave_id)
    flash(_("请假代理已结束。"), "success")
    return redirect(_where(None if account_id == visit.actor().id else account_id), 303)


def _where(account_id: int | None) -> str:
    return url_for("leave.index") if account_id is None else url_for("leave.of_account", account_id=account_id)


def _arrange(account_id: int | None) -> Answer | tuple[str, int]:
    given = request.form
    deputy_id = whole_number(given.get("deputy"))
    beyond = leave.beyond_roles(visit.desk(), visit.actor(), deputy_id, account_id)
    if beyond and whole_number(given.get("despite")) != beyond.deputy_id:
        return _page(account_id, beyond=beyond), 422
    try:
        leave.set_leave(
            visit.desk(),
            visit.actor(),
            deputy_id=deputy_id,
            first_on=iso_day(given.get("first_on")),
            last_on=iso_day(given.get("last_on")),
            reason=given.get("reason", ""),
            account_id=account_id,
        )
    except AnswerErrors as faults:
        return _page(account_id, faults.errors), 422
    flash(_("请假代理已安排，双方会收到消息。"), "success")
    return redirect(_where(account_id), 303)


def _page(account_id: int | None, errors: Any = None, beyond: leave.BeyondRoles | None = None) -> str:
    return render_template(
        "desks/leave.html",
        page=leave.leave_page(visit.desk(), visit.actor(), account_id),
        account_id=account_id,
        values=visit.kept(request.form),
        errors=errors or {},
        beyond=beyond,
    )

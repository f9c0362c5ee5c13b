"""The counter's pages: register a request, print its receipt, register the next one."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.cases.permissions import Permission
from engine.cases.registration import register, startable
from engine.cases.stepform import registration_form
from webui import answering, visit
from webui.answering import Values
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("register", __name__, url_prefix="/register")


@pages.get("")
@needs(Permission.CASES_CASE_REGISTER)
def index() -> str | Response:
    """The kinds of cases that can be registered; with one kind its form at once."""
    kinds = startable(visit.desk(), visit.actor())
    if len(kinds) == 1:
        return redirect(url_for("register.new", case_type=kinds[0][0]), 303)
    return render_template("desks/register_kinds.html", kinds=kinds)


@pages.get("/<case_type>")
@needs(Permission.CASES_CASE_REGISTER)
def new(case_type: str) -> str:
    """The form of a new case; a query parameter may fill in the channel."""
    opened = registration_form(visit.desk(), visit.actor(), case_type)
    draft = visit.draft()
    if draft is not None:
        return _page(case_type, answering.answers(opened.form, draft))
    values, unknown = dict(opened.values), ""
    channel = request.args.get("channel")
    if channel:
        known = next((dict(one.choices) for one in opened.form.fields if one.name == "channel"), {})
        if channel in known:
            values["channel"] = channel
        else:
            unknown = _("没有“%(channel)s”这种提交方式，请在下面选择。", channel=channel[:20])
    return _page(case_type, values, refused=unknown)


@pages.post("/<case_type>")
@needs(Permission.CASES_CASE_REGISTER)
def create(case_type: str) -> str | Response | tuple[str, int]:
    """Register the request; `next` opens the form for another one."""
    desk, actor = visit.desk(), visit.actor()
    opened = registration_form(desk, actor, case_type)
    values = answering.answers(opened.form, request.form)
    if more := request.form.get("more_rows"):
        return _page(case_type, values, more=more)
    sent = answering.uploads(opened.form, request.files)
    try:
        done = register(desk, actor, case_type, values, sent, once=request.form.get("once", "")[:40] or None)
    except AnswerErrors as faults:
        return _page(case_type, values, faults.errors, resend=bool(sent)), 422
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _page(case_type, values, refused=str(refusal), resend=bool(sent)), 422
    if "next" in request.form:
        flash(_("%(number)s 已登记。", number=done.number), "success")
        return redirect(url_for("register.new", case_type=case_type, after=done.case_id), 303)
    return redirect(url_for("cases.registered", case_id=done.case_id), 303)


def _page(
    case_type: str,
    values: Values,
    errors: dict[str, str] | None = None,
    refused: str = "",
    *,
    resend: bool = False,
    more: str = "",
) -> str:
    opened = registration_form(visit.desk(), visit.actor(), case_type)
    return render_template(
        "desks/register.html",
        case_type=case_type,
        opened=opened,
        asked=answering.questions(opened, values, errors, more),
        errors=errors or {},
        refused=refused,
        resend=resend,
        after=whole_number(request.args.get("after")),
        once=request.form.get("once", "")[:40] or secrets.token_urlsafe(16),
    )

"""The counter's pages: register a request, print its receipt, register the next one."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.cases.alike import alike, alike_to, asked_fields, asked_in
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.cases.kept_uploads import drop_upload, keep_uploads, kept_uploads
from engine.cases.last_registered import Last, arrival_days, last_registered
from engine.cases.permissions import Permission
from engine.cases.registration import is_registered, register, startable
from engine.cases.splitting import first_answers, whole_request
from engine.cases.stepform import StepForm, registration_form
from webui import answering, visit
from webui.answering import Values
from webui.guard import needs
from webui.reading import whole_number

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
@pages.get("/<case_type>/split/<int:case_id>")
@needs(Permission.CASES_CASE_REGISTER)
def new(case_type: str, case_id: int | None = None) -> str:
    """The form of a new case, or its draft; `after` and `copy` take over from the last one, `channel` fills in.

    With a `case_id` it is a part split from that case, here and in the views below.
    """
    desk, actor = visit.desk(), visit.actor()
    opened = registration_form(desk, actor, case_type, case_id)
    draft = visit.draft()
    if draft is not None and is_registered(desk, actor, draft.get("once", "")):
        visit.discard_draft(visit.page_path())  # kept by a page that had been handed in already
        draft = g.draft = None
    if draft is not None:
        return _page(opened, answering.answers(opened.form, draft), once=draft.get("once", ""))
    if case_id is not None:
        return _page(opened, {**opened.values, **first_answers(desk, actor, case_id, case_type)})
    last = last_registered(desk, actor, case_type)
    days = dict.fromkeys(arrival_days(opened.form), desk.today().isoformat())
    values = {**days, **opened.values, **_taken_over(last)}
    unknown = ""
    channel = request.args.get("channel")
    if channel:
        known = next((dict(one.choices) for one in opened.form.fields if one.name == "channel"), {})
        if channel in known:
            values["channel"] = channel
        else:
            unknown = _("没有“%(channel)s”这种提交方式，请在下面选择。", channel=channel[:20])
    return _page(opened, values, refused=unknown, last=last)


def _taken_over(last: Last | None) -> Mapping[str, Any]:
    """What the query asks to take over: from the one just registered how it came in, by a link applicant or matter."""
    if last is None or not request.args.keys() & {"after", "copy"}:
        return {}
    more = {"applicant": last.applicant, "matter": last.matter}.get(request.args.get("copy", ""), {})
    return {**last.arrival, **more}


@pages.post("/<case_type>")
@pages.post("/<case_type>/split/<int:case_id>")
@needs(Permission.CASES_CASE_REGISTER)
def create(case_type: str, case_id: int | None = None) -> str | Response | tuple[str, int]:
    """Register the request; `next` opens the form for another one."""
    desk, actor = visit.desk(), visit.actor()
    opened = registration_form(desk, actor, case_type, case_id)
    values = answering.answers(opened.form, request.form)
    if more := request.form.get("more_rows"):
        return _again(opened, values, more=more)
    if dropped := whole_number(request.form.get("drop_file")):
        drop_upload(desk, actor, dropped)
        return _again(opened, values)
    try:
        sent = answering.uploads(opened.form, request.files)
        done = register(desk, actor, case_type, values, sent, once=_once() or None, whole=case_id)
    except AnswerErrors as faults:
        return _again(opened, values, faults.errors), 422
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _again(opened, values, refused=str(refusal)), 422
    if "next" in request.form:
        flash(_("%(number)s 已登记。", number=done.number), "success")
        after = done.case_id if case_id is None else None
        return redirect(url_for("register.new", case_type=case_type, case_id=case_id, after=after), 303)
    return redirect(url_for("cases.registered", case_id=done.case_id), 303)


@pages.post("/<case_type>/draft")
@pages.post("/<case_type>/split/<int:case_id>/draft")
@needs(Permission.CASES_CASE_REGISTER)
def keep(case_type: str, case_id: int | None = None) -> str | Response:
    """Put the form aside as it is, files too: by a button, or by the script while somebody types."""
    desk, actor = visit.desk(), visit.actor()
    opened = registration_form(desk, actor, case_type, case_id)
    faults: dict[str, str] = {}
    page = url_for("register.new", case_type=case_type, case_id=case_id)
    if not is_registered(desk, actor, _once()):
        faults = _keep_files(opened)
        visit.keep_refused_input(page)
    if request.headers.get("HX-Request"):
        return render_template(
            "desks/register_kept.html", faults=list(faults.values()), opened=opened, kept=_kept(_once()), oob=True
        )
    flash(_("草稿已保存，关闭浏览器也不会丢失，下次打开登记页面时会恢复。"), "success")
    for fault in faults.values():
        flash(_(fault), "warning")
    return redirect(page, 303)


@pages.post("/<case_type>/alike")
@pages.post("/<case_type>/split/<int:case_id>/alike")
@needs(Permission.CASES_CASE_REGISTER)
def beside(case_type: str, case_id: int | None = None) -> str:
    """Earlier requests of the applicant and requests of similar content, for what has been typed so far."""
    opened = registration_form(visit.desk(), visit.actor(), case_type, case_id)
    asked = asked_in(opened.form, answering.answers(opened.form, request.form))
    return render_template("desks/alike.html", found=alike(visit.desk(), visit.actor(), asked, but=case_id))


def _once() -> str:
    """The name of the form as it was opened."""
    return request.form.get("once", "")[:40]


def _keep_files(opened: StepForm) -> dict[str, str]:
    sent = answering.uploads(opened.form, request.files)
    return keep_uploads(visit.desk(), visit.actor(), _once(), sent) if sent and _once() else {}


def _kept(once: str) -> list[Any]:
    return kept_uploads(visit.desk(), visit.actor(), once) if once else []


def _again(
    opened: StepForm,
    values: Values,
    errors: dict[str, str] | None = None,
    refused: str = "",
    *,
    more: str = "",
) -> str:
    """The page as it was sent; what came with it is kept for the next time, files too."""
    faults = _keep_files(opened)
    visit.keep_refused_input(url_for("register.new", **(request.view_args or {})))
    lost = bool(faults) or (bool(request.files) and not _once())
    return _page(opened, values, {**(errors or {}), **faults}, refused, once=_once(), more=more, resend=lost)


def _page(
    opened: StepForm,
    values: Values,
    errors: dict[str, str] | None = None,
    refused: str = "",
    *,
    once: str = "",
    more: str = "",
    resend: bool = False,
    last: Last | None = None,
) -> str:
    desk, actor, place = visit.desk(), visit.actor(), request.view_args or {}
    case_type, case_id = place["case_type"], place.get("case_id")
    whole = whole_request(desk, actor, case_id, case_type) if case_id is not None else None
    opened = replace(opened, kept=whole.files) if whole is not None else opened
    after = whole_number(request.args.get("after"))
    after = after if last is not None and last.case_id == after else None
    return render_template(
        "desks/register.html",
        case_type=case_type,
        opened=opened,
        whole=whole,
        # A request is submitted (Art. 31); only for it there is a blank form.
        blank=any(rule.type == "submit" for rule in opened.form.events),
        place=place,
        asked=answering.questions(opened, values, errors, more),
        errors=errors or {},
        refused=refused,
        resend=resend,
        last=last,
        after=after,
        warned=bool(after and alike_to(desk, actor, after)),
        watched=list(asked_fields(opened.form).values()),
        found=alike(desk, actor, asked_in(opened.form, values), but=case_id),
        kept=_kept(once),
        keeps_files=True,
        once=once or secrets.token_urlsafe(16),
    )

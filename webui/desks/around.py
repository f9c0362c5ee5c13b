"""Around a case: what is said about it, who watches it, which cases belong with it, and who may see it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases import comments, confidential, links, watching
from engine.cases.errors import AnswerErrors
from engine.cases.permissions import Permission
from webui import casefile, visit
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("around", __name__, url_prefix="/cases")


def _back(case_id: int, tab: str | None = None, anchor: str | None = None) -> Response:
    return redirect(url_for("cases.show", case_id=case_id, tab=tab, _anchor=anchor), 303)


@pages.post("/<int:case_id>/comments")
@needs(Permission.CASES_COMMENT_WRITE)
def comment(case_id: int) -> Response | tuple[str, int]:
    """Say something about the case; colleagues named with @ are told."""
    try:
        done = comments.add_comment(visit.desk(), visit.actor(), case_id, request.form.get("text", ""))
    except AnswerErrors as faults:
        return casefile.show(casefile.read(case_id), "talk", errors=faults.errors), 422
    told = _("意见已发表。")
    if done.told:
        told += _("已告知：%(names)s。", names="、".join(done.told))
    flash(told, "success")
    if done.untold:
        flash(_("%(names)s 无权查看本件，没有告知。", names="、".join(done.untold)), "warning")
    return _back(case_id, "talk", "tabs")


@pages.post("/comments/<int:comment_id>/strike")
@needs(Permission.CASES_COMMENT_WRITE)
def strike(comment_id: int) -> Response:
    """Strike a comment; it stays, struck, with the reason."""
    case_id = comments.strike_comment(visit.desk(), visit.actor(), comment_id, request.form.get("reason", ""))
    flash(_("意见已撤回，原文和原因保留。"), "success")
    return _back(case_id, "talk", "tabs")


@pages.post("/<int:case_id>/watch")
@needs(Permission.CASES_CASE_WATCH)
def watch(case_id: int) -> Response:
    """Begin (`on` = yes) or cease to watch the case."""
    begin = request.form.get("on") == "yes"
    watching.watch(visit.desk(), visit.actor(), case_id, on=begin)
    flash(_("已关注本件，办理进展会告知您。") if begin else _("已取消关注。"), "success")
    return _back(case_id)


@pages.post("/<int:case_id>/links")
@needs(Permission.CASES_LINK_MANAGE)
def link(case_id: int) -> Response | tuple[str, int]:
    """Link the case to another one, by its number."""
    given = request.form
    try:
        number = links.add_link(visit.desk(), visit.actor(), case_id, given.get("number", ""), given.get("way", ""))
    except AnswerErrors as faults:
        return casefile.show(casefile.read(case_id), "overview", link_errors=faults.errors), 422
    flash(_("已关联 %(number)s。", number=number), "success")
    return _back(case_id, anchor="links")


@pages.post("/<int:case_id>/links/<int:link_id>/remove")
@needs(Permission.CASES_LINK_MANAGE)
def unlink(case_id: int, link_id: int) -> Response:
    """Take off a link made by mistake."""
    links.remove_link(visit.desk(), visit.actor(), link_id, request.form.get("reason", ""))
    flash(_("已取消关联。"), "success")
    return _back(case_id, anchor="links")


@pages.get("/<int:case_id>/access")
@needs(Permission.CASES_CASE_CONFIDE)
def access(case_id: int) -> str:
    """Who sees the case, and why."""
    return _access(case_id)


@pages.post("/<int:case_id>/access")
@needs(Permission.CASES_CASE_CONFIDE)
def confide(case_id: int) -> Response | tuple[str, int]:
    """Make the case confidential (`on` = yes), or open it to the office again."""
    begin = request.form.get("on") == "yes"
    change = confidential.set_confidential if begin else confidential.lift_confidential
    try:
        change(visit.desk(), visit.actor(), case_id, request.form.get("reason", ""))
    except AnswerErrors as faults:
        return _access(case_id, faults.errors), 422
    flash(_("本件已设为保密件。") if begin else _("本件已解除保密。"), "success")
    return redirect(url_for("around.access", case_id=case_id), 303)


@pages.post("/<int:case_id>/access/people")
@needs(Permission.CASES_CASE_CONFIDE)
def name(case_id: int) -> Response | tuple[str, int]:
    """Let one more person see the confidential case."""
    given = request.form
    account_id = whole_number(given.get("account_id"))
    try:
        confidential.name_person(visit.desk(), visit.actor(), case_id, account_id, given.get("reason", ""))
    except AnswerErrors as faults:
        return _access(case_id, naming=faults.errors), 422
    flash(_("已指定，并告知本人。"), "success")
    return redirect(url_for("around.access", case_id=case_id), 303)


@pages.post("/<int:case_id>/access/people/<int:account_id>/remove")
@needs(Permission.CASES_CASE_CONFIDE)
def unname(case_id: int, account_id: int) -> Response:
    """Take a named person off the list."""
    confidential.unname_person(visit.desk(), visit.actor(), case_id, account_id)
    flash(_("已取消指定。"), "success")
    return redirect(url_for("around.access", case_id=case_id), 303)


def _access(case_id: int, errors: dict[str, str] | None = None, naming: dict[str, str] | None = None) -> str:
    return render_template(
        "desks/case_access.html",
        circle=confidential.circle(visit.desk(), visit.actor(), case_id),
        errors=errors or {},
        naming=naming or {},
        values=visit.kept(request.form),
    )

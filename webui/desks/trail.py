"""The auditor's pages: the audit trail and its verification."""

from flask import Blueprint, render_template, request

from engine.cases import trail
from engine.cases.permissions import Permission
from webui import visit
from webui.audit_words import about_title, action_title, data_words
from webui.guard import needs
from webui.reading import iso_day, whole_number

pages = Blueprint("trail", __name__, url_prefix="/audit")


@pages.get("")
@needs(Permission.AUDIT_TRAIL_READ)
def index() -> str:
    """The audit trail, newest first, with filters."""
    desk, actor, asked = visit.desk(), visit.actor(), request.args
    wanted = trail.TrailFilter(
        since=iso_day(asked.get("since")),
        until=iso_day(asked.get("until")),
        who=asked.get("who", ""),
        action=asked.get("action", ""),
        about=asked.get("about", ""),
    )
    return render_template(
        "desks/trail.html",
        page=trail.trail(desk, actor, wanted, before=whole_number(asked.get("before"))),
        actions=[(code, action_title(code)) for code in trail.trail_actions(desk, actor)],
        wanted=asked,
        action_title=action_title,
        about_title=about_title,
        data_words=data_words,
    )


@pages.get("/verify")
@needs(Permission.AUDIT_TRAIL_READ)
def verify() -> str:
    """Every hash of the trail computed again, and the newest seals."""
    desk, actor = visit.desk(), visit.actor()
    return render_template(
        "desks/trail_verify.html", result=trail.check_trail(desk, actor), seals=trail.seals(desk, actor)
    )

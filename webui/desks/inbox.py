"""Messages: what the office told somebody."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases import messages
from engine.cases.page import Page
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.reading import whole_number

pages = Blueprint("inbox", __name__, url_prefix="/inbox")

_SIZE = 50


@pages.get("")
@needs(Permission.SELF_INBOX_READ)
def index() -> str:
    """One's own messages, newest first."""
    number = max(1, whole_number(request.args.get("page")) or 1)
    desk, actor = visit.desk(), visit.actor()
    rows, total = messages.inbox(desk, actor, number, _SIZE)
    return render_template(
        "desks/inbox.html",
        page=Page(tuple(rows), total, number, _SIZE),
        lights=messages.lights_of(desk, actor, rows),
        words=messages.words,
    )


@pages.post("/read")
@needs(Permission.SELF_INBOX_READ)
def mark_read() -> Response:
    """Mark one message (`message_id`) or all of them as read."""
    messages.mark_read(visit.desk(), visit.actor(), whole_number(request.form.get("message_id")))
    return redirect(url_for("inbox.index"), 303)

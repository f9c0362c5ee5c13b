"""The administrator's page for messages on their way out."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine.cases import outgoing
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _
from webui.wording import OUTGOING_CHANNELS

pages = Blueprint("outbox", __name__, url_prefix="/admin/outbox")

STATES = {"dead": _l("未能发出"), "waiting": _l("等待发送"), "sent": _l("已发出")}


@pages.get("")
@needs(Permission.ADMIN_OUTBOX_MANAGE)
def index() -> str:
    """The queue, what was put aside first."""
    asked = request.args.get("state", "")
    state = asked if asked in STATES else "dead"
    found = outgoing.outgoing(visit.desk(), visit.actor(), state, max(1, whole_number(request.args.get("page")) or 1))
    return render_template("desks/outbox.html", found=found, state=state, states=STATES, channels=OUTGOING_CHANNELS)


@pages.post("")
@needs(Permission.ADMIN_OUTBOX_MANAGE)
def send_all() -> Response:
    """Send everything that was put aside again."""
    count = outgoing.send_again(visit.desk(), visit.actor())
    flash(_("%(count)s 条消息已放回发送队列。", count=count), "success")
    return redirect(url_for("outbox.index", state="waiting"), 303)


@pages.post("/<int:message_id>")
@needs(Permission.ADMIN_OUTBOX_MANAGE)
def send_one(message_id: int) -> Response:
    """Send one message again."""
    outgoing.send_again(visit.desk(), visit.actor(), message_id)
    flash(_("消息已放回发送队列。"), "success")
    return redirect(url_for("outbox.index"), 303)

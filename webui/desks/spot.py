"""The list of information that one officer may give on the spot (Art. 33(1)): everybody reads it, the head keeps it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases import spot
from engine.cases.errors import AnswerErrors
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.speech import gettext as _

pages = Blueprint("spot", __name__, url_prefix="/spot")


@pages.get("")
@needs(Permission.SPOT_LIST_READ)
def index() -> str:
    """The list, and for the head of the disclosure office the form for a further item."""
    return _page({})


@pages.post("")
@needs(Permission.SPOT_LIST_MANAGE)
def approve() -> Response | tuple[str, int]:
    """Put an item on the list."""
    given = request.form
    try:
        spot.approve_spot_item(visit.desk(), visit.actor(), given.get("title", ""), given.get("locator", ""))
    except AnswerErrors as faults:
        return _page(faults.errors), 422
    flash(_("已列入当场答复清单。"), "success")
    return redirect(url_for("spot.index"), 303)


@pages.post("/<int:item_id>/withdraw")
@needs(Permission.SPOT_LIST_MANAGE)
def withdraw(item_id: int) -> Response:
    """Take an item off the list."""
    spot.withdraw_spot_item(visit.desk(), visit.actor(), item_id)
    flash(_("已移出当场答复清单，今后不能再据此当场答复；以前的答复不受影响。"), "success")
    return redirect(url_for("spot.index"), 303)


def _page(errors: dict[str, str]) -> str:
    items = spot.spot_items(visit.desk(), visit.actor())
    return render_template("desks/spot.html", items=items, values=visit.kept(request.form), errors=errors)

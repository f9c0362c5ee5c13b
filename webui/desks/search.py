"""Full-text search: every request, letter and attachment that somebody may see, by the words that stand in them."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.cases.errors import NotPermitted, Refusal
from engine.cases.full_text import search_text
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.reading import whole_number

pages = Blueprint("search", __name__, url_prefix="/search")

PLACES = {"request": _l("申请"), "reply": _l("答复等文书"), "attachment": _l("附件")}


@pages.get("")
@needs(Permission.CASES_CASE_READ)
def index() -> str:
    """The search field, and what was found."""
    text = " ".join(request.args.get("text", "").split())[:200]
    place = request.args.get("place", "")
    place = place if place in PLACES else ""
    before = whole_number(request.args.get("before"))
    hits, refused = None, ""
    if text:
        try:
            hits = search_text(visit.desk(), visit.actor(), text, place, before)
        except NotPermitted:
            raise
        except Refusal as refusal:
            refused = _(str(refusal))
    return render_template(
        "desks/search.html", text=text, place=place, places=PLACES, hits=hits, before=before, refused=refused
    )

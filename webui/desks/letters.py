"""Issued letters: their files, the register of document numbers, and voiding."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from engine.cases import letters_desk
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.letters_desk import RegisterFilter
from engine.cases.permissions import Permission
from webui import visit
from webui.desks.work import DOCX, download
from webui.guard import needs
from webui.reading import whole_number
from webui.wording import SERIES

pages = Blueprint("letters", __name__, url_prefix="/letters")


@pages.get("")
@needs(Permission.LETTERS_REGISTER_READ)
def index() -> str:
    """The register of document numbers."""
    asked = request.args
    series = asked.get("series", "")
    wanted = RegisterFilter(
        series=series if series in SERIES else "",
        year=whole_number(asked.get("year")),
        text=asked.get("text", "")[:100],
        only_void=asked.get("void") == "yes",
    )
    found = letters_desk.letters_register(visit.desk(), visit.actor(), wanted, whole_number(asked.get("page")) or 1)
    return render_template("desks/letters.html", register=found, wanted=wanted, series_titles=SERIES)


@pages.get("/<int:letter_id>/file")
@needs(Permission.CASES_DOCUMENT_READ)
def file(letter_id: int) -> Response:
    """The letter's file, byte for byte as it was issued."""
    letter, content = letters_desk.read_letter(visit.desk(), visit.actor(), letter_id)
    mark = _("（已作废）") if letter.voided_at else ""
    return download(content, f"{letter.number or letter.name}-{letter.name}{mark}.docx", DOCX)


@pages.get("/<int:letter_id>/void")
@needs(Permission.LETTERS_LETTER_VOID)
def void(letter_id: int) -> str:
    """The page for voiding a letter."""
    return _void_page(letter_id)


@pages.post("/<int:letter_id>/void")
@needs(Permission.LETTERS_LETTER_VOID)
def strike(letter_id: int) -> Answer | tuple[str, int]:
    """Void the letter, for a reason, and issue it anew when asked."""
    given = request.form
    try:
        made = letters_desk.void_letter(
            visit.desk(),
            visit.actor(),
            letter_id,
            given.get("reason", ""),
            reissue=given.get("reissue") == "yes",
        )
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _void_page(letter_id, str(refusal)), 422
    letter, case = letters_desk.find_letter(visit.desk(), visit.actor(), letter_id)
    title = f"《{letter.name}》{letter.number or ''}"
    flash(_("%(letter)s已作废，编号和原因保留在登记簿中。", letter=title), "success")
    return redirect(url_for("cases.show", case_id=case.id, tab="letters", letter=made), 303)


def _void_page(letter_id: int, refused: str = "") -> str:
    letter, case = letters_desk.find_letter(visit.desk(), visit.actor(), letter_id)
    return render_template(
        "desks/void.html", letter=letter, case=case, values=visit.kept(request.form), refused=refused
    )

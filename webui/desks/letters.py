"""Issued letters: their files, the register of document numbers, voiding and correcting."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import letter_files, letters_desk, sealing
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.letter_amending import correct_letter
from engine.cases.letters_desk import RegisterFilter
from engine.cases.permissions import Permission
from engine.cases.register_export import register_xlsx
from letters.sheet_view import sheet_view
from webui import visit
from webui.desks.work import DOCX, download
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _
from webui.wording import SERIES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages = Blueprint("letters", __name__, url_prefix="/letters")


@pages.get("")
@needs(Permission.LETTERS_REGISTER_READ)
def index() -> str:
    """The register of document numbers."""
    wanted = _wanted()
    found = letters_desk.letters_register(
        visit.desk(), visit.actor(), wanted, whole_number(request.args.get("page")) or 1
    )
    return render_template("desks/letters.html", register=found, wanted=wanted, series_titles=SERIES)


def _wanted() -> RegisterFilter:
    asked = request.args
    series = asked.get("series", "")
    return RegisterFilter(
        series=series if series in SERIES else "",
        year=whole_number(asked.get("year")),
        text=asked.get("text", "")[:100],
        only_void=asked.get("void") == "yes",
    )


@pages.get("/<int:letter_id>/file")
@needs(Permission.CASES_DOCUMENT_READ)
def file(letter_id: int) -> Response:
    """The letter's file, byte for byte as it was issued."""
    letter, content = letters_desk.read_letter(visit.desk(), visit.actor(), letter_id)
    mark = _("（已作废）") if letter.voided_at else ""
    return download(content, f"{letter.number or letter.name}-{letter.name}{mark}.docx", DOCX)


@pages.get("/<int:letter_id>/read")
@needs(Permission.CASES_DOCUMENT_READ)
def read(letter_id: int) -> str:
    """The letter on a page, word for word as it was issued."""
    letter, content = letters_desk.read_letter(visit.desk(), visit.actor(), letter_id)
    _letter, case = letters_desk.find_letter(visit.desk(), visit.actor(), letter_id)
    return render_template("desks/letter_read.html", letter=letter, case=case, sheet=sheet_view(content))


@pages.get("/register.xlsx")
@needs(Permission.CASES_EXPORT_MAKE)
def export() -> Response:
    """The lines that the filter finds, as a spreadsheet."""
    content = register_xlsx(visit.desk(), visit.actor(), _wanted())
    return download(content, _("文号登记簿-%(day)s.xlsx", day=visit.desk().today().isoformat()), XLSX)


@pages.get("/<int:letter_id>/files/<kind>")
@needs(Permission.CASES_DOCUMENT_READ)
def added(letter_id: int, kind: str) -> Response:
    """The PDF or the stamped PDF of a letter."""
    letter, content = letter_files.read_letter_file(visit.desk(), visit.actor(), letter_id, kind)
    mark = _("（盖章）") if kind == "stamped" else ""
    return download(content, f"{letter.number or letter.name}-{letter.name}{mark}.pdf", "application/pdf")


@pages.post("/<int:letter_id>/pdf")
@needs(Permission.LETTERS_FILE_MAKE)
def make_pdf(letter_id: int) -> Answer:
    """Have a PDF made of the letter; the scheduler does it."""
    asked = letter_files.ask_pdf(visit.desk(), visit.actor(), [letter_id])
    flash(_("正在转换，一两分钟后刷新本页即可下载。") if asked else _("这份文书已经有 PDF，或者正在转换。"), "success")
    return _to_case(letter_id)


@pages.post("/<int:letter_id>/seal")
@needs(Permission.LETTERS_FILE_MAKE)
def seal(letter_id: int) -> Answer:
    """Send the letter's PDF to the sealing platform."""
    name = sealing.request_seal(visit.desk(), visit.actor(), letter_id)
    flash(_("已送电子印章平台（%(name)s），盖好后自动收回。", name=name), "success")
    return _to_case(letter_id)


def _to_case(letter_id: int) -> Answer:
    _letter, case = letters_desk.find_letter(visit.desk(), visit.actor(), letter_id)
    return redirect(url_for("cases.show", case_id=case.id, tab="letters"), 303)


@pages.get("/<int:letter_id>/correct")
@needs(Permission.LETTERS_LETTER_VOID)
def correct(letter_id: int) -> str:
    """The page for correcting slips of an issued letter."""
    return _correct_page(letter_id)


@pages.post("/<int:letter_id>/correct")
@needs(Permission.LETTERS_LETTER_VOID)
def amend(letter_id: int) -> Answer | tuple[str, int]:
    """Issue the notice of correction."""
    given = request.form
    pairs = list(zip(given.getlist("wrong"), given.getlist("right"), strict=False))
    try:
        made = correct_letter(visit.desk(), visit.actor(), letter_id, pairs, given.get("reason", ""))
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _correct_page(letter_id, str(refusal)), 422
    _letter, case = letters_desk.find_letter(visit.desk(), visit.actor(), made)
    return redirect(url_for("cases.show", case_id=case.id, tab="letters", letter=made), 303)


def _correct_page(letter_id: int, refused: str = "") -> str:
    letter, case = letters_desk.find_letter(visit.desk(), visit.actor(), letter_id)
    kept = visit.kept(request.form)
    filled = list(zip(kept.getlist("wrong"), kept.getlist("right"), strict=False))
    rows = [*filled, *[("", "")] * max(3 - len(filled), 1)]
    return render_template("desks/correct.html", letter=letter, case=case, values=kept, rows=rows, refused=refused)


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

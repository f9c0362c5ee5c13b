"""Internal papers and forms of a case, made when somebody asks for them."""

from flask import Blueprint, Response, request

from engine.cases import papers
from engine.cases.permissions import Permission
from letters.catalog import load
from webui import visit
from webui.desks.work import DOCX, download
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("papers", __name__, url_prefix="/papers")


@pages.post("/<int:case_id>/<code>")
@needs(Permission.CASES_CASE_READ)
def make(case_id: int, code: str) -> Response:
    """A paper of a case; making one that shows masked data is recorded, so it is posted, not linked."""
    letter_id = whole_number(request.form.get("letter"))
    content = papers.case_paper(visit.desk(), visit.actor(), case_id, code, letter_id)
    return download(content, f"{load()[code].name}-{case_id}.docx", DOCX)


@pages.get("/application-form")
@needs(Permission.CASES_CASE_REGISTER)
def form() -> Response:
    """The blank application form that the counter hands out."""
    return download(papers.blank_form(visit.desk(), visit.actor()), _("政府信息公开申请表.docx"), DOCX)

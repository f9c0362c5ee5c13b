"""The file of a case: its page, documents, diagrams and actions, and the list of all cases."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import documents, replacing
from engine.cases.actions import take_action
from engine.cases.calendar_view import holiday_notices
from engine.cases.casepage import case_page, reveal
from engine.cases.diagrams import case_diagram
from engine.cases.documents import Upload
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal, Stale
from engine.cases.letters_desk import issue_receipt
from engine.cases.permissions import Permission
from engine.cases.stepform import StepForm, action_form
from webui import answering, case_list, casefile, keeping, lights, visit
from webui.answering import Values
from webui.desks.work import after, download
from webui.drawing import drawing
from webui.guard import needs
from webui.speech import gettext as _

pages = Blueprint("cases", __name__, url_prefix="/cases")


@pages.get("")
@needs(Permission.OFFICE_CASES_READ)
def index() -> str:
    """Every case of the office, by what is due."""
    return case_list.page()


@pages.get("/<int:case_id>")
@needs(Permission.CASES_CASE_READ)
def show(case_id: int) -> str:
    """The page of a case; `tab` chooses what stands below the strip."""
    return casefile.show(casefile.read(case_id))


@pages.get("/<int:case_id>/deadline")
@needs(Permission.CASES_CASE_READ)
def deadline(case_id: int) -> str:
    """The sheet 期限计算说明: the whole arithmetic on A4, for the file or for a reviewing body."""
    desk, actor = visit.desk(), visit.actor()
    page = case_page(desk, actor, case_id)
    years = {day.year for segment in page.clock.explain for day in (segment.first, segment.last)}
    return render_template(
        "desks/case_deadline.html",
        page=page,
        case=page.case,
        light=lights.of_page(page),
        notices=[one for one in holiday_notices(desk, actor) if one.active and one.year in years],
        organ=desk.settings.office.organ,
        made_by=actor.name,
        made_at=desk.now(),
    )


@pages.get("/<int:case_id>/registered")
@needs(Permission.CASES_CASE_READ)
def registered(case_id: int) -> str:
    """What the counter hands out after registering: number, query code, receipt."""
    page = case_page(visit.desk(), visit.actor(), case_id)
    return render_template("desks/registered.html", page=page, light=lights.of_page(page))


@pages.post("/<int:case_id>/reveal")
@needs(Permission.CASES_PERSONAL_REVEAL)
def show_personal(case_id: int) -> str | tuple[str, int]:
    """The page once with the applicant's data in full; the reason goes into the audit trail."""
    desk, actor = visit.desk(), visit.actor()
    try:
        reveal(desk, actor, case_id, request.form.get("reason", ""))
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return casefile.show(casefile.read(case_id), reveal_refused=str(refusal)), 422
    return casefile.show(casefile.read(case_id, revealed=True))


@pages.post("/<int:case_id>/receipt")
@needs(Permission.CASES_STEP_COMPLETE)
def receipt(case_id: int) -> Answer:
    """The receipt, made if it was not made before, as a file to print."""
    letter_id = issue_receipt(visit.desk(), visit.actor(), case_id)
    return redirect(url_for("letters.file", letter_id=letter_id), 303)


@pages.post("/<int:case_id>/documents")
@needs(Permission.CASES_CASE_READ)
def add_documents(case_id: int) -> Answer:
    """Attach files outside of any step."""
    sent = [Upload(one.filename, one.stream) for one in request.files.getlist("files") if one.filename]
    if not sent:
        raise Refusal("请先选择要上传的文件。")
    documents.add_documents(visit.desk(), visit.actor(), case_id, sent, "attachment")
    flash(_("已上传 %(count)s 个文件。", count=len(sent)), "success")
    return redirect(url_for("cases.show", case_id=case_id, tab="papers"), 303)


@pages.post("/documents/<int:document_id>/replace")
@needs(Permission.CASES_ACTION_TAKE)
def replace_document(document_id: int) -> Answer:
    """A newer version of a paper; what had been signed is signed anew."""
    sent = [Upload(one.filename, one.stream) for one in request.files.getlist("files") if one.filename]
    done = replacing.replace_document(visit.desk(), visit.actor(), document_id, sent)
    flash(_("已换上新的版本。") + after(done.next_steps), "success")
    return redirect(url_for("cases.show", case_id=done.case_id), 303)


@pages.get("/documents/<int:document_id>")
@needs(Permission.CASES_DOCUMENT_READ)
def document(document_id: int) -> Response:
    """A document's bytes under a safe name."""
    found, content = documents.read_document(visit.desk(), visit.actor(), document_id)
    return download(content, found.filename, found.media_type)


@pages.get("/<int:case_id>/diagrams/<process>.bpmn")
@needs(Permission.CASES_CASE_READ)
def diagram(case_id: int, process: str) -> Response:
    """The XML of one level of the process, in the version the case runs on."""
    return drawing(case_diagram(visit.desk(), visit.actor(), case_id, process))


@pages.get("/<int:case_id>/actions/<action_id>")
@needs(Permission.CASES_ACTION_TAKE)
def action(case_id: int, action_id: str) -> str:
    """The form of an action."""
    opened = action_form(visit.desk(), visit.actor(), case_id, action_id)
    draft = visit.draft()
    values = answering.answers(opened.form, draft) if draft is not None else opened.values
    return _action_page(opened, action_id, values)


@pages.post("/<int:case_id>/actions/<action_id>")
@needs(Permission.CASES_ACTION_TAKE)
def act(case_id: int, action_id: str) -> str | Answer | tuple[str, int]:
    """Take the action, or show what is wrong."""
    desk, actor = visit.desk(), visit.actor()
    opened = action_form(desk, actor, case_id, action_id)
    values = answering.answers(opened.form, request.form)
    if (more := request.form.get("more_rows")) or keeping.dropped():
        return _action_page(opened, action_id, values, more=more or "")
    sent = answering.uploads(opened.form, request.files)
    try:
        done = take_action(desk, actor, case_id, action_id, values, sent, keeping.form_name(opened, action_id) or None)
    except AnswerErrors as faults:
        return _action_page(opened, action_id, values, faults.errors), 422
    except Stale as stale:
        typed = answering.typed(opened, values)
        return render_template("desks/too_late.html", asked=opened, sentence=str(stale), typed=typed), 409
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _action_page(opened, action_id, values, refused=str(refusal)), 422
    flash(_("“%(title)s”已登记。", title=opened.form.title) + after(done.next_steps), "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _action_page(
    opened: StepForm,
    action_id: str,
    values: Values,
    errors: dict[str, str] | None = None,
    refused: str = "",
    *,
    more: str = "",
) -> str:
    name = keeping.form_name(opened, action_id)
    faults = keeping.keep(opened, name) if request.method == "POST" else {}
    errors = {**(errors or {}), **faults}
    return render_template(
        "desks/action.html",
        form_name=name,
        kept=keeping.kept(name),
        opened=opened,
        case=opened.case,
        action_id=action_id,
        asked=answering.questions(opened, values, errors, more),
        errors=errors,
        refused=refused,
        resend=bool(faults),
    )

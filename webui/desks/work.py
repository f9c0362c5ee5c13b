"""The desk of whoever handles cases: work lists, the page of a step, claiming and handing over."""

from io import BytesIO
from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import claims, saved_filters, worklists
from engine.cases.casepage import case_page
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal, Stale
from engine.cases.handing_over import target_of
from engine.cases.page import Page
from engine.cases.permissions import Permission
from engine.cases.signing import PapersChanged
from engine.cases.stepform import StepForm, asked_form, preview_letter, step_form
from engine.cases.steps import complete_step
from engine.cases.work_tabs import Tab
from engine.cases.worklists import Row
from letters.sheet_view import sheet_view
from webui import answering, filtering, keeping, lights, visit
from webui.answering import Values
from webui.frame import in_hand
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("work", __name__, url_prefix="/work")

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.get("")
@needs(Permission.CASES_STEP_COMPLETE)
def index() -> str:
    """One's own lists: to do, to claim, done, closed."""
    desk, actor, asked = visit.desk(), visit.actor(), request.args
    tab = Tab(asked["tab"]) if asked.get("tab") in set(Tab) else Tab.TODO
    filters = filtering.read(asked)
    waits = tab in {Tab.TODO, Tab.CLAIM}
    grouped = waits and not filters.ordered
    chips = filtering.chips(filters, {})
    waiting = {Tab.TODO: in_hand().todo, Tab.CLAIM: in_hand().claim}
    number = whole_number(asked.get("page")) or 1
    found = worklists.my_work(desk, actor, tab, filters, number, counted=waiting.get(tab))
    return render_template(
        "desks/work.html",
        tab=tab,
        groups=_groups(found.rows) if grouped else [("", list(found.rows))],
        page=Page(found.rows, found.total, found.page, worklists.PAGE, found.more),
        filters=filters,
        chips_on=chips,
        sorting=lambda column: filtering.sorting(filters, column, "due" if waits else "done"),
        kept=saved_filters.saved_filters(desk, actor, "work"),
        keep_query={"tab": str(tab), **filtering.kept_query(asked)},
        narrowed=bool(chips) or filters.ordered,
        absent=actor.absent,
    )


def _groups(rows: tuple[Row, ...]) -> list[tuple[str, list[Row]]]:
    """The lines under the heads of their urgency, most pressing first."""
    ranked = lights.ranked(rows)
    return [(str(lights.GROUPS[group]), list(found)) for group, found in groupby(ranked, lights.group_of)]


@pages.get("/<int:item_id>")
@needs(Permission.CASES_STEP_COMPLETE)
def step(item_id: int) -> str | Answer:
    """The page of one step."""
    try:
        opened = step_form(visit.desk(), visit.actor(), item_id)
    except Stale as stale:
        flash(_(str(stale)), "warning")
        return redirect(url_for("cases.show", case_id=_case_of(item_id)), 303)
    draft = visit.draft()
    values = answering.answers(opened.form, draft) if draft is not None else opened.values
    return _page(opened, values)


@pages.post("/<int:item_id>")
@needs(Permission.CASES_STEP_COMPLETE)
def complete(item_id: int) -> str | Answer | tuple[str, int]:
    """Complete the step, or show what is wrong beside what was typed."""
    desk, actor = visit.desk(), visit.actor()
    asked = asked_form(desk, actor, item_id)
    values = answering.answers(asked.form, request.form)
    if (more := request.form.get("more_rows")) or keeping.dropped():
        return _again(item_id, values, more=more or "")
    sent = answering.uploads(asked.form, request.files)
    try:
        seen, kept = request.form.get("seen"), keeping.form_name(asked) or None
        done = complete_step(desk, actor, item_id, values, sent, seen, kept)
    except AnswerErrors as faults:
        return _again(item_id, values, faults.errors), 422
    except PapersChanged as changed:
        typed = answering.typed(asked, values)
        return render_template("desks/papers_changed.html", asked=asked, changed=changed, typed=typed), 409
    except Stale as stale:
        return _too_late(asked, values, str(stale)), 409
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        return _again(item_id, values, refused=str(refusal)), 422
    flash(_("“%(step)s”已完成。", step=asked.step.name if asked.step else "") + after(done.next_steps), "success")
    return redirect(url_for("cases.show", case_id=done.case_id, letter=done.letter_id), 303)


def after(next_steps: tuple[str, ...]) -> str:
    """The sentence on what waits next."""
    if not next_steps:
        return _("本件没有待办的环节。")
    return _("下一步：%(steps)s。", steps="、".join(dict.fromkeys(next_steps)))


@pages.post("/<int:item_id>/preview")
@needs(Permission.CASES_STEP_COMPLETE)
def preview(item_id: int) -> str | Answer | tuple[str, int]:
    """The letter as it would go out with what is typed now, to be read here or in Word; nothing is stored."""
    desk, actor = visit.desk(), visit.actor()
    opened = step_form(desk, actor, item_id)
    values = answering.answers(opened.form, request.form)
    try:
        content = preview_letter(desk, actor, item_id, values)
    except AnswerErrors as faults:
        return _page(opened, values, faults.errors), 422
    except (NotPermitted, NotFound, Stale):
        raise
    except Refusal as refusal:
        return _page(opened, values, refused=str(refusal)), 422
    case = opened.case
    if request.form.get("as") == "docx":
        return download(content, _("预览-%(number)s.docx", number=case.number if case else item_id), DOCX)
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "as"}]
    return render_template("desks/letter_preview.html", opened=opened, sheet=sheet_view(content), kept=kept)


def download(content: bytes, name: str, media_type: str) -> Response:
    """A file to keep, never shown inside the site."""
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


@pages.post("/<int:item_id>/keep")
@needs(Permission.CASES_STEP_COMPLETE)
def keep(item_id: int) -> Answer:
    """Put the form aside unfinished; it opens with these answers and files next time."""
    page = url_for("work.step", item_id=item_id)
    asked = asked_form(visit.desk(), visit.actor(), item_id)
    faults = keeping.keep(asked, keeping.form_name(asked))
    visit.keep_refused_input(page)
    flash(_("已暂存。再次打开这一步时会恢复您填写的内容和选择的附件。"), "success")
    for fault in faults.values():
        flash(_(fault), "warning")
    return redirect(page, 303)


def _again(
    item_id: int, values: Values, errors: dict[str, str] | None = None, refused: str = "", *, more: str = ""
) -> str:
    """The page as it was sent; files that came with it are kept for the next time."""
    opened = step_form(visit.desk(), visit.actor(), item_id)
    faults = keeping.keep(opened, keeping.form_name(opened))
    return _page(opened, values, {**(errors or {}), **faults}, refused, resend=bool(faults), more=more)


def _page(
    opened: StepForm,
    values: Values,
    errors: dict[str, str] | None = None,
    refused: str = "",
    *,
    resend: bool = False,
    more: str = "",
) -> str:
    assert opened.case is not None
    page = case_page(visit.desk(), visit.actor(), opened.case.id)
    return render_template(
        "desks/step.html",
        opened=opened,
        page=page,
        light=lights.of_page(page),
        work=next((one for one in page.waiting if one.id == opened.work_item_id), None),
        asked=answering.questions(opened, values, errors, more),
        errors=errors or {},
        refused=refused,
        resend=resend,
        form_name=keeping.form_name(opened),
        kept=keeping.kept(keeping.form_name(opened)),
        previewable=bool(opened.letter or page.case.decision or "decision" in opened.form.keep),
    )


def _too_late(asked: StepForm, values: Values, sentence: str) -> str:
    return render_template("desks/too_late.html", asked=asked, sentence=sentence, typed=answering.typed(asked, values))


def _case_of(item_id: int) -> int:
    case = asked_form(visit.desk(), visit.actor(), item_id).case
    assert case is not None
    return case.id


@pages.post("/<int:item_id>/claim")
@needs(Permission.CASES_STEP_COMPLETE)
def claim(item_id: int) -> Answer:
    """Take the work item and open it."""
    claims.claim(visit.desk(), visit.actor(), item_id)
    flash(_("已签收。"), "success")
    return redirect(url_for("work.step", item_id=item_id), 303)


@pages.post("/<int:item_id>/give-back")
@needs(Permission.CASES_STEP_COMPLETE)
def give_back(item_id: int) -> Answer:
    """Put the work item back for others."""
    claims.give_back(visit.desk(), visit.actor(), item_id)
    flash(_("已退回待签，其他人可以签收。"), "success")
    return redirect(url_for("work.index", tab="claim"), 303)


@pages.get("/<int:item_id>/reassign")
@needs(Permission.CASES_STEP_REASSIGN)
def reassign(item_id: int) -> str:
    """The page for handing the work item to another person."""
    return _reassign_page(item_id)


@pages.post("/<int:item_id>/reassign")
@needs(Permission.CASES_STEP_REASSIGN)
def hand_over(item_id: int) -> Answer | tuple[str, int]:
    """Give the work item to another person, for a reason."""
    given = request.form
    try:
        target = target_of(given.get("to", ""))
        case_id = claims.reassign(visit.desk(), visit.actor(), item_id, target, given.get("reason", ""))
    except (NotPermitted, NotFound, Stale):
        raise
    except Refusal as refusal:
        return _reassign_page(item_id, str(refusal)), 422
    flash(_("已转办，对方会收到消息。"), "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _reassign_page(item_id: int, refused: str = "") -> str:
    return render_template(
        "desks/reassign.html",
        item=claims.reassignment(visit.desk(), visit.actor(), item_id),
        values=visit.kept(request.form),
        refused=refused,
    )

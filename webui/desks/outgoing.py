"""Letters on their way out: chosen for PDF, batch print, seal and posting."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import letter_files, posting, print_batches, sealing
from engine.cases.errors import Refusal
from engine.cases.permissions import Permission
from webui import visit
from webui.desks.letters import XLSX
from webui.desks.work import download
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("outgoing", __name__, url_prefix="/outgoing")


@pages.get("")
@needs(Permission.LETTERS_FILE_MAKE)
def index() -> str:
    """The newest letters to choose from, and the print batches."""
    desk, actor = visit.desk(), visit.actor()
    return render_template(
        "desks/outgoing.html",
        lines=posting.outgoing(desk, actor),
        batches=print_batches.batches(desk, actor),
        pdf_possible=letter_files.pdf_possible(desk),
        sealing_possible=posting.sealing_possible(desk),
    )


@pages.post("")
@needs(Permission.LETTERS_FILE_MAKE)
def act() -> Answer | Response:
    """Do what was chosen with the letters that were ticked, in the order shown (oldest first)."""
    desk, actor = visit.desk(), visit.actor()
    ticked = sorted(number for one in request.form.getlist("letter") if (number := whole_number(one)))
    if not ticked:
        raise Refusal("请先勾选文书。")
    match request.form.get("do"):
        case "posting":
            content = posting.posting_list(desk, actor, ticked)
            return download(content, _("交寄清单-%(day)s.xlsx", day=desk.today().isoformat()), XLSX)
        case "print":
            print_batches.ask_batch(desk, actor, ticked)
            flash(_("正在合成，生成后在下面“成批打印”中下载。"), "success")
        case "seal":
            for letter_id in ticked:
                sealing.request_seal(desk, actor, letter_id)
            flash(_("已送电子印章平台 %(count)s 份。", count=len(ticked)), "success")
        case _other:
            asked = letter_files.ask_pdf(desk, actor, ticked)
            flash(_("%(count)s 份正在转换，一两分钟后刷新本页。", count=asked), "success")
    return redirect(url_for("outgoing.index"), 303)


@pages.get("/batches/<int:batch_id>")
@needs(Permission.LETTERS_FILE_MAKE)
def batch(batch_id: int) -> Response:
    """A finished print batch."""
    found, content = print_batches.read_batch(visit.desk(), visit.actor(), batch_id)
    return download(content, _("成批打印-%(id)s.pdf", id=found.id), "application/pdf")

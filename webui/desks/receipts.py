"""The print queue of receipts."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import print_batches, receipt_queue
from engine.cases.permissions import Permission
from letters.sheet_view import sheet_view
from webui import visit
from webui.guard import may, needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("receipts", __name__, url_prefix="/receipts")


def _ids(values: list[str]) -> list[int]:
    return [number for one in values[: receipt_queue.MOST] if (number := whole_number(one)) is not None]


@pages.get("")
@needs(Permission.CASES_CASE_REGISTER)
def index() -> str:
    """The receipts that wait, or those of cases chosen in a list, and the ones printed last."""
    desk, actor = visit.desk(), visit.actor()
    chosen = _ids(request.args.getlist("case"))
    return render_template(
        "desks/receipts.html",
        queue=receipt_queue.receipt_queue(desk, actor, chosen),
        chosen=chosen,
        batches=print_batches.batches(desk, actor)[:5] if may(Permission.LETTERS_FILE_MAKE) else (),
    )


@pages.post("")
@needs(Permission.CASES_CASE_REGISTER)
def make() -> Answer:
    """Print the ticked ones: as one PDF, or from a page of their own."""
    as_pdf = request.form.get("do") == "pdf"
    ids = _ids(request.form.getlist("case"))
    done = receipt_queue.print_receipts(visit.desk(), visit.actor(), ids, as_pdf=as_pdf)
    for number, why in done.refused:
        flash(_("%(number)s 没有打印：%(why)s", number=number, why=why), "warning")
    if not done.letter_ids:
        return redirect(url_for("receipts.index"), 303)
    if done.batch_id is not None:
        flash(
            _("%(count)s 份回执正在合成，一两分钟后刷新本页，在“成批打印”中下载。", count=len(done.letter_ids)),
            "success",
        )
        return redirect(url_for("receipts.index"), 303)
    return redirect(url_for("receipts.printed", letter=list(done.letter_ids)), 303)


@pages.get("/print")
@needs(Permission.CASES_CASE_REGISTER)
def printed() -> str:
    """The words of the receipts, each on a page of its own."""
    letters = _ids(request.args.getlist("letter"))
    found = receipt_queue.receipts(visit.desk(), visit.actor(), letters)
    sheets = [(number, sheet_view(content)) for number, content in found]
    return render_template("desks/receipts_print.html", sheets=sheets)

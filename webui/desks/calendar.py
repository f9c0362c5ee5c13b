"""The office's calendar: a year at a glance, the notices it rests on, and the import of a new one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.cases.calendar_change import ImportPreview, apply_import, preview_import
from engine.cases.calendar_view import calendar_year, holiday_notices
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.permissions import Permission
from engine.holidays import NoticeError, decoded
from webui import visit
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("calendar", __name__, url_prefix="/calendar")

# What a day is, in one character beside its number, so that a print in black and white says it too.
MARKS = {"rest": _l("休"), "make_up": _l("班"), "local": _l("休")}

CLOCKS = {
    "correction": _l("补正期限"),
    "payment": _l("缴费期限"),
    "consultation": _l("征求意见期限"),
    "reasons": _l("说明理由期限"),
    "confirmation": _l("当日确认"),
}


@pages.get("")
@needs(Permission.CLOCK_CALENDAR_READ)
def index() -> str:
    """A year, by default this one."""
    desk, actor = visit.desk(), visit.actor()
    return render_template(
        "desks/calendar.html",
        shown=calendar_year(desk, actor, whole_number(request.args.get("year"))),
        notices=holiday_notices(desk, actor),
        today=desk.today(),
        marks=MARKS,
    )


@pages.get("/import")
@needs(Permission.ADMIN_CALENDAR_MANAGE)
def paste() -> str:
    """The first page of the import: paste or choose the notice."""
    return _paste_page({}, "")


@pages.post("/import")
@needs(Permission.ADMIN_CALENDAR_MANAGE)
def import_notice() -> Response | str | tuple[str, int]:
    """Show what the notice would change (`do` = preview), put it in force (apply), or give it back (edit)."""
    given = request.form
    if given.get("do") == "edit":
        return _paste_page(given, "")
    year = whole_number(given.get("year"))
    try:
        content = _content()
        if given.get("do") != "apply":
            preview = preview_import(visit.desk(), visit.actor(), content, year=year, paper=given.get("paper", ""))
            return _preview_page(preview, content)
        done = apply_import(visit.desk(), visit.actor(), content, year=year, paper=given.get("paper", ""))
    except NotPermitted:
        raise
    except Refusal as refusal:
        return _paste_page(given, str(refusal)), 422
    flash(
        _(
            "%(year)s年放假安排已导入，%(moved)s 件在办申请的期限已重新计算，经办人和督办人员已收到消息。",
            year=done.notice.year,
            moved=len(done.moves),
        ),
        "success",
    )
    return redirect(url_for("calendar.index", year=done.notice.year), 303)


def _content() -> str:
    """The chosen file, else the pasted text. Raises Refusal for a file that is no text."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return request.form.get("content", "")
    try:
        return decoded(upload.read())
    except NoticeError as error:
        raise Refusal(f"{error}。") from error


def _paste_page(given: Any, refused: str) -> str:
    return render_template(
        "desks/calendar_import.html", values=visit.kept(given), errors={"content": refused} if refused else {}
    )


def _preview_page(preview: ImportPreview, content: str) -> str:
    moved = [move for move in preview.moves if move.moved_by]
    return render_template(
        "desks/calendar_preview.html",
        preview=preview,
        clocks=CLOCKS,
        earlier=sum(1 for move in moved if (move.moved_by or 0) < 0),
        later=sum(1 for move in moved if (move.moved_by or 0) > 0),
        told=sum(1 for move in preview.moves if move.told is not None),
        carried=MultiDict({"content": content, "paper": preview.notice.paper, "year": preview.notice.year}),
    )

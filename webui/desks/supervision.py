"""The supervisor's desk: the board, its lists, what falls due when, reminders and followed-up items."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine.cases import reminding, supervision, supervision_items
from engine.cases.accounts import people_at_work
from engine.cases.due_calendar import due_days
from engine.cases.errors import AnswerErrors
from engine.cases.permissions import Permission
from engine.cases.supervised import BY_MONTH, CAUSES_FROM, Group
from engine.cases.supervision_lists import Wanted, cases_of, steps_of
from webui import visit
from webui.guard import needs
from webui.reading import iso_day, whole_number
from webui.speech import gettext as _
from webui.wording import DUE_KINDS

pages = Blueprint("supervision", __name__, url_prefix="/supervision")

GROUPS = {"overdue": _l("已超期"), "soon": _l("即将超期"), "late": _l("超期后办结")}
_OTHERS = {
    "open": _l("在办件"),
    "held": _l("占用最久的环节"),
    "received": _l("收到"),
    "replied": _l("答复"),
    "replied_late": _l("超期答复"),
}


@pages.get("")
@needs(Permission.SUPERVISION_BOARD_READ)
def index() -> str:
    """Figures by unit and person, causes, trend."""
    desk, actor = visit.desk(), visit.actor()
    return render_template(
        "desks/supervision.html",
        board=supervision.board(desk, actor, whole_number(request.args.get("page")) or 1),
        groups=GROUPS,
        months=supervision.trend(desk, actor),
        most=CAUSES_FROM,
    )


@pages.get("/causes")
@needs(Permission.SUPERVISION_BOARD_READ)
def causes() -> str:
    """The steps that held overdue and late cases the longest, where there are too many for the board."""
    found = supervision.causes(visit.desk(), visit.actor())
    return render_template("desks/supervision_causes.html", causes=found, most=CAUSES_FROM)


@pages.get("/cases")
@needs(Permission.SUPERVISION_BOARD_READ)
def cases() -> str:
    """The cases behind a figure of the board."""
    asked = request.args
    wanted = Wanted(
        group=Group(asked["group"]) if asked.get("group") in set(Group) else Group.OVERDUE,
        handler=whole_number(asked.get("handler")),
        unit=whole_number(asked.get("unit")),
        month=iso_day(f"{asked.get('month', '')}-01"),
        step=asked.get("step", ""),
    )
    page = cases_of(visit.desk(), visit.actor(), wanted, max(1, whole_number(asked.get("page")) or 1))
    title = (GROUPS | _OTHERS)[wanted.group]
    month = wanted.month or visit.desk().today()
    return render_template(
        "desks/supervision_cases.html",
        page=page,
        wanted=wanted,
        groups=GROUPS,
        title=f"{month.year}-{month.month:02} {title}" if wanted.group in BY_MONTH else title,
    )


@pages.get("/steps")
@needs(Permission.SUPERVISION_BOARD_READ)
def steps() -> str:
    """The open steps in the hands of a person (0: nobody) or a unit; `limit=late`: those past their internal limit."""
    asked = request.args
    number = max(1, whole_number(asked.get("page")) or 1)
    handler, unit = whole_number(asked.get("handler")), whole_number(asked.get("unit"))
    late = asked.get("limit") == "late"
    page = steps_of(visit.desk(), visit.actor(), handler, unit, number, late=late)
    return render_template("desks/supervision_steps.html", page=page, late=late)


@pages.get("/due")
@needs(Permission.SUPERVISION_BOARD_READ)
def due() -> str:
    """What falls due in a week or a month."""
    today = visit.desk().today()
    day = iso_day(request.args.get("on")) or today
    by_month = request.args.get("view") == "month"
    first, last = _month(day) if by_month else _week(day)
    days = due_days(visit.desk(), visit.actor(), first, last)
    return render_template(
        "desks/supervision_due.html",
        days=days,
        weeks=[days[start : start + 7] for start in range(0, len(days), 7)],
        by_month=by_month,
        day=day,
        earlier=(day.replace(day=1) - timedelta(days=1)).replace(day=1) if by_month else day - timedelta(days=7),
        later=(day.replace(day=1) + timedelta(days=32)).replace(day=1) if by_month else day + timedelta(days=7),
        kinds=DUE_KINDS,
        total=sum(len(one.entries) for one in days),
    )


def _week(day: date) -> tuple[date, date]:
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def _month(day: date) -> tuple[date, date]:
    """The whole weeks that hold the month."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return _week(first)[0], _week(last)[1]


# --- reminders (催办) ---


@pages.get("/reminders")
@needs(Permission.SUPERVISION_ITEM_READ)
def reminders() -> str:
    """Reminders: to answer, or sent."""
    return _reminders_page({}, 0)


def _reminders_page(errors: dict[str, str], at: int) -> str:
    everything = request.args.get("all") == "yes"
    page = reminding.reminders(
        visit.desk(),
        visit.actor(),
        only_open=not everything,
        number=max(1, whole_number(request.args.get("page")) or 1),
    )
    return render_template(
        "desks/reminders.html", page=page, everything=everything, errors=errors, at=at, given=request.form
    )


@pages.post("/reminders/<int:reminder_id>")
@needs(Permission.SUPERVISION_ITEM_READ)
def answer(reminder_id: int) -> Response | tuple[str, int]:
    """Answer a reminder."""
    try:
        reminding.answer_reminder(visit.desk(), visit.actor(), reminder_id, request.form.get("answer", ""))
    except AnswerErrors as faults:
        return _reminders_page(faults.errors, reminder_id), 422
    flash(_("已答复催办。"), "success")
    return redirect(url_for("supervision.reminders"), 303)


@pages.get("/remind/<int:case_id>")
@needs(Permission.CASES_CASE_REMIND)
def new_reminder(case_id: int) -> str:
    """The form for a reminder."""
    return _remind_page(case_id, {})


@pages.post("/remind/<int:case_id>")
@needs(Permission.CASES_CASE_REMIND)
def remind(case_id: int) -> str | Response | tuple[str, int]:
    """Send a reminder."""
    given = request.form
    try:
        reminding.remind(
            visit.desk(), visit.actor(), case_id, whole_number(given.get("account_id")), given.get("text", "")
        )
    except AnswerErrors as faults:
        return _remind_page(case_id, faults.errors), 422
    flash(_("已发出催办，答复后通知您。"), "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _remind_page(case_id: int, errors: dict[str, str]) -> str:
    found = reminding.reminding(visit.desk(), visit.actor(), case_id)
    usual = {"text": _("本件期限临近，请抓紧办理，并答复办理进展和预计完成时间。")}
    if found.people:
        usual["account_id"] = str(found.people[0][0])
    return render_template("desks/remind.html", found=found, values=visit.kept(request.form or usual), errors=errors)


# --- followed-up items (督办) ---


@pages.get("/items")
@needs(Permission.SUPERVISION_ITEM_READ)
def items() -> str:
    """Items, the most pressing first."""
    return _items_page({}, 0)


def _items_page(errors: dict[str, str], at: int) -> str:
    everything = request.args.get("all") == "yes"
    page = supervision_items.items(
        visit.desk(),
        visit.actor(),
        only_open=not everything,
        number=max(1, whole_number(request.args.get("page")) or 1),
    )
    return render_template(
        "desks/items.html",
        page=page,
        everything=everything,
        errors=errors,
        at=at,
        given=request.form,
        me=visit.actor().id,
    )


@pages.get("/items/new")
@needs(Permission.CASES_CASE_REMIND)
def new_item() -> str:
    """The form for an item."""
    return _new_item_page({})


@pages.post("/items/new")
@needs(Permission.CASES_CASE_REMIND)
def open_item() -> str | Response | tuple[str, int]:
    """Open an item."""
    given = request.form
    try:
        supervision_items.open_item(
            visit.desk(),
            visit.actor(),
            title=given.get("title", ""),
            demand=given.get("demand", ""),
            holder_id=whole_number(given.get("holder_id")),
            due_on=given.get("due_on", ""),
            case_id=whole_number(given.get("case")),
        )
    except AnswerErrors as faults:
        return _new_item_page(faults.errors), 422
    flash(_("督办事项已下达。"), "success")
    return redirect(url_for("supervision.items"), 303)


def _new_item_page(errors: dict[str, str]) -> str:
    return render_template(
        "desks/item_new.html",
        values=visit.kept(request.form or request.args),
        errors=errors,
        people=people_at_work(visit.desk(), visit.actor()),
    )


@pages.post("/items/<int:item_id>/report")
@needs(Permission.SUPERVISION_ITEM_READ)
def report_item(item_id: int) -> Response | tuple[str, int]:
    """The person in charge reports."""
    try:
        supervision_items.report_item(visit.desk(), visit.actor(), item_id, request.form.get("report", ""))
    except AnswerErrors as faults:
        return _items_page(faults.errors, item_id), 422
    flash(_("办理情况已反馈。"), "success")
    return redirect(url_for("supervision.items"), 303)


@pages.post("/items/<int:item_id>/close")
@needs(Permission.CASES_CASE_REMIND)
def close_item(item_id: int) -> Response | tuple[str, int]:
    """The supervisor closes the item."""
    try:
        supervision_items.close_item(visit.desk(), visit.actor(), item_id, request.form.get("result", ""))
    except AnswerErrors as faults:
        return _items_page(faults.errors, item_id), 422
    flash(_("督办事项已办结。"), "success")
    return redirect(url_for("supervision.items"), 303)

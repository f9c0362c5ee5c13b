"""Several work items or cases at once: ticked in a list, then claimed, handed over or printed."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import handing_over, worklists
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import may, needs
from webui.reading import whole_number

pages = Blueprint("batch", __name__, url_prefix="/work/batch")


def _ids(values: list[str]) -> list[int]:
    return [number for one in values[: handing_over.MOST] if (number := whole_number(one)) is not None]


@pages.post("")
@needs(Permission.CASES_STEP_COMPLETE, Permission.OFFICE_CASES_READ)
def chosen() -> str | Answer:
    """What to do with the lines that were ticked: `row` is a work item and its case ("7.12"), `case` a case."""
    pairs = [one.split(".") for one in request.form.getlist("row")]
    items = _ids([pair[0] for pair in pairs if len(pair) == 2])
    cases = _ids([pair[-1] for pair in pairs] + request.form.getlist("case"))
    if not items and not cases:
        raise Refusal("请先勾选。")
    match request.form.get("do"):
        case "claim":
            done = handing_over.claim_all(visit.desk(), visit.actor(), items)
            return render_template("desks/batch_done.html", done=done, claimed=True, back=_back())
        case "reassign":
            if not may(Permission.CASES_STEP_REASSIGN):
                raise NotPermitted("您的角色没有这项权限。如确需办理，请联系系统管理员。")
            if items:
                return redirect(url_for("batch.hand_over", item=items), 303)
            return redirect(url_for("batch.hand_over", case=cases), 303)
        case "receipts":
            return redirect(url_for("receipts.index", case=cases), 303)
        case _other:
            return redirect(url_for("batch.sheets", case=list(dict.fromkeys(cases))), 303)


def _back() -> str:
    return url_for("work.index", tab="todo")


@pages.get("/hand-over")
@needs(Permission.CASES_STEP_REASSIGN)
def hand_over() -> str:
    """Who would get what; with nothing chosen yet, whose work to hand over as a whole."""
    return _hand_over_page()


def _hand_over_page(refused: str = "") -> str:
    desk, actor, asked = visit.desk(), visit.actor(), request.values
    items, cases, person = _ids(asked.getlist("item")), _ids(asked.getlist("case")), whole_number(asked.get("person"))
    if not items and not cases and person is None:
        return render_template("desks/hand_over_whose.html", people=handing_over.people_with_work(desk, actor))
    to = asked.get("to", "")[:20]
    page = handing_over.hand_over_page(desk, actor, items=items, cases=cases, person_id=person, to=to)
    return render_template(
        "desks/hand_over.html",
        page=page,
        items=items,
        cases=cases,
        person=person,
        to=to,
        spread=handing_over.SPREAD,
        values=visit.kept(request.form),
        refused=refused,
    )


@pages.post("/hand-over")
@needs(Permission.CASES_STEP_REASSIGN)
def hand_them_over() -> str | tuple[str, int]:
    """Hand over what was looked at, line by line, and say what became of each."""
    given = request.form
    wanted = [
        (key, whole_number(given.get(f"held-{key}")), given.get(f"to-{key}", "")) for key in given.getlist("line")
    ]
    good = [one for one in wanted if one[0][:1] in {"i", "c"} and whole_number(one[0][1:]) is not None]
    try:
        done = handing_over.hand_over(visit.desk(), visit.actor(), good, given.get("reason", ""))
    except NotPermitted:
        raise
    except Refusal as refusal:
        return _hand_over_page(str(refusal)), 422
    return render_template("desks/batch_done.html", done=done, claimed=False, back=_back())


@pages.get("/sheets")
@needs(Permission.CASES_STEP_COMPLETE, Permission.OFFICE_CASES_READ)
def sheets() -> str:
    """The sheet of each chosen case, on a page of its own, behind a list of them."""
    rows = worklists.chosen_cases(visit.desk(), visit.actor(), _ids(request.args.getlist("case")))
    return render_template("desks/sheets.html", rows=rows, actor=visit.actor(), now=visit.desk().now())

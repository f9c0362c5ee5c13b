"""Severance of a document: mark areas on the pages, search words, black out, prove."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from engine.cases import severance
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.permissions import Permission
from engine.cases.severance import Mark
from webui import visit
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("severance", __name__, url_prefix="/severance")


@pages.post("/of/<int:document_id>")
@needs(Permission.CASES_SEVERANCE_MAKE)
def begin(document_id: int) -> Answer:
    """Begin severing a document, or go on."""
    opened = severance.open_severance(visit.desk(), visit.actor(), document_id)
    return redirect(url_for("severance.show", severance_id=opened), 303)


@pages.get("/<int:severance_id>")
@needs(Permission.CASES_SEVERANCE_MAKE)
def show(severance_id: int) -> str:
    """One page of the document with its marks, and what can be done."""
    return _page(severance_id)


@pages.get("/<int:severance_id>/pages/<int:number>.png")
@needs(Permission.CASES_SEVERANCE_MAKE)
def picture(severance_id: int, number: int) -> Response:
    """A page as a picture, marks shown."""
    content = severance.severance_picture(visit.desk(), visit.actor(), severance_id, number)
    return Response(content, mimetype="image/png")


@pages.post("/<int:severance_id>")
@needs(Permission.CASES_SEVERANCE_MAKE)
def act(severance_id: int) -> str | Answer | tuple[str, int]:
    """Add a mark, search words, take marks away, or finish."""
    desk, actor, given = visit.desk(), visit.actor(), request.form
    here = _here()
    try:
        match given.get("do"):
            case "search":
                count = severance.add_found(desk, actor, severance_id, given.get("words", ""), _mark(here))
                flash(_("找到并划定 %(count)s 处，请逐页核对。", count=count), "success")
            case "remove":
                severance.remove_marks(desk, actor, severance_id, _places("mark"), _places("like"))
            case "finish":
                severance.finish_severance(desk, actor, severance_id)
                flash(_("已完成遮盖并核验：处理后的文件不含可提取的文字，记录已附卷。"), "success")
            case _other:
                severance.add_mark(desk, actor, severance_id, _mark(here))
    except (NotFound, NotPermitted):
        raise
    except Refusal as refusal:
        return _page(severance_id, str(refusal)), 422
    return redirect(url_for("severance.show", severance_id=severance_id, page=here), 303)


def _places(name: str) -> list[int]:
    """Places of marks in their list that were ticked."""
    return [place for one in request.form.getlist(name) if (place := whole_number(one)) is not None]


def _here() -> int:
    return whole_number(request.values.get("page")) or 1


def _mark(page: int) -> Mark:
    """The mark that was sent; its sides come in hundredths of the page."""
    sides = []
    for name in ("left", "top", "right", "bottom"):
        try:
            sides.append(float(request.form.get(name) or 0) / 100)
        except ValueError:
            raise Refusal(_("遮盖区域的位置要写成 0 至 100 的数字。")) from None
    left, top, right, bottom = sides
    told = [request.form.get(name, "") for name in ("what", "ground", "why")]
    return Mark(page, left, top, right, bottom, *told)


def _page(severance_id: int, refused: str = "") -> str:
    view = severance.severance(visit.desk(), visit.actor(), severance_id)
    typed = visit.kept(request.form)
    last = view.marks[-1] if view.marks else None
    # One area after the other is mostly withheld for the same reason.
    opens = MultiDict({"ground": last.ground, "why": last.why} if last else {})
    return render_template(
        "desks/severance.html",
        view=view,
        here=min(_here(), view.pages),
        values={form: typed if typed.get("do") == form else opens for form in ("mark", "search")},
        kinds=_kinds(view.marks),
        grounds=[(code, severance.ground_title(code)) for code in severance.GROUNDS],
        ground_title=severance.ground_title,
        refused=refused,
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """Marks that say the same. `first`: place of the first in the list; `pages`: page -> how many stand on it."""

    first: int
    mark: Mark
    pages: Counter[int]


def _kinds(marks: Sequence[Mark]) -> list[_Kind]:
    """The marks by what they say, in the order in which they were first said."""
    found: dict[tuple[str, str, str], _Kind] = {}
    for place, mark in enumerate(marks):
        found.setdefault(mark.told, _Kind(place, mark, Counter()))
    for mark in sorted(marks, key=lambda one: one.page):
        found[mark.told].pages[mark.page] += 1
    return list(found.values())

"""Severance of a document: mark areas on the pages, search words, black out, prove."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
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
                places = [place for one in given.getlist("mark") if (place := whole_number(one)) is not None]
                severance.remove_marks(desk, actor, severance_id, places)
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
    return render_template(
        "desks/severance.html",
        view=view,
        here=min(_here(), view.pages),
        grounds=[(code, severance.ground_title(code)) for code in severance.GROUNDS],
        ground_title=severance.ground_title,
        values=visit.kept(request.form),
        refused=refused,
    )

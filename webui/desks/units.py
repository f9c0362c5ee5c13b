"""The administrator's page for units."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases import units
from engine.cases.errors import AnswerErrors
from engine.cases.permissions import Permission
from webui import visit
from webui.guard import needs
from webui.speech import gettext as _

pages = Blueprint("units", __name__, url_prefix="/admin/units")


@pages.get("")
@needs(Permission.ADMIN_UNITS_MANAGE)
def index() -> str:
    """All units and the form for a new one."""
    return _page({}, {})


@pages.post("")
@needs(Permission.ADMIN_UNITS_MANAGE)
def create() -> Response | tuple[str, int]:
    """Open a unit."""
    try:
        units.create_unit(visit.desk(), visit.actor(), request.form.get("name", ""))
    except AnswerErrors as faults:
        return _page(request.form, faults.errors), 422
    flash(_("科室已新增。"), "success")
    return redirect(url_for("units.index"), 303)


@pages.get("/<int:unit_id>")
@needs(Permission.ADMIN_UNITS_MANAGE)
def edit(unit_id: int) -> str:
    """One unit."""
    return _edit_page(unit_id, {}, {})


@pages.post("/<int:unit_id>")
@needs(Permission.ADMIN_UNITS_MANAGE)
def rename(unit_id: int) -> Response | tuple[str, int]:
    """Give the unit another name."""
    try:
        units.rename_unit(visit.desk(), visit.actor(), unit_id, request.form.get("name", ""))
    except AnswerErrors as faults:
        return _edit_page(unit_id, request.form, faults.errors), 422
    flash(_("科室已改名。"), "success")
    return redirect(url_for("units.index"), 303)


@pages.post("/<int:unit_id>/active")
@needs(Permission.ADMIN_UNITS_MANAGE)
def set_active(unit_id: int) -> Response:
    """Close or open the unit."""
    active = request.form.get("active") == "yes"
    units.set_unit_active(visit.desk(), visit.actor(), unit_id, active)
    flash(_("科室已启用。") if active else _("科室已停用，今后不能再选择它。"), "success")
    return redirect(url_for("units.index"), 303)


def _page(given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "desks/units.html",
        units=units.units(visit.desk(), visit.actor()),
        values=visit.kept(given),
        errors=errors,
    )


def _edit_page(unit_id: int, given: dict[str, str], errors: dict[str, str]) -> str:
    unit = units.find_unit(visit.desk(), visit.actor(), unit_id)
    return render_template("desks/unit.html", unit=unit, values=visit.kept(given or {"name": unit.name}), errors=errors)

"""The office's processes at a glance: open cases and usual time at each step, with the list behind every figure."""

from flask import Blueprint, Response, render_template, request, url_for

from engine.cases.permissions import Permission
from engine.cases.process_overview import MEASURED, Overview, Standing, cases_at, overview_diagram, process_overview
from webui import levels, visit
from webui.drawing import drawing
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("overview", __name__, url_prefix="/overview")

_SHOWN = {"userTask", "callActivity", "intermediateCatchEvent"}


@pages.get("")
@needs(Permission.OFFICE_CASES_READ)
def index() -> str:
    """The first case type."""
    return _page(process_overview(visit.desk(), visit.actor()))


@pages.get("/<case_type>")
@needs(Permission.OFFICE_CASES_READ)
def show(case_type: str) -> str:
    """One case type; `level` chooses the diagram."""
    return _page(process_overview(visit.desk(), visit.actor(), case_type))


def _page(found: Overview) -> str:
    titles, order = levels.titles_of(found.definition), levels.order(found.definition)
    level = request.args.get("level")
    level = level if level in order else order[0]
    case_type = found.definition.case_type.id
    stops = [
        (node, found.standing[node.id])
        for node in found.definition.nodes.values()
        if node.process == level and (node.kind in _SHOWN or found.standing[node.id].cases)
    ]
    return render_template(
        "desks/overview.html",
        found=found,
        case_type=case_type,
        level=level,
        titles={process: titles[process] for process in order},
        stops=stops,
        measured=MEASURED,
        notes={node.id: _note(standing.cases, standing.median_days) for node, standing in stops if _telling(standing)},
        links={
            node.id: url_for("overview.cases", case_type=case_type, element=node.id)
            for node, standing in stops
            if standing.cases
        },
    )


def _telling(standing: Standing) -> bool:
    return bool(standing.cases) or standing.median_days is not None


def _note(cases: int, days: float | None) -> str:
    told = [_("在办 %(count)s", count=cases)] if cases else []
    return "　".join([*told, *([_("用 %(days)s 日", days=f"{days:g}")] if days is not None else [])])


@pages.get("/<case_type>/steps/<element>")
@needs(Permission.OFFICE_CASES_READ)
def cases(case_type: str, element: str) -> str:
    """The open cases that stand at a step."""
    number = max(1, whole_number(request.args.get("page")) or 1)
    name, page = cases_at(visit.desk(), visit.actor(), case_type, element, number)
    return render_template("desks/overview_cases.html", name=name, page=page, case_type=case_type)


@pages.get("/<case_type>/diagrams/<process>.bpmn")
@needs(Permission.OFFICE_CASES_READ)
def diagram(case_type: str, process: str) -> Response:
    """The XML of one diagram of the current version."""
    return drawing(overview_diagram(visit.desk(), visit.actor(), case_type, process))

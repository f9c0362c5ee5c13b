"""The administrator's pages for versions of case types: what differs, and moving running cases from one to another."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases.migration import MigrationReport, migrate, rehearse
from engine.cases.permissions import Permission
from engine.cases.versions import Comparison, compare, version_diagram, versions
from webui import version_words, visit
from webui.drawing import drawing
from webui.guard import needs
from webui.speech import gettext as _

pages = Blueprint("processes", __name__, url_prefix="/admin/processes")

# A request looks at so many cases; all at once is a matter for the command line.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two diagrams: what is marked in it, by mark."""

    title: str
    url: str | None
    marks: dict[str, list[str]]


@pages.get("")
@needs(Permission.ADMIN_DEFINITIONS_MANAGE)
def index() -> str:
    """Every version of every case type."""
    found = versions(visit.desk(), visit.actor())
    current = {one.case_type: one.digest for one in found if one.current}
    return render_template("desks/processes.html", versions=found, current=current)


@pages.get("/<digest>/diagrams/<process>.bpmn")
@needs(Permission.ADMIN_DEFINITIONS_MANAGE)
def diagram(digest: str, process: str) -> Response:
    """The XML of one level of a version."""
    return drawing(version_diagram(visit.desk(), visit.actor(), digest, process))


@pages.get("/<old>/<new>")
@needs(Permission.ADMIN_DEFINITIONS_MANAGE)
def show(old: str, new: str) -> str:
    """Two versions side by side, and what moving the running cases would do."""
    desk, actor = visit.desk(), visit.actor()
    found = compare(desk, actor, old, new)
    same = found.old.digest == found.new.digest
    report = None if same else rehearse(desk, actor, found.old.digest, found.new.digest, limit=BATCH)
    return _page(found, report)


@pages.post("/<old>/<new>")
@needs(Permission.ADMIN_DEFINITIONS_MANAGE)
def apply(old: str, new: str) -> Answer:
    """Move the running cases; those that stay are listed on the page afterwards."""
    report = migrate(visit.desk(), visit.actor(), old, new, limit=BATCH)
    told = _("已迁移 %(moved)s 件，%(stuck)s 件留在原版本。", moved=report.moved, stuck=len(report.stuck))
    flash(told, "warning" if report.stuck else "success")
    return redirect(url_for("processes.show", old=old, new=new), 303)


def _page(found: Comparison, report: MigrationReport | None) -> str:
    names = {**found.before.diagrams, **found.after.diagrams}
    touched = [one.place for one in found.differences if one.subject in {"node", "flow"} and one.place in names]
    asked = request.args.get("level", "")
    top = found.after.case_type.process
    level = asked if asked in names else next(iter(touched), top)
    return render_template(
        "desks/processes_compare.html",
        found=found,
        report=report,
        level=level,
        levels={process: (touched.count(process), _level_title(found, process)) for process in sorted(names)},
        sides=(_side(found, level, old=True), _side(found, level, old=False)),
        words=version_words,
    )


def _level_title(found: Comparison, process: str) -> str:
    called = {
        node.called: node.name
        for definition in (found.before, found.after)
        for node in definition.nodes.values()
        if node.called
    }
    return called.get(process) or (found.new.title if process == found.after.case_type.process else process)


def _side(found: Comparison, level: str, *, old: bool) -> Side:
    version, definition = (found.old, found.before) if old else (found.new, found.after)
    here = [one for one in found.differences if one.subject == "node" and one.id in definition.nodes]
    gone = "removed" if old else "added"
    marks = {mark: [one.id for one in here if one.how == mark] for mark in (gone, "changed")}
    known = level in definition.diagrams
    return Side(
        title=_("原版本 %(digest)s", digest=version.digest[:12])
        if old
        else _("新版本 %(digest)s", digest=version.digest[:12]),
        url=url_for("processes.diagram", digest=version.digest, process=level) if known else None,
        marks=marks,
    )

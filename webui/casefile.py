"""The page of a case for the views that show it: what each of its tabs needs beside the case itself."""

from typing import Any

from flask import render_template, request

from engine.cases import comments, letter_files, papers, posting
from engine.cases.casepage import SHOWN, CasePage, case_page
from engine.cases.diagrams import case_track
from engine.cases.links import WAYS, way_title
from engine.cases.permissions import Permission
from webui import afterwards, levels, lights, visit
from webui.guard import may
from webui.reading import whole_number

TABS = ("overview", "clock", "letters", "papers", "flow", "diagram", "after", "talk")


def whole() -> bool:
    """Whether every line of long lists is asked for."""
    return request.args.get("all") == "yes"


def read(case_id: int, *, revealed: bool = False) -> CasePage:
    """The case as the visitor may see it, long lists cut to their newest lines unless all are asked for."""
    return case_page(visit.desk(), visit.actor(), case_id, revealed=revealed, limit=None if whole() else SHOWN)


def show(page: CasePage, tab: str | None = None, **further: Any) -> str:
    """The page with a tab open (default: the one in the address)."""
    tab = tab or request.args.get("tab", "")
    tab = tab if tab in TABS and (tab != "after" or may(Permission.CASES_REVIEW_READ)) else TABS[0]
    issued = whole_number(request.args.get("letter"))
    parts = {"letters": _letters, "diagram": _diagram, "after": _after, "talk": _talk}
    return render_template(
        "desks/case.html",
        page=page,
        case=page.case,
        light=lights.of_page(page),
        tab=tab,
        whole=whole(),
        shown=SHOWN,
        ways={way: way_title(way) for way in WAYS},
        issued=next((one for one in page.letters if one.id == issued), None),
        **(parts[tab](page) if tab in parts else {}),
        **further,
    )


def _letters(page: CasePage) -> dict[str, Any]:
    """Papers to make, and the files of each letter by its id."""
    desk, actor = visit.desk(), visit.actor()
    return {
        "sheets": papers.papers(desk, actor, page.case.id) if page.applicant else (),
        "outgoing": {one.letter_id: one for one in posting.outgoing(desk, actor, case_id=page.case.id)},
        "pdf_possible": letter_files.pdf_possible(desk),
        "sealing_possible": posting.sealing_possible(desk),
    }


def _diagram(page: CasePage) -> dict[str, Any]:
    track = case_track(visit.desk(), visit.actor(), page.case.id)
    found = levels.levels(track)
    return {"levels": found, "level": levels.chosen(track, found, request.args.get("level"))}


def _after(page: CasePage) -> dict[str, Any]:
    return afterwards.of_case(page.case.id)


def _talk(page: CasePage) -> dict[str, Any]:
    desk, actor = visit.desk(), visit.actor()
    return {
        "comments": comments.comments(desk, actor, page.case.id, None if whole() else SHOWN),
        "colleagues": comments.mentionable(desk, actor, page.case.id),
    }

"""What followed the reply, for the tab of the case page."""

from typing import Any

from engine.cases.permissions import Permission
from engine.cases.publications import DISCLOSED, publications_of
from engine.cases.review_register import reviews_of
from webui import visit
from webui.guard import may
from webui.wording import PUBLICATION_STATUSES, REVIEW_KINDS, REVIEW_RESULTS, REVIEW_STAGES


def of_case(case_id: int) -> dict[str, Any]:
    """The variables of `desks/case_after.html`."""
    desk, actor = visit.desk(), visit.actor()
    return {
        "reviews": reviews_of(desk, actor, case_id),
        "publications": publications_of(desk, actor, case_id) if may(Permission.CASES_PUBLICATION_READ) else (),
        "disclosed": DISCLOSED,
        "review_kinds": REVIEW_KINDS,
        "review_results": REVIEW_RESULTS,
        "review_stages": REVIEW_STAGES,
        "publication_statuses": PUBLICATION_STATUSES,
    }

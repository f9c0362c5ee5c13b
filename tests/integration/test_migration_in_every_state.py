"""The open cases of the demonstration office, moved to a changed copy of their process and carried to their end."""

import pytest
from sqlalchemy import select

from engine.cases.audit import verify
from engine.cases.payments import NOTICE
from engine.demo.stories import all_stories, office_book
from engine.store.tables import Case, Letter
from tests.changed import Changed, dates, move_all
from tests.office import STRAIGHT, Clock, Office
from tests.told import AFTER_ALL, Told, tell_stories

# What takes an open case of the demonstration office on, beside the straight way.
ON = {
    **STRAIGHT,
    "plan": {"outcome": "draft"},
    "triage": {"outcome": "direct"},
    "third_party_reply": {"outcome": "opinion"},
    "joint_agency_reply": {"outcome": "opinion"},
    "abandon_check": {"outcome": "accept"},
    "unpaid_check": {"outcome": "paid"},
    "reasons_assess": {"outcome": "reasonable"},
    "extension_approve": {"outcome": "approve"},
    "delivery": {"outcome": "delivered"},
    "spot_review": {"outcome": "pass"},
    "draft": {"outcome": "submit", "decision": "G2", "locator": "县政府网站首页“政务公开—公告栏”。"},
}


def on(told, case, element):
    """What leads a step on; a fee is paid with the whole sum of its notice."""
    given = ON.get(element, {})
    if element in {"fee_payment", "unpaid_check"}:
        notices = told.rows(select(Letter).where(Letter.case_id == case, Letter.code == NOTICE).order_by(Letter.id))
        given = {"outcome": "full", **given, "fee_amount": int(notices[-1].fields["fee_total"])}
    return given


@pytest.fixture
def told(database_url, tmp_path):
    """The open requests of the demonstration office: a case in every state."""
    open_now = [story.id for story in all_stories() if story.id.startswith("P")]
    told = tell_stories(database_url, tmp_path / "var", open_now, AFTER_ALL)
    yield told
    told.desk.sessions.engine.dispose()


def as_office(told: Told) -> Office:
    clock = Clock(AFTER_ALL)
    told.desk.now = clock
    return Office(
        told.desk, clock, {person["username"]: told.actor(person["username"]) for person in office_book()["accounts"]}
    )


def test_cases_in_every_state_are_moved_and_finished(told, tmp_path):
    office = as_office(told)
    changed = Changed(tmp_path / "changed")
    for element in ("triage", "search", "completeness", "correction_receive", "third_party_reply", "fee_payment"):
        changed.rename(element, f"新{element}")
    changed.set("legal_review", "limit", "5")
    changed.add_before("leader_signoff", "countersign", "会签", role="legal", form="conference")
    changed.form("archive", lambda form: form.update(title="归档登记"))
    before = dates(office.desk)
    running = {row.id for row in told.rows(select(Case).where(Case.archived_at.is_(None)))}
    standing = {work.element for work in office.open_steps()}
    assert len(running) > 20
    assert len(standing) > 12, "the demonstration office has cases in most states"
    report = move_all(office, changed)
    assert {row.case_id for row in report.rows if row.result == "moved"} == running, [row.why for row in report.stuck]
    assert dates(office.desk) == before
    for case in sorted(running):
        for _ in range(60):
            waiting = office.open_steps(case)
            if not waiting:
                break
            office.do(waiting[0].element, case=case, **on(told, case, waiting[0].element))
        assert office.case(case).archived_at is not None, (case, office.waiting(case))
    with office.desk.reading() as session:
        assert verify(session).broken is None

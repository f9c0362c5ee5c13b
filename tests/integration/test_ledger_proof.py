"""The dates of a case come from its ledger: a change of it behind the program's back is found by the proof."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, update

from engine.cases.corrections import strike_event
from engine.cases.verification import verify_all
from engine.store.files import FileStore
from engine.store.tables import LegalEvent
from tests.office import Office


def proof(office: Office) -> str | None:
    with office.desk.reading() as session:
        return verify_all(session, FileStore(office.desk.files)).broken


def test_a_ledger_changed_in_the_database_does_not_stand_as_the_trail_tells(office: Office) -> None:
    first, second = (office.register().case_id for _ in range(2))
    strike_event(office.desk, office.people["supervisor"], first, 1, "登记错了", corrected_on=date(2026, 9, 15))
    assert proof(office) is None, "a correction with its reason stands in the trail too"

    received = LegalEvent.case_id == second
    struck = (LegalEvent.case_id == first) & (LegalEvent.seq == 1)
    behind: list[tuple[Any, str]] = [
        (update(LegalEvent).where(received).values(on=date(2026, 9, 1)), f"case:{second} #"),
        (update(LegalEvent).where(received).values(data={}), f"case:{second} #"),
        (update(LegalEvent).where(received).values(voided_at=datetime(2026, 9, 17, tzinfo=UTC)), "没有审计记录"),
        (update(LegalEvent).where(struck).values(voided_at=None), f"case:{first} #"),
        (delete(LegalEvent).where(received), f"case:{second} #"),
    ]
    for change, said in behind:
        with office.desk.sessions.rehearse() as session:
            session.execute(change)
            assert said in (verify_all(session, FileStore(office.desk.files)).broken or "")

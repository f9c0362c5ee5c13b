"""What a monitor is told."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from engine.cases.health import health, prometheus, ready
from engine.cases.leases import claim, release
from engine.cases.messages import tell
from engine.store import migrate
from engine.store.session import Sessions
from engine.store.tables import Agency, OutboxMessage


def test_a_new_office_is_ready_and_has_nothing_to_tell(office):
    assert ready(office.desk) is None
    found = health(office.desk)
    assert (found.due_timers, found.oldest_due_days, found.outbox_depth, found.dead_letters) == (0, 0, 0, 0)
    assert found.last_run == {}


def test_due_timers_waiting_messages_and_the_last_sweep_are_told(office):
    case = office.register().case_id
    office.do("completeness", case=case, who="handler", outcome="correct", missing="请写明文件名称。")
    while "correction_service" not in office.waiting(case):
        office.do(office.waiting(case)[0], case=case, outcome="issue")
    office.do("correction_service", case=case)
    office.desk.sessions = Sessions(office.desk.sessions.engine, told_by=["wecom"])
    people = [office.people["handler"].id]
    for key in ("k", "l"):
        office.desk.write(lambda session, key=key: tell(session, people, key=key, text="x", at=office.clock()))
    dead = update(OutboxMessage).where(OutboxMessage.id == 2).values(dead_at=office.clock())
    office.desk.write(lambda session: session.execute(dead))
    assert claim(office.desk, "timers", "me", timedelta(0), timedelta(minutes=2))
    office.clock.forward(seconds=3)
    release(office.desk, "timers", "me", done=True)
    office.clock.on("2026-10-19")
    found = health(office.desk)
    # Fifteen working days from 16 September end on 13 October.
    assert (found.due_timers, found.oldest_due_days) == (1, 6)
    assert (found.outbox_depth, found.dead_letters) == (1, 1)
    assert found.outbox_oldest_seconds > 30 * 86400
    assert found.run_seconds == {"timers": 3.0}
    text = prometheus(found)
    assert "yishen_due_timers 1\n" in text
    assert 'yishen_job_run_seconds{job="timers"} 3\n' in text
    for row in text.splitlines():
        assert row.startswith(("# HELP yishen_", "# TYPE yishen_", "yishen_"))


def test_an_old_schema_or_no_database_is_not_ready(office, tmp_path):
    url = office.desk.settings.database_url
    if url.startswith("sqlite"):
        migrate.downgrade(url, "base")
        assert "schema" in ready(office.desk)


def test_errors_of_the_database_keep_what_was_typed_to_themselves(office):
    def work(session):
        session.add(Agency(code="office", name="韩立国"))
        session.flush()

    with pytest.raises(IntegrityError) as caught, office.desk.sessions.write() as session:
        work(session)
    assert "韩立国" not in str(caught.value)

"""What a page asks for is one reading, until something is written."""

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from engine.cases.access import hidden_from
from engine.cases.calendars import calendar_of
from engine.cases.menu_counts import in_hand
from engine.cases.saved_filters import save_filter, saved_filters
from engine.cases.units import create_unit
from engine.store.tables import Unit


@pytest.fixture
def begun(office):
    """A mark for every transaction that begins."""
    marks = []
    event.listen(office.desk.sessions.engine, "begin", lambda _connection: marks.append("begin"))
    return marks


def test_the_readings_of_a_page_share_a_transaction_and_ask_nothing_twice(office, begun):
    desk, handler, statements = office.desk, office.people["handler"], []
    in_hand(desk, handler)  # the definitions are read and kept
    begun.clear()
    event.listen(desk.sessions.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with desk.one_view():
        in_hand(desk, handler)
        saved_filters(desk, handler, "work")
        for _ in range(2):
            with desk.reading() as session:
                hidden_from(session, handler)
                calendar_of(session, handler.agency_id, desk.settings)
    assert begun == ["begin"]
    asked = [one for one in statements if not one.startswith("BEGIN")]
    assert len(asked) == len(set(asked)) == 5
    saved_filters(desk, handler, "work")
    assert len(begun) == 2


def test_what_a_page_writes_its_later_parts_read(office):
    desk, handler = office.desk, office.people["handler"]
    with desk.one_view():
        assert saved_filters(desk, handler, "work") == ()
        save_filter(desk, handler, "work", "急件", {"light": "overdue"})
        assert [one.name for one in saved_filters(desk, handler, "work")] == ["急件"]


def test_a_reading_that_is_open_while_something_is_written_goes_on(office):
    desk = office.desk
    with desk.one_view(), desk.reading() as session:
        before = session.scalars(select(Unit.name)).all()
        create_unit(desk, office.people["admin"], "档案股")
        assert set(before) <= set(session.scalars(select(Unit.name)).all())


def test_what_the_database_refuses_one_reading_it_does_not_refuse_the_next(office):
    desk = office.desk

    def refused():
        with desk.reading() as session:
            session.execute(text("SELECT nothing FROM nowhere"))

    with desk.one_view():
        with pytest.raises(DBAPIError):
            refused()
        with desk.reading() as session:
            assert "财政股" in session.scalars(select(Unit.name)).all()


def test_what_is_only_rehearsed_has_a_transaction_of_its_own(office, begun):
    with office.desk.one_view(), office.desk.reading(), office.desk.sessions.rehearse() as session:
        session.execute(select(Unit.id))
        assert begun == ["begin", "begin"]

"""A column that has one of many numbers, in the words of each database."""

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from engine.store.one_of import OneOf
from engine.store.tables import CaseGram


@pytest.fixture
def connection():
    with create_engine("sqlite://").connect() as connection:
        CaseGram.__table__.create(connection)
        connection.execute(CaseGram.__table__.insert(), [{"gram": "征地", "case_id": one} for one in range(1, 9)])
        yield connection


@pytest.mark.parametrize("wanted", [(3, 5), (7,), (), (2, 4, 99), {1, 8}])
def test_rows_with_one_of_the_numbers_are_found_however_many_were_asked_for_before(connection, wanted):
    other = aliased(CaseGram)
    query = select(CaseGram.case_id).where(OneOf(CaseGram.case_id, wanted))
    again = select(other.case_id).where(OneOf(other.case_id, wanted), other.case_id > 4)
    assert set(connection.scalars(query)) == set(wanted) - {99}
    assert set(connection.scalars(again)) == {one for one in wanted if 4 < one < 99}


def test_sqlite_looks_the_numbers_up_in_an_index(connection):
    query = select(CaseGram.case_id).where(CaseGram.gram == "征地", OneOf(CaseGram.case_id, [3, 5]))
    sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    plan = " ".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
    assert "(gram=? AND case_id=?)" in plan


def test_postgresql_is_told_them_as_one_array_and_so_with_the_same_words_for_any_number_of_them():
    few, many = (
        str(select(CaseGram.gram).where(OneOf(CaseGram.case_id, range(count))).compile(dialect=postgresql.dialect()))
        for count in (1, 100)
    )
    assert few == many
    assert "ANY" in few

"""Walk all tables of a database as lines of text that mean the same on SQLite and on PostgreSQL.

A line is a row: a JSON list of its columns in the order of the model, moments in UTC, bytes in base64. Rows come in the
order of their keys, so that two databases hold the same rows exactly when the hashes of their lines are equal.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Date, LargeBinary, String, Table, func, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DataError, IntegrityError

from engine.store.tables import Base
from engine.store.types import Instant

_PORTION = 500


@dataclass(frozen=True, slots=True)
class Tally:
    """What a table holds: how many rows, and the SHA-256 of their lines."""

    rows: int
    sha256: str


class Counting:
    """Counts and hashes lines on their way."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self._rows = 0
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._rows += 1
            self._digest.update(line)
            yield line

    @property
    def tally(self) -> Tally:
        """Of the lines that have passed."""
        return Tally(self._rows, self._digest.hexdigest())


def tables() -> list[Table]:
    """All tables, each after those it refers to."""
    return list(Base.metadata.sorted_tables)


def columns(table: Table) -> list[str]:
    """The names of a table's columns in the order of its lines."""
    return [column.name for column in table.columns]


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it stands now, whatever others write meanwhile."""
    if engine.dialect.name == "sqlite":
        reading = engine.execution_options(yishen_reading=True)
    else:
        reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with reading.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("SELECT count(*) FROM sqlite_master"))  # the first reading fixes what is seen
        else:
            unhurried(connection)
        yield connection


def unhurried(connection: Connection) -> None:
    """Let statements of this transaction take as long as a whole table takes."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))


def read_lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table as lines, in the order of their keys; a portion at a time in memory."""
    write = [_writer(column.type) for column in table.columns]
    query = select(table).order_by(*(_in_order(connection, column) for column in table.primary_key.columns))
    with connection.execute(query, execution_options={"yield_per": _PORTION}) as rows:
        for row in rows:
            values = [None if value is None else one(value) for one, value in zip(write, row, strict=True)]
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _in_order(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """Texts in the order of their bytes: PostgreSQL's own order depends on how the database was made."""
    text_on_postgresql = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return column.collate("C") if text_on_postgresql else column


def write_lines(connection: Connection, table: Table, lines: Iterable[bytes]) -> None:
    """Insert the rows that `read_lines` gave. Raises ValueError when a line does not fit the table or its database."""
    names = columns(table)
    read = [_reader(column.type) for column in table.columns]
    waiting = iter(lines)
    while portion := [_row(names, read, line) for line in islice(waiting, _PORTION)]:
        try:
            connection.execute(insert(table), portion)
        except (DataError, IntegrityError) as error:
            raise ValueError(f"{table.name}: {error.orig}") from error


def _row(names: list[str], read: list[Callable[[Any], Any]], line: bytes) -> Mapping[str, Any]:
    values = json.loads(line)
    if not isinstance(values, list) or len(values) != len(names):
        raise ValueError("a line has another number of columns")
    return {name: None if value is None else one(value) for name, one, value in zip(names, read, values, strict=True)}


def tally(connection: Connection, table: Table) -> Tally:
    """What a table holds now."""
    counting = Counting(read_lines(connection, table))
    for _line in counting:
        pass
    return counting.tally


def differing_table(connection: Connection, wanted: Mapping[str, Tally]) -> str | None:
    """The first table that does not hold what it should, row by row; None when all do."""
    return next((table.name for table in tables() if tally(connection, table) != wanted[table.name]), None)


def filled_table(connection: Connection) -> str | None:
    """The name of a table that has rows, or None when all are empty."""
    for table in tables():
        if connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None:
            return table.name
    return None


def reset_sequences(connection: Connection) -> None:
    """After rows were inserted with their keys: the next key is the one after the highest (PostgreSQL)."""
    if connection.dialect.name != "postgresql":
        return  # SQLite looks at the highest key itself
    for table in tables():
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence is not None:
            highest = connection.scalar(select(func.max(column)))
            connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))


def _writer(type_: Any) -> Callable[[Any], Any]:
    if isinstance(type_, Instant):
        return datetime.isoformat
    if isinstance(type_, Date):
        return date.isoformat
    if isinstance(type_, LargeBinary):
        return _to_base64
    return _as_it_is


def _reader(type_: Any) -> Callable[[Any], Any]:
    if isinstance(type_, Instant):
        return datetime.fromisoformat
    if isinstance(type_, Date):
        return date.fromisoformat
    if isinstance(type_, LargeBinary):
        return base64.b64decode
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")

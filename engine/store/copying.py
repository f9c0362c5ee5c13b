"""Move an office to another database: all rows copied in one snapshot and one transaction, then read back."""

from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.engine import Engine

from engine.store.walk import (
    Counting,
    Tally,
    differing_table,
    filled_table,
    read_lines,
    reset_sequences,
    snapshot,
    tables,
    unhurried,
    write_lines,
)


class CopyFault(Exception):
    """A copy that cannot be made; nothing was kept. The Chinese sentence says why."""


def copy_database(source: Engine, target: Engine, prove: Callable[[Connection], None]) -> dict[str, Tally]:
    """Copy every table into an empty database of the same schema; returns what each holds, proved row by row.

    `prove` is called with the copy before it is kept; what it raises undoes everything. Raises CopyFault.
    """
    with snapshot(source) as reading, target.connect() as writing:
        if (name := filled_table(writing)) is not None:
            raise CopyFault(f"目标数据库不是空的（表 {name} 有内容），只能复制到空的数据库。")
        unhurried(writing)
        tallies = {}
        for table in tables():
            counting = Counting(read_lines(reading, table))
            try:
                write_lines(writing, table, counting)
            except ValueError as error:
                raise CopyFault(f"表 {table.name} 的内容写不进目标数据库（{error}），没有复制。") from error
            tallies[table.name] = counting.tally
        reset_sequences(writing)
        if (name := differing_table(writing, tallies)) is not None:
            raise CopyFault(f"表 {name} 复制后与原来不一致，没有复制。")
        prove(writing)
        writing.commit()
    return tallies

"""That a column has one of some values, said so that each database takes it quickly."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, ColumnElement, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal


class OneOf(ColumnElement[bool]):
    """As `column.in_(values)`.

    PostgreSQL gets the values as one array: a hundred parameters take longer than what they are asked for, and with
    each count of them it would prepare another statement.
    """

    inherit_cache = True
    type = Boolean()
    _is_implicitly_boolean = True  # else SQLite would be asked whether it `= 1`, and would read every row for that
    _traverse_internals = [  # noqa: RUF012 - as SQLAlchemy declares it
        ("listed", InternalTraversal.dp_clauseelement),
        ("ranged", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: Any, values: Collection[int] | Collection[str]) -> None:
        """`values` may be empty: then no row is found."""
        known = list(values)
        self.listed: ColumnElement[bool] = column.in_(known)
        self.ranged: ColumnElement[bool] = column == any_(literal(known, ARRAY(column.type)))


@compiles(OneOf)
def _listed(element: OneOf, compiler: SQLCompiler, **told: Any) -> str:
    return compiler.process(element.listed, **told)


@compiles(OneOf, "postgresql")
def _ranged(element: OneOf, compiler: SQLCompiler, **told: Any) -> str:
    return compiler.process(element.ranged, **told)

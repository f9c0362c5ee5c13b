"""That a column has one of some values, said so that each database takes it quickly."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal


class OneOf(ColumnElement[bool]):
    """As `column.in_(values)`.

    A hundred parameters take longer than what they are asked for, and with each count of them the statement would be
    another one. So the values are one parameter: an array for PostgreSQL, JSON for SQLite.
    """

    inherit_cache = True
    type = Boolean()
    _is_implicitly_boolean = True  # else SQLite would be asked whether it `= 1`, and would read every row for that
    _traverse_internals = [  # noqa: RUF012 - as SQLAlchemy declares it
        ("column", InternalTraversal.dp_clauseelement),
        ("in_json", InternalTraversal.dp_clauseelement),
        ("in_array", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: Any, values: Collection[int] | Collection[str]) -> None:
        """`values` may be empty: then no row is found."""
        known = list(values)
        self.column: ColumnElement[Any] = coercions.expect(roles.ExpressionElementRole, column)
        self.in_json: ColumnElement[str] = literal(json.dumps(known, ensure_ascii=False), String())
        self.in_array: ColumnElement[Any] = literal(known, ARRAY(self.column.type))


@compiles(OneOf)
def _from_json(element: OneOf, compiler: SQLCompiler, **told: Any) -> str:
    column, values = compiler.process(element.column, **told), compiler.process(element.in_json, **told)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - parts that the compiler has made


@compiles(OneOf, "postgresql")
def _from_array(element: OneOf, compiler: SQLCompiler, **told: Any) -> str:
    return f"{compiler.process(element.column, **told)} = ANY ({compiler.process(element.in_array, **told)})"

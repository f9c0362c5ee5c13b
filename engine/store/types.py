"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

# SQLite only makes an INTEGER column its row id; PostgreSQL wants room for a national year.
Key = BigInteger().with_variant(Integer(), "sqlite")

# Kept as text, never queried into: JSON functions differ between the two databases.
Json: TypeEngine[Any] = JSON(none_as_null=True)


class Instant(TypeDecorator[datetime]):
    """A moment in time: aware in Python, UTC in the database on both engines.

    Raises ValueError for a naive value, which would silently be eight hours off in China.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """SQLite gives text without a zone; read at one go, for a page reads hundreds of them."""
        return _utc if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _utc(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored + "+00:00")

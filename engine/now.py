"""The one port to the wall clock. Everything else is handed the moment it works at."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]


def system_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)

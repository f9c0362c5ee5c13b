"""An office at work on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office import Office, open_office


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """A county office with a person for every role; its clock stands at Wednesday 2026-09-16, 10:00."""
    office = open_office(database_url, tmp_path / "var")
    yield office
    office.desk.sessions.engine.dispose()

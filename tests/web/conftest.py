"""The application on a fresh SQLite database, with a person for every role and a clock that a test moves."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.cases.accounts import create_account
from engine.cases.definitions import case_type_folders, register_definitions
from engine.cases.desk import Desk
from engine.cases.permissions import ROLES
from engine.cases.units import create_unit
from engine.process import Library
from engine.settings import Settings, load_settings
from tests.office import Office
from tests.web.registration import PAGE
from tests.web_case import office_of
from webui.app import create_app

PASSWORD = "Qingshi-412-lu"
ROOT = Path(__file__).parents[2]
# Parsed definitions are kept by content hash, so all offices of a test run may share them.
_LIBRARY = Library()


@dataclass
class Clock:
    """Friday 2026-05-08, 10:00 in 云岭县, until a test moves it."""

    moment: datetime = datetime(2026, 5, 8, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Browser:
    """A test client that follows the forms of the pages it is shown: it carries the CSRF token along."""

    client: FlaskClient
    token: str = field(default="")

    def get(self, path: str, **options) -> TestResponse:
        answer = self.client.get(path, buffered=True, **options)
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text) if answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, data: dict | None = None, *, page: str | None = None, **options) -> TestResponse:
        headers = {"Referer": f"http://localhost{page or path}", **options.pop("headers", {})}
        return self.client.post(
            path, data={"csrf_token": self.token, **(data or {})}, headers=headers, buffered=True, **options
        )

    def log_in(self, username: str, password: str = PASSWORD, **data) -> TestResponse:
        self.get("/login")
        return self.post("/login", {"username": username, "password": password, **data})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web_settings(sqlite_url: str, tmp_path: Path) -> Settings:
    settings = load_settings(ROOT / "config.toml", database_url=sqlite_url, data_dir=tmp_path / "var")
    cheap = settings.security.model_copy(update={"argon2_time_cost": 1, "argon2_memory_kib": 8})
    return settings.model_copy(update={"security": cheap})


@pytest.fixture
def app(web_settings: Settings, clock: Clock) -> Iterator[Flask]:
    app = create_app(web_settings, clock)
    app.testing = False  # error pages as in service
    desk: Desk = app.extensions["yishen_desk"]
    unit = create_unit(desk, None, "政务公开股")
    for role, title in ROLES.items():
        create_account(desk, None, username=role, name=f"{title}甲", roles=[role], unit_id=unit, password=PASSWORD)
    desk.library = _LIBRARY
    desk.write(lambda session: register_definitions(session, case_type_folders(), clock()))
    yield app
    desk.sessions.engine.dispose()


@pytest.fixture
def desk(app: Flask) -> Desk:
    return app.extensions["yishen_desk"]


@pytest.fixture
def office(desk: Desk, clock: Clock) -> Office:
    """The office behind the pages, for carrying cases on without going through them."""
    return office_of(desk, clock)


@pytest.fixture
def browser(app: Flask) -> Callable[[], Browser]:
    """Call it for a new, anonymous browser."""
    return lambda: Browser(app.test_client())


@pytest.fixture
def logged_in(browser: Callable[[], Browser]) -> Callable[[str], Browser]:
    """Call it with a role (or user name) for a browser in which that person is logged in."""

    def enter(username: str) -> Browser:
        visitor = browser()
        answer = visitor.log_in(username)
        assert answer.status_code == 303, answer.text
        visitor.get("/password")
        return visitor

    return enter


@pytest.fixture
def counter(logged_in: Callable[[str], Browser]) -> Browser:
    """The intake officer with an empty registration form open."""
    visitor = logged_in("intake")
    visitor.get(PAGE)
    return visitor


@pytest.fixture
def cases(office: Office) -> tuple[int, int, int]:
    """An overdue request, one of today, and one that came by internet and is not confirmed."""
    office.clock.on("2026-04-01")
    late = office.register(subject="老旧小区改造会议记录", name="吴桂兰").case_id
    office.clock.on("2026-05-08")
    fresh = office.register(subject="青石街改造工程批复").case_id
    online = office.register(subject="标准化规范化工作方案", channel="internet", email="z@example.org").case_id
    return late, fresh, online

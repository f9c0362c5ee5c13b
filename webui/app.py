"""The web application."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect

from engine.cases.calendar_watch import MissingNotice, missing_notices
from engine.cases.definitions import own_folders
from engine.cases.desk import open_desk
from engine.cases.leases import scheduler_is_late
from engine.cases.permissions import Permission
from engine.now import Now, system_now
from engine.settings import Settings, prepare, session_key
from webui import access_log, errors, guard, headers, language, menu, shown, speech, visit
from webui.desks import (
    accounts,
    around,
    batch,
    calendar,
    case_registers,
    cases,
    clock,
    entry,
    health,
    inbox,
    leave,
    ledger,
    letters,
    listing,
    measures,
    outbox,
    outgoing,
    overview,
    papers,
    processes,
    publications,
    receipts,
    register,
    reviews,
    search,
    severance,
    spot,
    supervision,
    templates,
    trail,
    units,
    work,
)
from webui.wording import ROLE_TITLES

# Every blueprint of the application, in one place.
BLUEPRINTS = (
    health.pages,
    entry.pages,
    work.pages,
    batch.pages,
    listing.pages,
    receipts.pages,
    leave.pages,
    register.pages,
    case_registers.pages,
    cases.pages,
    search.pages,
    around.pages,
    overview.pages,
    ledger.pages,
    letters.pages,
    supervision.pages,
    measures.pages,
    reviews.pages,
    publications.pages,
    spot.pages,
    papers.pages,
    outgoing.pages,
    templates.pages,
    severance.pages,
    clock.pages,
    calendar.pages,
    accounts.pages,
    units.pages,
    processes.pages,
    outbox.pages,
    trail.pages,
    inbox.pages,
)

# Text fields of one form together; attachments come on top of it.
_FORM_BYTES = 16 * 1024 * 1024
_MIB = 1024 * 1024


def create_app(settings: Settings, now: Now = system_now) -> Flask:
    """The application on the database that `settings` names; its schema must be up to date.

    `now` is the clock that every page and command works by.
    """
    prepare(settings)
    app = Flask("webui")
    app.config.update(
        SECRET_KEY=session_key(settings),
        SESSION_COOKIE_NAME="yishen",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.web.https_only,
        MAX_CONTENT_LENGTH=settings.attachments.max_mb * _MIB + _FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # the session's own limits rule
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["yishen_desk"] = open_desk(settings, now)
    language.install(app)
    speech.install(app, own_folders(app.extensions["yishen_desk"]))
    app.before_request(_only_uploads_are_large)
    CSRFProtect(app)
    access_log.install(app)
    visit.install(app)
    app.before_request(guard.check)
    headers.install(app, https_only=settings.web.https_only)
    errors.install(app)
    _read_in_one_view(app)
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
    shown.install(app, settings.attachments)
    guard.public(app.view_functions["static"])
    app.jinja_env.globals.update(
        may=guard.may,
        Permission=Permission,
        visible_menu=menu.visible_menu,
        scheduler_stopped=_scheduler_stopped,
        missing_notices=_missing_notices,
        office=settings.office,
        role_titles=ROLE_TITLES,
        language=language.chosen,
        same_page=_same_page,
    )
    guard.prove_guarded(app)
    return app


def _read_in_one_view(app: Flask) -> None:
    """All that a page asks the database for is one reading: what its parts say agrees."""
    answer, desk = app.wsgi_app, app.extensions["yishen_desk"]

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return answer(environ, start_response)
        with desk.one_view():
            return answer(environ, start_response)

    app.wsgi_app = answered  # type: ignore[method-assign]  # as Flask has it done


def _only_uploads_are_large() -> None:
    if request.mimetype != "multipart/form-data":
        request.max_content_length = _FORM_BYTES


def _same_page(**changed: Any) -> str:
    """The address of this page with some query parameters changed (None takes one away)."""
    asked = {name: value for name, value in request.args.items() if name not in changed and value}
    return f"{request.path}?{urlencode(asked | {name: value for name, value in changed.items() if value is not None})}"


def _scheduler_stopped() -> bool:
    """Whether timers and reminders stand still, for those who can do something about it."""
    sees = guard.may(Permission.ADMIN_SYSTEM_READ, Permission.CASES_CASE_REMIND)
    return sees and scheduler_is_late(visit.desk())


def _missing_notices() -> tuple[MissingNotice, ...]:
    """The open tasks of whoever imports holiday notices."""
    return missing_notices(visit.desk(), visit.actor()) if guard.may(Permission.ADMIN_CALENDAR_MANAGE) else ()

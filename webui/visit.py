"""One visit from login to logout: idle and longest time, revocation, and input that survives the end of a session."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import Flask, current_app, flash, g, jsonify, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from engine.cases import drafts, login
from engine.cases.desk import Actor, Desk
from engine.cases.errors import Stale, StorageFull, Unreadable
from engine.cases.login import Present
from webui.speech import gettext as _

# Before a first or outdated password is changed, only these are open.
OPEN_BEFORE_CHANGE = frozenset({"entry.password", "entry.change_password", "entry.logout", "entry.language"})
# Their input is nobody's work: partly secret, or no more than lines ticked in a list.
_NO_DRAFT = OPEN_BEFORE_CHANGE | {
    "batch.chosen",
    "entry.discard_draft",
    "entry.log_in",
    "outgoing.act",
    "receipts.make",
}
# Fields that are never kept in a draft.
_NEVER_KEPT = ("csrf_token", "password", "current", "new", "again")
# Shorter answers are typed again as fast as they are copied.
_WORTH_COPYING = 10
# The cookie is written again at most this often while somebody works.
_TOUCH_SECONDS = 15


class Visitor(UserMixin):
    """The logged-in person behind `current_user`."""

    def __init__(self, present: Present) -> None:
        self.present = present

    @property
    def actor(self) -> Actor:
        """What commands and queries are given."""
        return self.present.actor

    @property
    def must_change_password(self) -> bool:
        """Whether a first or outdated password has to be changed before anything else."""
        return self.present.must_change_password

    def get_id(self) -> str:
        """Account and epoch: raising the epoch ends every session of the account."""
        return f"{self.present.actor.id}:{self.present.epoch}"


def desk() -> Desk:
    """The desk of the running application."""
    found: Desk = current_app.extensions["yishen_desk"]
    return found


def actor() -> Actor:
    """Whoever is logged in; only for views that name a permission."""
    found: Actor = current_user.actor
    return found


def install(app: Flask) -> None:
    """Hang the visit's hooks into the application."""
    manager = LoginManager(app)
    # Addresses change behind office proxies; the signed cookie, the epoch and the time limits guard the session.
    manager.session_protection = None

    @manager.user_loader
    def _load(known: str) -> Visitor | None:
        account_id, _sep, epoch = known.partition(":")
        if g.get("unreachable"):
            return None  # asked for again, for the page that says so
        try:
            present = login.present(desk(), int(account_id), int(epoch))
        except Unreadable:
            g.unreachable = True
            raise
        return Visitor(present) if present else None

    app.before_request(_watch_the_time)
    app.after_request(_forget_used_draft)


def begin(present: Present) -> None:
    """Log in: a new session; the CSRF token stays only when the same person comes back after a time-out."""
    token = session.get("csrf_token") if session.get("left") == present.actor.id else None
    session.clear()
    if token:
        session["csrf_token"] = token
    login_user(Visitor(present))
    now = _seconds()
    session["in_at"] = session["seen_at"] = now
    if paths := drafts.draft_paths(desk(), present.actor.id):
        session["drafts"] = paths


def renew(epoch: int) -> None:
    """Carry on under a new epoch after one's own password change."""
    kept = {key: session[key] for key in ("csrf_token", "in_at", "seen_at", "drafts") if key in session}
    present = login.present(desk(), actor().id, epoch)
    assert present is not None, "just written"
    session.clear()
    session.update(kept)
    login_user(Visitor(present))


def end() -> None:
    """Log out and forget everything about the session."""
    logout_user()
    session.clear()


def _seconds() -> int:
    return int(desk().now().timestamp())


def _watch_the_time() -> Response | None:
    """End a visit that was idle or has lasted too long; what was being submitted is kept for the next login."""
    if request.endpoint == "static" or not current_user.is_authenticated:
        return None
    security, now = desk().settings.security, _seconds()
    idle = now - session.get("seen_at", 0) > security.idle_minutes * 60
    if idle or now - session.get("in_at", 0) > security.absolute_hours * 3600:
        return _time_out()
    if now - session["seen_at"] >= _TOUCH_SECONDS:
        session["seen_at"] = now
    g.draft = None
    path = page_path()
    if path in session.get("drafts", ()) and request.method == "GET":
        kept = drafts.read_draft(desk(), actor().id, path)
        g.draft = MultiDict(kept) if kept is not None else None
    return None


def _time_out() -> Response | None:
    present: Present = current_user.present
    page = page_path()
    kept = False
    if request.method == "POST":
        kept = _keep_input(present, page)
    token = session.get("csrf_token")
    logout_user()
    session.clear()
    session["left"] = present.actor.id
    if token:
        session["csrf_token"] = token
    if request.endpoint in {"entry.login", "entry.log_in", "entry.logout", "entry.language"}:
        return None
    if kept:
        flash(_("登录已超时。您填写的内容已保存，重新登录后会回到原来的页面。"), "warning")
    else:
        flash(_("登录已超时，请重新登录。"), "warning")
    return to_login(page)


def _keep_input(present: Present, page: str) -> bool:
    values = {name: request.form.getlist(name) for name in request.form if name not in _NEVER_KEPT}
    if not values or not page or request.endpoint in _NO_DRAFT:
        return False
    try:
        return drafts.keep_draft(desk(), present.actor.id, present.epoch, page, values)
    except (Stale, StorageFull):  # what comes next is told without the draft, never as a crash
        return False


def keep_refused_input(page: str) -> bool:
    """Input that was refused is given back on its page, so that it need not be typed again. Whether it was kept."""
    kept = _keep_input(current_user.present, page)
    if kept:
        session["drafts"] = list(dict.fromkeys([*session.get("drafts", []), page]))
    g.refused = True
    return kept


def keep_unproved_input() -> str:
    """A form whose security mark is outdated: kept if it came from a page of ours; the page to go on to, else "".

    A form that another site sent must not leave a draft behind, so the browser has to name the page it came from.
    """
    ours = urlsplit(request.referrer or "").netloc == request.host
    page = page_path() if ours and request.method == "POST" and current_user.is_authenticated else ""
    return page if page and keep_refused_input(page) else ""


def typed_text() -> list[str]:
    """The longer texts of the form that was sent, to be read or copied where they cannot be kept."""
    given = (text.strip() for name, text in request.form.items(multi=True) if name not in _NEVER_KEPT)
    return [text for text in given if len(text) >= _WORTH_COPYING] if request.endpoint not in _NO_DRAFT else []


def page_path() -> str:
    """The page that the request belongs to: its own path, or the page a form was sent from."""
    if request.method == "GET":
        return request.path
    sent_from = _sent_from()
    return sent_from.path if sent_from else request.path if _has_page(request.path) else ""


def page_address() -> str:
    """The page a form was sent from, as it was looked at: a list with its tab, filters and order."""
    sent_from = _sent_from()
    return sent_from._replace(scheme="", netloc="").geturl() if sent_from else page_path()


def _sent_from() -> SplitResult | None:
    """The page of ours that a form was sent from, if the browser names one."""
    sent_from = urlsplit(request.referrer or "")
    ours = sent_from.path and sent_from.netloc == request.host and _has_page(sent_from.path)
    return sent_from if ours else None


def _has_page(path: str) -> bool:
    try:
        current_app.url_map.bind(request.host).match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return len(path) <= 300


def to_login(page: str | None = None) -> Response:
    """Send the visitor to the login page and back to `page` afterwards."""
    if request.path.startswith("/api/"):
        answer = jsonify(error=_("请先登录。"))
        answer.status_code = 401
        return answer
    wanted = page if page is not None else (request.full_path.rstrip("?") if request.method == "GET" else page_path())
    return go(url_for("entry.login", next=wanted if wanted not in ("", "/") else None))


def to_password() -> Response:
    """Send the visitor to the page on which a first or outdated password is changed."""
    return go(url_for("entry.password"))


def go(target: str) -> Response:
    """A redirect to a page; htmx is told by header, since it would put the page into a part of another one."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)


def safe_next(target: str | None) -> str:
    """A path of this application to go on to, else the home page: never another host."""
    parts = urlsplit(target or "")
    good = target and not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    if good and target and "\\" not in target and _has_page(parts.path):
        return target
    return url_for("entry.home")


def discard_draft(path: str) -> None:
    """Give up the draft of a page."""
    drafts.drop_draft(desk(), actor().id, path)
    session["drafts"] = [kept for kept in session.get("drafts", []) if kept != path]


def _forget_used_draft(response: Response) -> Response:
    """A form that led on (redirect) was accepted: its draft has done its service."""
    accepted = request.method == "POST" and response.status_code in {302, 303} and not g.get("refused")
    if accepted and session.get("drafts") and current_user.is_authenticated:
        path = page_path()
        if path in session["drafts"]:
            discard_draft(path)
    return response


def draft() -> MultiDict[str, str] | None:
    """What was typed into this page and not handed in, if anything was kept."""
    found: MultiDict[str, str] | None = g.get("draft")
    return found


def kept(values: Any) -> MultiDict[str, str]:
    """What a form shows: the draft when there is one, else the submitted or stored `values`."""
    found: MultiDict[str, str] | None = g.get("draft")
    return found if found is not None else MultiDict(values or {})

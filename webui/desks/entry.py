"""Coming in and going out: login, logout, one's own password, language, the start page, kept input."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from engine.cases import login as login_commands
from engine.cases.errors import AnswerErrors, Refusal, Stale, StorageFull
from engine.cases.login import LANGUAGES
from engine.cases.permissions import Permission
from webui import menu, visit
from webui.guard import needs, public
from webui.speech import gettext as _

pages = Blueprint("entry", __name__)


@pages.get("/")
@public
def home() -> Response:
    """The start page of whoever is logged in, else the login page."""
    if not current_user.is_authenticated:
        return redirect(url_for("entry.login"), 303)
    return redirect(menu.home_url(), 303)


@pages.get("/login")
@public
def login() -> str | Response:
    """The login page."""
    if current_user.is_authenticated:
        return redirect(visit.safe_next(request.args.get("next")), 303)
    return render_template("login.html", username="", error=None, next=request.args.get("next", ""))


@pages.post("/login")
@public
def log_in() -> str | Response | tuple[str, int]:
    """Check name and password; come back to the page that was wanted."""
    username, target = request.form.get("username", ""), request.form.get("next", "")
    try:
        present = login_commands.authenticate(
            visit.desk(), username, request.form.get("password", ""), request.remote_addr
        )
    except (Stale, StorageFull) as busy:
        return render_template("login.html", username=username, error=_(str(busy)), next=target), 503
    except Refusal:
        rules = visit.desk().settings.security
        sentence = _(
            "用户名或口令不正确，或者账号已暂时锁定。连续输错 %(times)s 次将锁定 %(minutes)s 分钟；"
            "忘记口令请联系系统管理员重置。",
            times=rules.lock_after,
            minutes=rules.lock_minutes,
        )
        return render_template("login.html", username=username, error=sentence, next=target), 401
    visit.begin(present)
    if present.must_change_password:
        return redirect(url_for("entry.password", next=target or None), 303)
    return redirect(visit.safe_next(target), 303)


@pages.post("/logout")
@public
def logout() -> Response:
    """End the visit."""
    if current_user.is_authenticated:
        login_commands.note_logout(visit.desk(), visit.actor())
        visit.end()
        flash(_("您已退出登录。"), "info")
    return redirect(url_for("entry.login"), 303)


@pages.get("/password")
@needs(Permission.SELF_ACCOUNT_MANAGE)
def password() -> str:
    """The page to change one's own password."""
    return _password_page({})


@pages.post("/password")
@needs(Permission.SELF_ACCOUNT_MANAGE)
def change_password() -> str | Response | tuple[str, int]:
    """Change one's own password; every other session of the account ends."""
    given = request.form
    try:
        epoch = login_commands.change_password(
            visit.desk(),
            visit.actor(),
            given.get("current", ""),
            given.get("new", ""),
            given.get("again", ""),
        )
    except AnswerErrors as faults:
        return _password_page(faults.errors), 422
    visit.renew(epoch)
    flash(_("口令已修改，其他地方的登录已全部退出。"), "success")
    return redirect(visit.safe_next(request.args.get("next")), 303)


def _password_page(errors: dict[str, str]) -> str:
    return render_template(
        "password.html", errors=errors, rules=visit.desk().settings.security, first=current_user.must_change_password
    )


@pages.post("/language")
@public
def language() -> Response:
    """Switch between Chinese and English and stay on the page."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        raise Refusal("没有这种语言。")
    if current_user.is_authenticated:
        login_commands.set_language(visit.desk(), visit.actor(), code)
    session["language"] = code
    return redirect(visit.safe_next(visit.page_path()), 303)


@pages.post("/drafts/discard")
@needs(Permission.SELF_ACCOUNT_MANAGE)
def discard_draft() -> Response:
    """Give up input that was kept from an earlier session."""
    page = visit.page_path()
    visit.discard_draft(page)
    return redirect(visit.safe_next(page), 303)

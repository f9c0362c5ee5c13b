"""The administrator's pages for accounts."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases import accounts, units
from engine.cases.errors import AnswerErrors
from engine.cases.permissions import ROLES, Permission
from webui import visit
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("accounts", __name__, url_prefix="/admin/accounts")

_ACTIVE = {"": None, "yes": True, "no": False}


@pages.get("")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def index() -> str:
    """All accounts, with filters."""
    wanted = request.args
    role = wanted.get("role", "")
    page = accounts.accounts(
        visit.desk(),
        visit.actor(),
        text=wanted.get("text", ""),
        role=role if role in ROLES else None,
        active=_ACTIVE.get(wanted.get("active", "")),
        page=max(1, whole_number(wanted.get("page")) or 1),
    )
    return render_template("desks/accounts.html", page=page, wanted=wanted, now=visit.desk().now())


@pages.get("/new")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def new() -> str:
    """The form for a new account."""
    return _form({}, {}, account=None)


@pages.post("/new")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def create() -> str | tuple[str, int]:
    """Open an account and show its one-time password once."""
    given = request.form
    try:
        made = accounts.create_account(
            visit.desk(),
            visit.actor(),
            username=given.get("username", ""),
            name=given.get("name", ""),
            roles=given.getlist("roles"),
            unit_id=whole_number(given.get("unit_id")),
            email=given.get("email", ""),
            phone=given.get("phone", ""),
        )
    except AnswerErrors as faults:
        return _form(given, faults.errors, account=None), 422
    return render_template("desks/account_password.html", made=made, fresh=True)


@pages.get("/<int:account_id>")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def edit(account_id: int) -> str:
    """One account."""
    account = accounts.find_account(visit.desk(), visit.actor(), account_id)
    return _form({}, {}, account=account)


@pages.post("/<int:account_id>")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def change(account_id: int) -> str | Response | tuple[str, int]:
    """Change name, unit, roles and addresses."""
    given = request.form
    try:
        accounts.change_account(
            visit.desk(),
            visit.actor(),
            account_id,
            name=given.get("name", ""),
            roles=given.getlist("roles"),
            unit_id=whole_number(given.get("unit_id")),
            email=given.get("email", ""),
            phone=given.get("phone", ""),
        )
    except AnswerErrors as faults:
        account = accounts.find_account(visit.desk(), visit.actor(), account_id)
        return _form(given, faults.errors, account=account), 422
    flash(_("账号已保存。"), "success")
    return redirect(url_for("accounts.edit", account_id=account_id), 303)


@pages.post("/<int:account_id>/password")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def reset_password(account_id: int) -> str:
    """A new one-time password, shown once."""
    made = accounts.reset_password(visit.desk(), visit.actor(), account_id)
    return render_template("desks/account_password.html", made=made, fresh=False)


@pages.post("/<int:account_id>/sessions")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def revoke_sessions(account_id: int) -> Response:
    """Log the account out everywhere."""
    accounts.revoke_sessions(visit.desk(), visit.actor(), account_id)
    flash(_("该账号的登录已全部退出。"), "success")
    return redirect(url_for("accounts.edit", account_id=account_id), 303)


@pages.post("/<int:account_id>/active")
@needs(Permission.ADMIN_ACCOUNTS_MANAGE)
def set_active(account_id: int) -> Response:
    """Close or open the account."""
    active = request.form.get("active") == "yes"
    accounts.set_active(visit.desk(), visit.actor(), account_id, active)
    flash(_("账号已启用。") if active else _("账号已停用，其登录已全部退出。"), "success")
    return redirect(url_for("accounts.edit", account_id=account_id), 303)


def _form(given: Any, errors: dict[str, str], account: accounts.AccountRow | None) -> str:
    stored = {}
    if account is not None:
        stored = {
            "name": account.name,
            "unit_id": account.unit_id or "",
            "roles": list(account.roles),
            "email": account.email,
            "phone": account.phone,
        }
    return render_template(
        "desks/account.html",
        account=account,
        values=visit.kept(given or stored),
        errors=errors,
        units=units.units(visit.desk(), visit.actor(), only_active=True),
        now=visit.desk().now(),
    )

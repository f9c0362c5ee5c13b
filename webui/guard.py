"""Who may open which route: every view says so itself, and one check before each request obeys it.

A view without a declaration is never served: `prove_guarded` stops the application from starting.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_login import current_user
from werkzeug.wrappers import Response

from engine.cases.permissions import Permission, permits
from webui import visit

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "yishen_permissions"


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Mark a view as open to whoever holds one of `permissions`. Stands below the route decorator."""
    if not permissions:
        raise TypeError("name at least one permission")

    def mark(view: View) -> View:
        setattr(view, _MARK, frozenset(permissions))
        return view

    return mark


def public(view: View) -> View:
    """Mark a view as open to anybody, logged in or not."""
    setattr(view, _MARK, frozenset())
    return view


def declared(app: Flask, endpoint: str) -> frozenset[Permission] | None:
    """The permissions that an endpoint names; empty for a public one, None when it names nothing."""
    found: frozenset[Permission] | None = getattr(app.view_functions[endpoint], _MARK, None)
    return found


def prove_guarded(app: Flask) -> None:
    """Raise LookupError naming every route whose view declares nothing."""
    bare = sorted({rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None})
    if bare:
        raise LookupError(f"views without @needs or @public: {', '.join(bare)}")


def check() -> Response | None:
    """Before each request: anonymous visitors go to the login page, the wrong role gets 403."""
    endpoint = request.endpoint
    if endpoint is None:  # no such page: the router has raised its own error already
        return None
    wanted = declared(current_app, endpoint)
    if wanted == frozenset():
        return None
    if not current_user.is_authenticated:
        return visit.to_login()
    if wanted is None or not permits(current_user.actor, *wanted):
        abort(403)
    if current_user.must_change_password and endpoint not in visit.OPEN_BEFORE_CHANGE:
        return visit.to_password()
    return None


def may(*permissions: Permission) -> bool:
    """Whether whoever is logged in holds one of `permissions` (for templates and the menu)."""
    return bool(current_user.is_authenticated) and permits(current_user.actor, *permissions)

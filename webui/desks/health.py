"""For monitors: is the process alive, can it serve, what do the figures say."""

import hmac
from ipaddress import ip_address
from pathlib import Path

from flask import Blueprint, Response, abort, request

from engine.cases.health import health, prometheus, ready
from webui import visit
from webui.guard import public

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@public
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
@public
def is_ready() -> Response:
    """Pages can be served: 200, else 503 with the reason."""
    why_not = ready(visit.desk())
    return Response(f"{why_not or 'ready'}\n", 503 if why_not else 200, mimetype="text/plain")


@pages.get("/metrics")
@public
def metrics() -> Response:
    """The figures for Prometheus: for whoever holds the token, or for this machine alone when none is configured."""
    _may_read()
    return Response(prometheus(health(visit.desk())), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read() -> None:
    file = visit.desk().settings.web.metrics_token_file
    if file is None:
        if not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104 - no address counts as foreign
            abort(403)
        return
    try:
        token = Path(file).read_text("utf-8").strip()
    except OSError:
        abort(503)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(401)

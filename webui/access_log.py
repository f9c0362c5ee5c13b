"""A log line for each request: route, status, time taken and account number; never an address typed or a form."""

import logging
import time

from flask import Flask, g, request
from flask_login import current_user
from werkzeug.wrappers import Response

_log = logging.getLogger("yishen.web.access")

# Nobody wants a line for each of these.
_SILENT = frozenset({"static", "health.alive", "health.is_ready", "health.metrics"})


def install(app: Flask) -> None:
    """Hang it around every request."""

    @app.before_request
    def _begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def _write(response: Response) -> Response:
        if request.endpoint not in _SILENT:
            _log.info(
                "%s %s %d",
                request.method,
                # The rule, not the path: what stands in a path or a query may be somebody's name.
                request.url_rule.rule if request.url_rule else "(no such page)",
                response.status_code,
                extra={
                    "route": request.endpoint or "",
                    "status": response.status_code,
                    "milliseconds": round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1),
                    "account": current_user.actor.id if current_user.is_authenticated else None,
                },
            )
        return response

"""Security headers on every answer."""

from flask import Flask, request
from werkzeug.wrappers import Response

# Inline styles only because the diagram viewer positions its shapes by them; scripts have no exception.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask, *, https_only: bool) -> None:
    """Add the headers; pages are never cached, since they hold personal data."""

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static":
            response.cache_control.public = True
            response.cache_control.max_age = 3600
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        if https_only:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

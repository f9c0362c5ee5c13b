"""The web server process: the Flask application behind waitress, until SIGTERM or Ctrl-C."""

import ctypes
import gc
import logging
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click
from waitress.server import create_server

from engine.cli.at_desk import desk_options, settings_of, usable_database
from engine.cli.faults import CommandError
from engine.logs import start_logging
from engine.settings import Settings
from engine.store import migrate

_log = logging.getLogger("yishen.web")

_MIB = 1024 * 1024
# Of glibc's mallopt: how many heaps there are; how much may lie free at a heap's end, and from what size on a block is
# kept beside it. Left alone, glibc raises these two for good when a large block is freed once.
_HEAP = {-8: 1, -1: 256 * 1024, -3: 256 * 1024}
_PROXY_HEADERS = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}


def adjustments(settings: Settings, host: str, port: int) -> dict[str, Any]:
    """How waitress is to listen: only a configured proxy may say who the client is."""
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "threads": 8,
        "ident": "yishen",
        # The application answers a too large upload with a page; this only guards the disk against absurd ones.
        "max_request_body_size": settings.attachments.max_mb * 4 * _MIB,
        "clear_untrusted_proxy_headers": True,
    }
    if settings.web.trusted_proxy:
        options |= {"trusted_proxy": settings.web.trusted_proxy, "trusted_proxy_headers": _PROXY_HEADERS}
    return options


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Port (default: [web] port).")
@click.option("--host", metavar="ADDRESS", help="Address to listen on (default: [web] host).")
@desk_options
def serve(port: int | None, host: str | None, database_url: str | None, config: Path | None) -> None:
    """Serve the web pages in the foreground until SIGTERM or Ctrl-C; requests under way are finished.

    Example: yishen serve --port 8080 --database-url sqlite:///var/yishen.sqlite
    """
    signal.signal(signal.SIGTERM, _stop)
    _share_one_heap()
    settings = settings_of(config, database_url)
    host, port = host or settings.web.host, port or settings.web.port
    start_logging()
    with usable_database(settings.database_url):
        if not migrate.is_current(settings.database_url):
            raise CommandError("数据库结构不是当前版本的。请先运行 yishen db upgrade。")
    from webui.app import create_app

    try:
        app = create_app(settings)
        collect_rarely()
        server = create_server(app, **adjustments(settings, host, port))
    except OSError as error:
        raise CommandError(f"无法监听 {host}:{port}（{error.strerror}）。请用 --port 换一个端口。") from error
    _log.info("web pages on http://%s:%s", host, port)
    server.run()
    _log.info("web pages stopped")


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)  # waitress finishes what is under way and returns from run(); before that, the start ends


def _share_one_heap() -> None:
    """Of Python's threads one works at a time: a heap for each would only keep what the others have freed (13 MB)."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for what, value in _HEAP.items():
            mallopt(what, value)


def collect_rarely() -> None:
    """Once the application stands: what it consists of is never garbage, and a page leaves few cycles behind.

    Looking for cycles in a page's tens of thousands of short-lived objects every 700 takes a tenth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)

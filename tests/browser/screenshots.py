"""Take the pictures of the user guide anew: `make screenshots` (needs chromium; loads an office of its own).

Every desk at 1440 and at 1024 pixels, as PNG with a small palette, into docs/images/.
"""

import io
import signal
import socket
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import PASSWORD, ROOT, yishen

IMAGES = ROOT / "docs" / "images"
WIDTHS = (1440, 1024)

OPEN = "/cases?status=open&kind=disclosure_request"
# name of the picture -> account, path, and the links followed from there (the first that a selector finds).
PICTURES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "login": ("", "/login", ()),
    "work": ("handler", "/work?tab=todo", ()),
    "claim": ("legal", "/work?tab=claim", ()),
    "bulk": ("handler", "/work/batch/hand-over", ()),
    "register": ("intake", "/register/disclosure_request", ()),
    "receipts": ("intake", "/receipts", ()),
    "service": ("intake", "/work?tab=claim", ()),
    "step": ("handler", "/work?tab=todo", ("tbody a[href^='/work/']",)),
    "case": ("handler", OPEN, ("tbody a.num",)),
    "case-clock": ("handler", OPEN, ("tbody a.num", "a[href*='tab=clock']")),
    "case-people": ("handler", OPEN, ("tbody a.num", "a[href*='tab=talk']")),
    "case-flow": ("supervisor", "/cases?status=closed", ("tbody a.num", "a[href*='tab=flow']")),
    "case-diagram": (
        "supervisor",
        OPEN,
        ("tbody a.num", "a[href*='tab=diagram']"),
    ),
    "search": ("handler", "/search?text=%E5%9C%9F%E5%9C%B0", ()),
    "deadline": ("handler", "/deadline", ()),
    "unit": ("unit_zrzy", "/work?tab=claim", ()),
    "sign": ("leader", "/work?tab=todo", ("tbody a[href^='/work/']",)),
    "leader": ("leader", "/work?tab=claim", ()),
    "leave": ("leader", "/leave", ()),
    "review": ("head", "/work?tab=claim", ()),
    "letters": ("legal", "/letters", ()),
    "outgoing": ("legal", "/outgoing", ()),
    "templates": ("legal", "/letter-templates", ()),
    "template": ("legal", "/letter-templates/A-04", ()),
    "reviews": ("legal", "/reviews", ()),
    "supervision": ("supervisor", "/supervision", ()),
    "due": ("supervisor", "/supervision/due", ()),
    "cases": ("supervisor", "/cases?status=open", ()),
    "measures": ("supervisor", "/measures", ()),
    "overview": ("supervisor", "/overview", ()),
    "publisher": ("publisher", "/work?tab=claim", ()),
    "registers": ("supervisor", "/registers/policy_interpretation", ()),
    "calendar": ("supervisor", "/calendar", ()),
    "accounts": ("admin", "/admin/accounts", ()),
    "processes": ("admin", "/admin/processes", ()),
    "outbox": ("admin", "/admin/outbox", ()),
    "audit": ("auditor", "/audit", ()),
}


def _enter(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def _go(page: Page, url: str, links: tuple[str, ...]) -> None:
    page.goto(url)
    for link in links:
        page.goto(page.locator(link).first.evaluate("link => link.href"))
    page.wait_for_load_state("networkidle")


def _keep(name: str, width: int, picture: bytes) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(colors=128)
    suffix = "" if width == WIDTHS[0] else f"-{width}"
    image.save(IMAGES / f"{name}{suffix}.png", optimize=True)


def take(address: str) -> None:
    """All pictures, from a server at `address`."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        for width in WIDTHS:
            for username in dict.fromkeys(account for account, _path, _links in PICTURES.values()):
                context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
                page = context.new_page()
                if username:
                    _enter(page, address, username)
                for name, (account, path, links) in PICTURES.items():
                    if account == username:
                        _go(page, address + path, links)
                        _keep(name, width, page.screenshot())
                context.close()
        browser.close()


def main() -> None:
    """Load the office, serve it, take the pictures, stop."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = (ROOT / "config.toml").read_text("utf-8")
        (folder / "config.toml").write_text(config.replace('data_dir = "var"', 'data_dir = "."'), "utf-8")
        subprocess.run(yishen(folder, "demo", "load"), cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = yishen(folder, "serve", "--port", str(port))
        scheduler = subprocess.Popen(yishen(folder, "scheduler"), cwd=folder, stderr=subprocess.DEVNULL)
        server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            server.stderr.readline()
            take(f"http://127.0.0.1:{port}")
        finally:
            scheduler.send_signal(signal.SIGTERM)
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)
            scheduler.wait(timeout=30)


if __name__ == "__main__":
    main()

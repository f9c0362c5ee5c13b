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

# name of the picture -> account, path; `{case}` is a case in the middle of its period.
PICTURES = {
    "login": ("", "/login"),
    "work": ("handler", "/work"),
    "claim": ("legal", "/work?tab=claim"),
    "cases": ("supervisor", "/cases?status=open"),
    "register": ("intake", "/register/disclosure_request"),
    "search": ("handler", "/search?text=补偿"),
    "case": ("handler", "/cases/58"),
    "case-clock": ("handler", "/cases/62?tab=clock"),
    "case-flow": ("supervisor", "/cases/3?tab=flow"),
    "case-diagram": ("handler", "/cases/58?tab=diagram"),
    "letters": ("legal", "/letters"),
    "deadline": ("handler", "/deadline"),
    "calendar": ("supervisor", "/calendar"),
    "accounts": ("admin", "/admin/accounts"),
    "audit": ("auditor", "/audit"),
}


def _enter(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


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
            for username in dict.fromkeys(account for account, _path in PICTURES.values()):
                context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
                page = context.new_page()
                if username:
                    _enter(page, address, username)
                for name, (account, path) in PICTURES.items():
                    if account == username:
                        page.goto(address + path)
                        page.wait_for_load_state("networkidle")
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
        server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            server.stderr.readline()
            take(f"http://127.0.0.1:{port}")
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)


if __name__ == "__main__":
    main()

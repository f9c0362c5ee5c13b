"""A real server with the demonstration office, and real Chromium in front of it."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from engine.now import system_now

ROOT = Path(__file__).parents[2]
PASSWORD = "Yunling-2026"
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def today(later: int = 0) -> str:
    """The office's day, or so many days later, as a date field takes it."""
    return (system_now().astimezone(OFFICE_ZONE).date() + timedelta(days=later)).isoformat()


def yishen(folder: Path, *arguments: str) -> list[str]:
    """The command line of the program in an office's folder."""
    common = ["--config", str(folder / "config.toml"), "--database-url", f"sqlite:///{folder / 'office.db'}"]
    return [sys.executable, "-m", "webui.command", *arguments, *common]


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration office, loaded once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # that of the whole run; without workers it would outlive the run
    folder, done = shared / "demonstration", shared / "demonstration.done"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            config = (ROOT / "config.toml").read_text("utf-8")
            (folder / "config.toml").write_text(config.replace('data_dir = "var"', 'data_dir = "."'), "utf-8")
            subprocess.run(yishen(folder, "demo", "load"), cwd=folder, check=True, capture_output=True)
            done.touch()
    return folder


@pytest.fixture(scope="module")
def server(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on a copy of the demonstration office."""
    folder = tmp_path_factory.mktemp("office") / "copy"
    shutil.copytree(demonstration, folder)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = yishen(folder, "serve", "--port", str(port))
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "web pages on" in process.stderr.readline()
    log = threading.Thread(target=process.stderr.read)  # a full pipe would stop the server
    log.start()
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    log.join(timeout=30)
    process.wait(timeout=30)
    process.stderr.close()


@pytest.fixture(scope="session")
def chromium(program: Callable[[str], str]) -> Iterator[Browser]:
    """Debian's Chromium, one for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


class Person:
    """Somebody of the office in front of a browser of their own.

    `outside` collects requests that leave the server, `complaints` what the browser reports as an error.
    """

    def __init__(self, context: BrowserContext, server: str, username: str) -> None:
        self.server = server
        self.username = username
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", self._watch)
        self.page.on("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{server}/login")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def _watch(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.server, "data:", "blob:")):
            self.outside.append(url)

    def opens(self, path: str) -> Page:
        """Go to a page of the product; it must be there."""
        answer = self.page.goto(self.server + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def takes(self, number: str, step: str) -> Page:
        """Open the step of a case from the list of what can be claimed, or of what one has."""
        for tab in ("claim", "todo"):
            page = self.opens(f"/work?tab={tab}&text={number}")
            row = page.locator("tr", has_text=number).filter(has_text=step)
            if row.count():
                if tab == "claim":
                    row.get_by_role("button").first.click()
                else:
                    row.get_by_role("link", name=step).click()
                page.wait_for_load_state()
                if "/work/" not in page.url:
                    page.get_by_role("link", name=step).first.click()
                return page
        raise AssertionError(f"{step} of {number} waits for nobody here")


@pytest.fixture
def person(chromium: Browser, server: str) -> Iterator[Callable[..., Person]]:
    """Call it with a demo account's name to get that person, logged in."""
    contexts: list[BrowserContext] = []

    def enter(username: str, **options: object) -> Person:
        context = chromium.new_context(
            locale="zh-CN", viewport={"width": 1440, "height": 900}, accept_downloads=True, **options
        )
        contexts.append(context)
        return Person(context, server, username)

    yield enter
    for context in contexts:
        context.close()

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
INDEX = ROOT / "docs" / "guide" / "pages.zh.md"
WIDTHS = (1440, 1024)

OPEN = "/cases?status=open&kind=disclosure_request"
# name of the picture -> title, account, path, and the links followed from there (the first that a selector finds).
PICTURES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "login": ("登录", "", "/login", ()),
    "work": ("待办", "handler", "/work?tab=todo", ()),
    "claim": ("待签", "legal", "/work?tab=claim", ()),
    "bulk": ("整体转办", "handler", "/work/batch/hand-over", ()),
    "register": ("登记", "intake", "/register/disclosure_request", ()),
    "receipts": ("打印回执", "intake", "/receipts", ()),
    "service": ("送达（收件员的待签）", "intake", "/work?tab=claim", ()),
    "step": ("办理环节", "handler", "/work?tab=todo", ("tbody a[href^='/work/']",)),
    "case": ("办件页面", "handler", OPEN, ("tbody a.num",)),
    "case-clock": ("期限", "handler", OPEN, ("tbody a.num", "a[href*='tab=clock']")),
    "case-people": ("留言、关注、关联", "handler", OPEN, ("tbody a.num", "a[href*='tab=talk']")),
    "case-flow": ("流转记录", "supervisor", "/cases?status=closed", ("tbody a.num", "a[href*='tab=flow']")),
    "case-diagram": ("流程跟踪", "supervisor", OPEN, ("tbody a.num", "a[href*='tab=diagram']")),
    "inbox": ("消息", "handler", "/inbox", ()),
    "search": ("全文检索", "handler", "/search?text=%E5%9C%9F%E5%9C%B0", ()),
    "deadline": ("期限推算", "handler", "/deadline", ()),
    "unit": ("协办科室的待签", "unit_zrzy", "/work?tab=claim", ()),
    "sign": ("领导签发", "leader", "/work?tab=todo", ("tbody a[href^='/work/']",)),
    "leader": ("领导的待签", "leader", "/work?tab=claim", ()),
    "leave": ("请假代理", "leader", "/leave", ()),
    "review": ("科室负责人的待签", "head", "/work?tab=claim", ()),
    "letters": ("文号登记簿", "legal", "/letters", ()),
    "outgoing": ("打印和交寄", "legal", "/outgoing", ()),
    "templates": ("文书模板", "legal", "/letter-templates", ()),
    "template": ("一份模板", "legal", "/letter-templates/A-04", ()),
    "publications": ("转为主动公开", "legal", "/publications", ()),
    "spot": ("当场答复清单", "legal", "/spot", ()),
    "reviews": ("复议诉讼", "legal", "/reviews", ()),
    "supervision": ("督查台", "supervisor", "/supervision", ()),
    "due": ("到期日程", "supervisor", "/supervision/due", ()),
    "cases": ("全部办件", "supervisor", "/cases?status=open", ()),
    "reminders": ("催办", "supervisor", "/supervision/reminders", ()),
    "items": ("督办事项", "supervisor", "/supervision/items", ()),
    "measures": ("办理统计", "supervisor", "/measures", ()),
    "overview": ("流程总览", "supervisor", "/overview", ()),
    "publisher": ("发布员的待签", "publisher", "/work?tab=claim", ()),
    "registers": ("台账", "supervisor", "/registers/policy_interpretation", ()),
    "calendar": ("日历", "supervisor", "/calendar", ()),
    "accounts": ("账号", "admin", "/admin/accounts", ()),
    "processes": ("流程版本", "admin", "/admin/processes", ()),
    "units": ("科室", "admin", "/admin/units", ()),
    "import": ("导入放假安排", "admin", "/calendar/import", ()),
    "outbox": ("发送队列", "admin", "/admin/outbox", ()),
    "audit": ("审计记录", "auditor", "/audit", ()),
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
            for username in dict.fromkeys(account for _title, account, *_page in PICTURES.values()):
                context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
                page = context.new_page()
                if username:
                    _enter(page, address, username)
                for name, (_title, account, path, links) in PICTURES.items():
                    if account == username:
                        _go(page, address + path, links)
                        _keep(name, width, page.screenshot())
                context.close()
        browser.close()


def index() -> str:
    """The page of the guide that shows every picture at both widths."""
    rows = [
        f"| {title} | ![{title}](../images/{name}.png) | ![{title}，1024](../images/{name}-{WIDTHS[1]}.png) |"
        for name, (title, *_page) in PICTURES.items()
    ]
    head = ["| 页面 | 1440 宽 | 1024 宽 |", "|---|---|---|"]
    return "\n".join(["# 各页面一览", "", "由 `make screenshots` 连同图片一起生成。", "", *head, *rows, ""])


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
            INDEX.write_text(index(), "utf-8")
        finally:
            scheduler.send_signal(signal.SIGTERM)
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)
            scheduler.wait(timeout=30)


if __name__ == "__main__":
    main()

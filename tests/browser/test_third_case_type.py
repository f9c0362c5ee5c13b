"""A case type of an office's own: a folder put into an empty directory. No line of Python is written for it."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from docx import Document

from engine.cases.desk import open_desk
from engine.schedule.jobs import tick
from engine.settings import load_settings
from tests.browser.conftest import ROOT, Person, today, yishen

FOLDER = ROOT / "tests" / "case_types" / "suggestion"


@pytest.fixture(scope="module")
def office(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demonstration office whose configuration names a folder of its own case types."""
    folder = tmp_path_factory.mktemp("office") / "copy"
    shutil.copytree(demonstration, folder)
    own = folder / "workflows"
    own.mkdir()
    shutil.copytree(FOLDER, own / FOLDER.name)
    config = folder / "config.toml"
    config.write_text(f'workflows_dir = "{own}"\n' + config.read_text("utf-8"), "utf-8")
    check = [*yishen(folder)[:3], "workflows", "check", str(own)]
    assert "suggestion 意见建议" in subprocess.run(check, check=True, capture_output=True, text=True).stdout
    subprocess.run(yishen(folder, "db", "upgrade"), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def server(office: Path) -> Iterator[str]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        yishen(office, "serve", "--port", str(port)), cwd=office, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert "web pages on" in process.stderr.readline()
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def submit(person: Person) -> None:
    person.page.locator("form button.primary").first.click()
    person.page.wait_for_load_state()
    assert not person.page.locator(".wrong").count(), person.page.locator(".wrong").all_inner_texts()


def run_scheduler_once(office: Path) -> None:
    desk = open_desk(load_settings(office / "config.toml", database_url=f"sqlite:///{office / 'office.db'}"))
    tick(desk, "test")
    desk.sessions.engine.dispose()


def test_it_is_registered_run_escalated_printed_and_archived(
    person: Callable[..., Person], office: Path, tmp_path: Path
) -> None:
    intake = person("intake")
    page = intake.opens("/register")
    page.locator("main").get_by_role("link", name="意见建议").click()
    page.fill("[name=summary]", "青石街加装路灯")
    page.fill("[name=words]", "青石街东段夜间很暗，建议加装路灯。")
    page.fill("[name=came_on]", today(-30))
    submit(intake)
    assert "-001" in page.locator(".big-number").first.inner_text()

    run_scheduler_once(office)
    supervisor = person("supervisor")
    told = supervisor.opens("/inbox").locator("main").inner_text()
    assert "建议" in told
    assert "答复期限" in told
    assert "超期" in supervisor.opens("/cases?text=青石街加装路灯").locator("tbody").inner_text()

    handler = person("handler")
    handler.takes("建议", "办理答复")
    handler.page.fill("[name=answer]", "已列入下季度路灯改造计划。")
    submit(handler)
    handler.page.goto(handler.page.url.split("?")[0] + "?tab=letters")
    with handler.page.expect_download() as download:
        handler.page.locator("main").get_by_role("link", name="下载").first.click()
    file = tmp_path / "letter.docx"
    download.value.save_as(file)
    text = "".join(cell.text for table in Document(file).tables for row in table.rows for cell in row.cells)
    assert "已列入下季度路灯改造计划" in text

    leader = person("leader")
    leader.takes("建议", "审阅归档")
    leader.page.fill("[name=opinion]", "已阅")
    submit(leader)
    assert "已归档" in leader.page.locator(".case-head").inner_text()

    supervisor.opens("/cases")
    supervisor.page.locator("nav").get_by_role("link", name="意见建议").first.click()
    listed = supervisor.page.locator("main").inner_text()
    assert "建议内容" in listed  # a head of the type's own list
    assert "青石街加装路灯" in listed

    register = supervisor.opens(f"/registers/suggestion?year={today(-30)[:4]}").locator("main").inner_text()
    assert "青石街加装路灯" in register
    assert "0%" in register  # answered, but late
    assert not supervisor.complaints + leader.complaints + handler.complaints + intake.complaints
    assert not supervisor.outside + leader.outside + handler.outside + intake.outside

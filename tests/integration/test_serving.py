"""`yishen serve` and the parts of `yishen up` as real processes: they start, answer, and stop when asked."""

import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from webui.parts import Parts, Stopped

ROOT = Path(__file__).parents[2]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a configuration, where an installation keeps its data."""
    shutil.copy(ROOT / "config.toml", tmp_path)
    return tmp_path


def yishen(office: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "webui.command", *arguments]
    return subprocess.Popen(command, cwd=office, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_serve_answers_and_stops_cleanly_on_sigterm(office: Path, sqlite_url: str, free_port: int) -> None:
    process = yishen(office, "serve", "--port", str(free_port), "--database-url", sqlite_url)
    assert process.stderr is not None
    assert "web pages on" in process.stderr.readline()
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/login", timeout=10) as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_taken_port_is_one_line_and_exit_code_2(office: Path, sqlite_url: str, taken_port: int) -> None:
    process = yishen(office, "serve", "--port", str(taken_port), "--database-url", sqlite_url)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert errors.startswith(f"yishen: 无法监听 127.0.0.1:{taken_port}")
    assert errors.count("\n") == 1


def test_up_refuses_a_taken_port_before_it_touches_the_database(office: Path, taken_port: int) -> None:
    database = office / "new.db"
    process = yishen(office, "up", "--port", str(taken_port), "--database-url", f"sqlite:///{database}")
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (2, f"yishen: 端口 {taken_port} 已被占用。请换一个端口。\n")
    assert not database.exists()


def test_serve_asks_for_an_upgrade_when_the_schema_is_not_current(office: Path, free_port: int) -> None:
    process = yishen(office, "serve", "--port", str(free_port), "--database-url", f"sqlite:///{office / 'empty.db'}")
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (2, "yishen: 数据库结构不是当前版本的。请先运行 yishen db upgrade。\n")


def test_the_other_part_is_stopped_when_one_ends_by_itself() -> None:
    parts = Parts()
    parts.start("网页服务", ["sleep", "600"])
    parts.start("定时服务", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(Stopped, match="定时服务已意外停止（退出码 3）"):
        parts.watch()
    assert parts.stop() == {"网页服务": -signal.SIGTERM, "定时服务": 3}


def test_a_database_that_cannot_be_reached_is_named_without_its_password(office: Path, free_port: int) -> None:
    address = f"postgresql+psycopg://yishen:geheim@127.0.0.1:{free_port}/yishen"
    for command in (["serve", "--port", str(free_port)], ["db", "upgrade"]):
        _, errors = (process := yishen(office, *command, "--database-url", address)).communicate(timeout=30)
        assert process.returncode == 2
        assert errors.startswith("yishen: 不能使用数据库 postgresql+psycopg://yishen:***@127.0.0.1")
        assert "geheim" not in errors
        assert errors.count("\n") == 1

"""The product's own processes: started, killed without warning and started again, as a service manager would."""

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self
from urllib.request import urlopen

from tests.office import ROOT


@dataclass
class Part:
    """One process and how to start it."""

    command: Sequence[str]
    log: IO[bytes]
    port: int | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it is not waited for."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log)

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def answers(self) -> bool:
        """Whether the pages are up."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def memory(self) -> tuple[float, float]:
        """Resident memory now and at its highest, in MB."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        now, highest = (int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[index]
        return round(now, 1), round(highest, 1)


class Parts:
    """So many web processes and schedulers on one office; all gone at the end of the `with`."""

    def __init__(self, folder: Path, url: str, web: int, schedulers: int) -> None:
        """`folder` becomes the office's; its log is `folder/log`."""
        self.folder, self.stack = folder, ExitStack()
        config = (ROOT / "config.toml").read_text("utf-8")
        config = config.replace('data_dir = "var"', f'data_dir = "{folder}"')
        config = config.replace('libreoffice = "soffice"', 'libreoffice = "no-such-program"')
        config = config.replace("tick_seconds = 30", "tick_seconds = 1")
        (folder / "config.toml").write_text(config, "utf-8")
        self.log = self.stack.enter_context((folder / "log").open("ab"))
        common = ["--config", str(folder / "config.toml"), "--database-url", url]
        program = [sys.executable, "-m", "webui.command"]
        self.web = [Part([*program, "serve", "--port", str(port), *common], self.log, port) for port in free_ports(web)]
        self.schedulers = [Part([*program, "scheduler", *common], self.log) for _ in range(schedulers)]
        self.kills = 0
        self._stop = threading.Event()

    @property
    def all(self) -> list[Part]:
        """Every process."""
        return [*self.web, *self.schedulers]

    def __enter__(self) -> Self:
        for part in self.all:
            part.start()
        self.wait_for_pages()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for part in self.all:
            if part.process is not None:
                part.process.terminate()
        for part in self.all:
            if part.process is not None:
                try:
                    part.process.wait(60)
                except subprocess.TimeoutExpired:
                    part.kill()
        self.stack.close()

    def wait_for_pages(self) -> None:
        """Until every web process answers; raises TimeoutError with the end of the log."""
        until = time.monotonic() + 120
        while not all(part.answers() for part in self.web):
            if time.monotonic() > until:
                raise TimeoutError((self.folder / "log").read_text("utf-8")[-2000:])
            time.sleep(0.2)

    def kill_at_random(self, seconds: float, pause: float = 1.0) -> threading.Thread:
        """Kill a random process every `pause` seconds for so long, and start it again at once."""
        chance = random.Random(int(seconds))

        def work() -> None:
            until = time.monotonic() + seconds
            while time.monotonic() < until and not self._stop.wait(pause):
                victim = chance.choice(self.all)
                victim.kill()
                self.kills += 1
                victim.start()

        thread = threading.Thread(target=work)
        thread.start()
        return thread


def free_ports(many: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as stack:
        probes = [stack.enter_context(closing(socket.socket())) for _ in range(many)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def keep(log: Path, name: str) -> Path:
    """A copy of a log outside the folder that is about to go."""
    target = Path("/tmp") / name  # noqa: S108 - for whoever looks after a failure
    shutil.copyfile(log, target)
    return target

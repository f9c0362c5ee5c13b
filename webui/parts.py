"""Parts of the product run as child processes of one foreground command."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from types import FrameType

_STOP_SECONDS = 15
_START_SECONDS = 60
_LOOK_SECONDS = 0.1


class Stopped(Exception):
    """A part ended by itself; `str()` names it."""


class Parts:
    """The child processes, started in their own groups so that Ctrl-C reaches only this process, which stops them."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._asked = False

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start a command line under a name that people read."""
        self._running[name] = subprocess.Popen(arguments, process_group=0)

    def wait_for_port(self, host: str, port: int) -> bool:
        """Wait until something answers there; False when asked to stop meanwhile. Raises Stopped."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._asked:
                return False
            self._look()
            with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
                return True
        raise Stopped(f"网页服务 {_START_SECONDS} 秒内没有启动。")

    def watch(self) -> None:
        """Return when asked to stop by SIGTERM or Ctrl-C. Raises Stopped when a part ends by itself."""
        while not self._asked:
            self._look()

    def stop(self) -> dict[str, int]:
        """Ask every part to end, wait for it, and end by force what does not listen; answers with the exit codes."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return {name: process.returncode for name, process in self._running.items()}

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        """Signal handler: leave `watch` at its next look."""
        self._asked = True

    def listen_to_signals(self) -> None:
        """From now on SIGTERM, Ctrl-C and a closed terminal end `watch`."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.ask)

    def _look(self) -> None:
        """Give each part a moment to end by itself; raises Stopped when one does."""
        for name, process in self._running.items():
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_LOOK_SECONDS)
                raise Stopped(f"{name}已意外停止（退出码 {code}），原因见上面的日志。")

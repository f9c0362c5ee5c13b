"""Lives of schedulers: processes that work by a given clock until they are done, or killed."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from engine.cases.desk import Desk, open_desk
from engine.schedule import tick
from engine.settings import Settings
from engine.settings.channels import Channels, Mail
from tests.office import office_settings
from tests.postbox import Mailbox

# Processes are forked from one that has everything imported, so that a life begins at once.
_FORK = multiprocessing.get_context("forkserver")
_FORK.set_forkserver_preload(["tests.soak.lives", "engine.process", "engine.cases.letter_files"])


@dataclass(frozen=True)
class Place:
    """Where an office is; `mail_port` is None for one that sends no mail."""

    url: str
    folder: Path
    mail_port: int | None = None
    ca_file: Path | None = None

    def with_mail(self, box: Mailbox) -> "Place":
        """The same office, which now sends its messages to this server."""
        (self.folder / "password").write_text("Qingshi-mail")
        return replace(self, mail_port=box.port, ca_file=box.ca_file)

    def settings(self) -> Settings:
        """The shipped configuration here; letters stay .docx, so that no life is spent in LibreOffice."""
        found = office_settings(self.url, self.folder)
        letters = found.letters.model_copy(update={"libreoffice": "no-such-program"})
        channels = Channels(
            mail=Mail(
                enabled=self.mail_port is not None,
                host="localhost",
                port=self.mail_port or 587,
                ca_file=str(self.ca_file),
                username="yishen",
                password_file=str(self.folder / "password"),
                sender="yishen@yunling.example",
            )
        )
        return found.model_copy(update={"letters": letters, "channels": channels})

    @contextmanager
    def desk(self, moment: datetime) -> Iterator[Desk]:
        """A desk at this place whose clock stands still."""
        desk = open_desk(self.settings(), now=lambda: moment)
        try:
            yield desk
        finally:
            desk.sessions.engine.dispose()


def live(place: Place, moment: datetime, holder: str, done: Connection) -> None:
    """One round of everything that is due, then say so."""
    with place.desk(moment) as desk:
        tick(desk, holder)
    done.send("done")


@dataclass
class Life:
    """A scheduler process at work."""

    process: BaseProcess
    done: Connection

    def ends_within(self, seconds: float) -> bool:
        """Whether it got done by itself."""
        return self.done.poll(seconds)

    def kill(self) -> None:
        """SIGKILL, wherever it stands."""
        self.process.kill()
        self.process.join()


def born(place: Place, moment: datetime, holder: str) -> Life:
    """A new scheduler process."""
    here, there = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=live, args=(place, moment, holder, there), daemon=True)
    process.start()
    there.close()
    return Life(process, here)

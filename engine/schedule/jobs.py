"""The periodic jobs of an office, each run by whichever scheduler process holds its lease."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from engine.cases import audit
from engine.cases.calendar_watch import watch_calendar
from engine.cases.desk import Desk
from engine.cases.errors import InDoubt, Unreachable, Unreadable
from engine.cases.escalation import escalate
from engine.cases.leases import HEARTBEAT, claim, release, renew
from engine.cases.letter_files import convert_letters
from engine.cases.measured import refresh_measures
from engine.cases.outbox import empty_outbox
from engine.cases.print_batches import build_batches
from engine.cases.sealing import take_stamped
from engine.cases.text_index import index_texts
from engine.cases.timers import fire_due_timers
from engine.settings import Settings

_log = logging.getLogger("yishen.scheduler")

# A process that dies in a job holds the others up no longer than this; one that works on renews its lease by half-time.
TERM = timedelta(seconds=30)

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic job.

    Attributes:
        name: of its lease.
        every: how long after it ended it is due again.
        run: does it; gets a function that says whether to stop early, returns how much was done. It may be cut off at
            any point and run twice at once, and must then lose and double nothing.
        shared: done by every scheduler at the same time, who divide it among themselves; the lease only tells when it
            was last done.
    """

    name: str
    every: Callable[[Settings], timedelta]
    run: Callable[[Desk, Stop], int]
    shared: bool = False


def _fire(desk: Desk, stop: Stop) -> int:
    return fire_due_timers(desk, stop).fired


def _escalate(desk: Desk, stop: Stop) -> int:
    return escalate(desk, stop)


def _send(desk: Desk, stop: Stop) -> int:
    return empty_outbox(desk, stop).sent


def _seal(desk: Desk, _stop: Stop) -> int:
    sealed = desk.write(lambda session: audit.seal(session, desk.now()))
    return 1 if sealed else 0


def _watch(desk: Desk, _stop: Stop) -> int:
    return watch_calendar(desk)


def _statistics(desk: Desk, stop: Stop) -> int:
    return refresh_measures(desk, stop)


def _letter_files(desk: Desk, stop: Stop) -> int:
    return convert_letters(desk, stop) + build_batches(desk, stop) + take_stamped(desk, stop)


def _texts(desk: Desk, stop: Stop) -> int:
    return index_texts(desk, stop)


# In this order: a timer that fires may end a suspension, which the ladder has to know.
CLOCKS: tuple[Job, ...] = (
    Job(HEARTBEAT, lambda _settings: timedelta(0), _fire, shared=True),
    Job("escalation", lambda _settings: timedelta(minutes=10), _escalate),
    Job("audit_seal", lambda settings: timedelta(minutes=settings.scheduler.seal_minutes), _seal),
    Job("calendar_watch", lambda _settings: timedelta(days=1), _watch),
    Job("statistics", lambda _settings: timedelta(minutes=10), _statistics),
)
SENDING: tuple[Job, ...] = (Job("outbox", lambda _settings: timedelta(0), _send),)
FILES: tuple[Job, ...] = (
    Job("texts", lambda _settings: timedelta(0), _texts),
    Job("letter_files", lambda _settings: timedelta(0), _letter_files),
)
LANES: tuple[tuple[Job, ...], ...] = (CLOCKS, SENDING, FILES)
"""What a scheduler does side by side: a mail server that does not answer, or LibreOffice, holds up no timer."""
JOBS: tuple[Job, ...] = (*CLOCKS, *SENDING, *FILES)
"""Every job."""


def _holding(desk: Desk, name: str, holder: str, stop: Stop) -> Stop:
    """`stop` for a job that asks it between one piece of work and the next: whoever still asks keeps the lease."""
    taken = desk.now()

    def asked() -> bool:
        nonlocal taken
        if desk.now() - taken >= TERM / 2:
            renew(desk, name, holder, TERM)
            taken = desk.now()
        return stop()

    return asked


def tick(desk: Desk, holder: str, stop: Stop = lambda: False, jobs: Sequence[Job] = JOBS) -> dict[str, int]:
    """Run every job that is due, and that is shared or nobody else is running; returns what each of these has done.

    A job that fails is logged, gives its lease back and is tried again at the next tick; the others go on.
    """
    done: dict[str, int] = {}
    for job in jobs:
        if stop():
            break
        try:
            mine = claim(desk, job.name, holder, job.every(desk.settings), TERM)
            if not mine and not job.shared:
                continue
            ended_well = False
            try:
                done[job.name] = job.run(desk, _holding(desk, job.name, holder, stop) if mine else stop)
                ended_well = True
            finally:
                if mine:
                    release(desk, job.name, holder, done=ended_well)
        except OperationalError as error:
            _log.error("%s: database cannot be used: %s", job.name, error.orig)
        except (Unreachable, Unreadable, InDoubt) as error:
            _log.error("%s: database cannot be used: %s", job.name, error.__cause__)
        except Exception:  # noqa: BLE001 - the clocks of the office go on, whatever is wrong with one job
            _log.exception("%s failed", job.name)
        else:
            if done[job.name]:
                _log.info("%s: %d done", job.name, done[job.name])
    return done

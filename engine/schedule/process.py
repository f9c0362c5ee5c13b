"""The scheduler process itself: one interval job in memory for each lane, that ticks until it is asked to stop."""

import logging
import os
import secrets
import socket
from datetime import UTC, timedelta
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.cases.desk import Desk
from engine.now import system_now
from engine.schedule.jobs import LANES, tick

_log = logging.getLogger("yishen.scheduler")

_TICK = "tick"


def run(desk: Desk, stop: Event) -> None:
    """Tick until `stop` is set, then end what is under way and return.

    Jobs and their due times are rows in the database; the clock keeps nothing that a restart could lose. A late tick
    is run, never dropped (misfire_grace_time), and ticks that were missed count as one (coalesce).
    """
    seconds = desk.settings.scheduler.tick_seconds
    holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    clock = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(LANES))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    clock.add_job(tick, "interval", (desk, holder, stop.is_set), seconds=seconds, next_run_time=desk.now(), id=_TICK)
    clock.start()
    _log.info("scheduler %s looks for due work every %d s", holder, seconds)
    while not stop.wait(seconds):
        _keep_time(clock, timedelta(seconds=seconds))
    clock.shutdown(wait=True)
    _log.info("scheduler stopped")


def _keep_time(clock: BackgroundScheduler, pace: timedelta) -> None:
    """APScheduler waits for a moment of the wall clock: set that back by a day, and it would stand still for a day."""
    job, now = clock.get_job(_TICK), system_now()
    if job is not None and job.next_run_time > now + pace:
        _log.warning("the system's clock was set back; the next tick is now")
        clock.modify_job(_TICK, next_run_time=now)

"""The scheduler process: looks at every tick for work whose time has come. APScheduler is only its clock."""

from engine.schedule.jobs import JOBS, LANES, Job, tick
from engine.schedule.process import run

__all__ = ["JOBS", "LANES", "Job", "run", "tick"]

"""The office's `config.toml`, read once into frozen models; every fault names file, line and key."""

from engine.settings.ladder import WAITING, ClockLadder, Ladder, Late, Rung, Step
from engine.settings.models import (
    Attachments,
    Clock,
    Fees,
    FeeTier,
    Office,
    Remedies,
    Security,
    Settings,
    Web,
)
from engine.settings.places import prepare, session_key
from engine.settings.reading import SettingsFault, load_settings
from engine.settings.scheduling import Scheduler

__all__ = [
    "WAITING",
    "Attachments",
    "Clock",
    "ClockLadder",
    "FeeTier",
    "Fees",
    "Ladder",
    "Late",
    "Office",
    "Remedies",
    "Rung",
    "Scheduler",
    "Security",
    "Settings",
    "SettingsFault",
    "Step",
    "Web",
    "load_settings",
    "prepare",
    "session_key",
]

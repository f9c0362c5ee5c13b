"""The office's `config.toml`, read once into frozen models; every fault names file, line and key."""

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
from engine.settings.scheduling import Rung, Scheduler

__all__ = [
    "Attachments",
    "Clock",
    "FeeTier",
    "Fees",
    "Office",
    "Remedies",
    "Rung",
    "Scheduler",
    "Security",
    "Settings",
    "SettingsFault",
    "Web",
    "load_settings",
    "prepare",
    "session_key",
]

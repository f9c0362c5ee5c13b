"""How often due work is looked for."""

from pydantic import Field

from engine.settings.section import Section


class Scheduler(Section):
    """The scheduler's pace."""

    tick_seconds: int = Field(default=30, ge=1, le=3600, description="到期检查间隔（秒），1 至 3600")
    seal_minutes: int = Field(default=60, ge=1, le=1440, description="审计封存间隔（分钟），1 至 1440")

"""How often due work is looked for, and who is reminded how early."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from engine.settings.section import Section

Told = Literal["intake", "handler", "unit_head", "disclosure_head", "legal", "leader", "supervisor"]
_Tell = Annotated[tuple[Told, ...], Field(strict=False, min_length=1)]
_ROLES = "intake、handler、unit_head、disclosure_head、legal、leader、supervisor"


class Rung(Section):
    """A rung of the escalation ladder: so many working days before the due date these roles are told."""

    before: int = Field(ge=0, le=30, description="到期前几个工作日，0 至 30，0 为当天")
    tell: _Tell = Field(description=f"提醒哪些角色，可用 {_ROLES}")


_DEFAULT_RUNGS = (
    Rung(before=10, tell=("handler",)),
    Rung(before=5, tell=("handler",)),
    Rung(before=3, tell=("handler", "unit_head")),
    Rung(before=1, tell=("handler", "unit_head", "disclosure_head")),
    Rung(before=0, tell=("handler", "unit_head", "disclosure_head", "supervisor")),
)


class Scheduler(Section):
    """The scheduler's pace and the escalation ladder of the reply date."""

    tick_seconds: int = Field(default=30, ge=1, le=3600, description="到期检查间隔（秒），1 至 3600")
    seal_minutes: int = Field(default=60, ge=1, le=1440, description="审计封存间隔（分钟），1 至 1440")
    rungs: Annotated[tuple[Rung, ...], Field(strict=False, min_length=1)] = Field(
        default=_DEFAULT_RUNGS,
        description='到期前的逐级提醒，before 由大到小，如 [{ before = 3, tell = ["handler"] }]',
    )
    overdue: _Tell = Field(
        default=("handler", "unit_head", "disclosure_head", "leader", "supervisor"),
        description=f"超期后每个工作日提醒哪些角色，可用 {_ROLES}",
    )

    @field_validator("rungs")
    @classmethod
    def _falling(cls, value: tuple[Rung, ...]) -> tuple[Rung, ...]:
        days = [rung.before for rung in value]
        if days != sorted(set(days), reverse=True):
            raise ValueError("before 应由大到小且不重复")
        return value

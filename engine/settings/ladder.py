"""The escalation ladder: who is told how early, by which channel, singly or once a day, and when nothing is sent."""

from collections.abc import Mapping
from datetime import time
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from engine.settings.section import Section

Told = Literal["intake", "handler", "unit_head", "disclosure_head", "legal", "leader", "supervisor"]
ChannelName = Literal["mail", "wecom", "dingtalk", "sms"]
_ROLES = "intake、handler、unit_head、disclosure_head、legal、leader、supervisor"
_Roles = Annotated[tuple[Told, ...], Field(strict=False)]
_Clock = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

WAITING = "waiting"
"""Name under which `clocks` holds the ladder of every date that the office waits for (correction, payment …)."""


class Step(Section):
    """Who is told on a rung and how; `tell` one by one, `digest` in one message a day."""

    tell: _Roles = Field(default=(), description=f"逐件告知哪些角色，可用 {_ROLES}")
    digest: _Roles = Field(default=(), description=f"每天汇总成一条告知哪些角色，可用 {_ROLES}")
    by: Annotated[tuple[ChannelName, ...], Field(strict=False)] | None = Field(
        default=None,
        description="收件箱以外走哪些渠道，可用 mail、wecom、dingtalk、sms；不写为全部已启用的，[] 为只进收件箱",
    )

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.tell and not self.digest:
            raise ValueError("tell 和 digest 至少写一个角色")
        if twice := sorted(set(self.tell) & set(self.digest)):
            raise ValueError(f"{twice[0]} 不能同时写在 tell 和 digest 里")
        return self


class Rung(Step):
    """A rung before the due date: so many working days before it."""

    before: int = Field(ge=0, le=30, description="到期前几个工作日，0 至 30，0 为当天")


class Late(Step):
    """A rung after the due date: from so many working days after it on, told on every working day."""

    after: int = Field(ge=1, le=250, description="超期后第几个工作日起，1 至 250，此后每个工作日一次")


class ClockLadder(Section):
    """The rungs of one clock; an empty list keeps that side of the date silent."""

    rungs: Annotated[tuple[Rung, ...], Field(strict=False)] = Field(
        default=(), description='到期前的各级，before 由大到小，如 [{ before = 3, tell = ["handler"] }]'
    )
    overdue: Annotated[tuple[Late, ...], Field(strict=False)] = Field(
        default=(), description='超期后的各级，after 由小到大，如 [{ after = 1, tell = ["handler"] }]'
    )

    @field_validator("rungs")
    @classmethod
    def _falling(cls, value: tuple[Rung, ...]) -> tuple[Rung, ...]:
        days = [rung.before for rung in value]
        if days != sorted(set(days), reverse=True):
            raise ValueError("before 应由大到小且不重复")
        return value

    @field_validator("overdue")
    @classmethod
    def _rising(cls, value: tuple[Late, ...]) -> tuple[Late, ...]:
        days = [rung.after for rung in value]
        if days != sorted(set(days)):
            raise ValueError("after 应由小到大且不重复")
        return value


_RUNGS = (
    Rung(before=10, tell=("handler",)),
    Rung(before=5, tell=("handler",)),
    Rung(before=3, tell=("handler", "unit_head")),
    Rung(before=1, tell=("handler", "unit_head", "disclosure_head")),
    Rung(before=0, tell=("handler", "unit_head", "disclosure_head", "supervisor")),
)
_OVERDUE = (Late(after=1, tell=("handler", "unit_head", "disclosure_head", "leader", "supervisor")),)

# Clocks that have rungs of their own unless the configuration gives them others.
_OWN: Mapping[str, ClockLadder] = MappingProxyType(
    {
        WAITING: ClockLadder(rungs=(Rung(before=3, tell=("handler",)), Rung(before=0, tell=("handler",)))),
        # A step's internal limit is no statute: the holder, then the head of the unit in one message a day.
        "limit": ClockLadder(
            rungs=(Rung(before=1, tell=("handler",)), Rung(before=0, tell=("handler",))),
            overdue=(Late(after=1, tell=("handler",), digest=("unit_head",)),),
        ),
        "reminder": ClockLadder(
            rungs=(Rung(before=0, tell=("handler",)),),
            overdue=(
                Late(after=1, tell=("handler", "unit_head")),
                Late(after=3, tell=("handler", "unit_head", "disclosure_head", "leader")),
            ),
        ),
    }
)


class Ladder(ClockLadder):
    """The ladder of every clock that has none of its own, the hours of silence, and the day's digest."""

    rungs: Annotated[tuple[Rung, ...], Field(strict=False)] = Field(
        default=_RUNGS, description='到期前的各级，before 由大到小，如 [{ before = 3, tell = ["handler"] }]'
    )
    overdue: Annotated[tuple[Late, ...], Field(strict=False)] = Field(
        default=_OVERDUE, description='超期后的各级，after 由小到大，如 [{ after = 1, tell = ["handler"] }]'
    )
    quiet: Annotated[tuple[time, ...], Field(strict=False)] = Field(
        default=(), description="免打扰时段的起止，如 [20:00:00, 07:30:00]，时间不加引号；[] 为不设"
    )
    digest_at: time = Field(default=time(8, 30), description="当天的汇总几点起发出，如 08:30:00，不加引号")
    answer_working_days: int = Field(default=2, ge=1, le=20, description="催办应在几个工作日内答复，1 至 20")
    clocks: dict[_Clock, ClockLadder] = Field(
        default_factory=dict, description="[ladder.clocks.期限名称] 各节，为一种期限另写 rungs 和 overdue"
    )

    @field_validator("quiet")
    @classmethod
    def _two(cls, value: tuple[time, ...]) -> tuple[time, ...]:
        if value and (len(value) != 2 or value[0] == value[1]):
            raise ValueError("应写两个不同的时间，起和止")
        return value

    def of(self, clock: str, *, waiting: bool = False) -> ClockLadder:
        """The rungs of a clock; `waiting`: it is the date of somebody else that the office waits for."""
        names = (clock, WAITING) if waiting else (clock,)
        found = (self.clocks.get(name) or _OWN.get(name) for name in names)
        return next((one for one in found if one is not None), self)

    def highest(self, *, waiting: bool = False) -> int:
        """How many working days before any date the first rung lies: nobody need look further ahead."""
        ladders = [self, *self.clocks.values(), *([self.of(WAITING)] if waiting else [])]
        return max((one.rungs[0].before for one in ladders if one.rungs), default=0)

    def silent_at(self, moment: time) -> bool:
        """Whether no message leaves the house at this time of the office's day."""
        if not self.quiet:
            return False
        begin, end = self.quiet
        return begin <= moment < end if begin < end else moment >= begin or moment < end

"""The escalation ladder as pure rules: which rung a date has reached, who is told on it and in which words."""

from dataclasses import dataclass
from datetime import date

from engine.settings import ClockLadder, Late, Rung
from engine.statute.light import Light, LightReading
from engine.statute.said import said, together

_URGENT_FROM, _WARNING_FROM = 1, 3


@dataclass(frozen=True, slots=True)
class Reached:
    """The rung a date stands on.

    Attributes:
        code: part of the message's key, so that each rung is told once: `b3` three working days before, `late2` on
            the second working day after.
        tell, digest: roles, as the configuration names them, told one by one or once a day.
        by: channels beyond the inbox; None for all that are switched on.
        level: `info`, `warning`, `urgent` or `overdue`.
    """

    code: str
    tell: tuple[str, ...]
    digest: tuple[str, ...]
    by: tuple[str, ...] | None
    level: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message to several people; `key` is unique for each of them. `digest`: those who get it in the day's one."""

    case_id: int | None
    people: frozenset[int]
    key: str
    text: str
    level: str
    digest: frozenset[int] = frozenset()
    by: tuple[str, ...] | None = None


def rung_reached(reading: LightReading, ladder: ClockLadder, period: int | None = None) -> Reached | None:
    """The highest rung that the reading has reached; None above the ladder, while stopped, and when closed.

    After a standstill of the scheduler only this one is told, not those that were passed meanwhile. The first rung
    after the due date is reached on the first working day after it. `period`: length of the clock in working days,
    where it is so short that the upper rungs lie before its beginning.
    """
    left = reading.remaining_working_days
    if reading.light in {Light.STOPPED, Light.CLOSED} or reading.due is None or left is None:
        return None
    if reading.light is Light.OVERDUE:
        late: Late | None = next((rung for rung in reversed(ladder.overdue) if -left >= rung.after), None)
        return None if late is None else Reached(f"late{-left}", late.tell, late.digest, late.by, "overdue")
    # The rungs fall, so the last one that is not below the date is the highest one reached.
    rung: Rung | None = next((rung for rung in reversed(ladder.rungs) if left <= rung.before), None)
    if rung is None or (period is not None and rung.before >= period):
        return None
    return Reached(f"b{rung.before}", rung.tell, rung.digest, rung.by, _level(left))


def _level(left: int) -> str:
    if left <= _URGENT_FROM:
        return "urgent"
    return "warning" if left <= _WARNING_FROM else "info"


def due_text(number: str, what: str, reading: LightReading, *, cautious: bool = False, told: date | None = None) -> str:
    """One sentence: 2026-0001：答复期限剩 3 个工作日，2026-10-23 到期。

    Args:
        number: of the case.
        what: whose date it is, such as 答复期限.
        reading: must have a date.
        cautious: the date counts from arrival, because the request is not confirmed yet (Art. 31(2)).
        told: the applicant was told this date, which differs from the one that now counts.
    """
    left = reading.remaining_working_days or 0
    if left < 0:
        words = "%(number)s：%(what)s已超期 %(days)s 个工作日，应于 %(due)s 前办结。"
    elif reading.light is Light.TODAY:
        words = "%(number)s：%(what)s今日到期（%(due)s）。"
    else:
        words = "%(number)s：%(what)s剩 %(days)s 个工作日，%(due)s 到期。"
    notes = []
    if reading.provisional:
        notes.append(said("该日期为暂定，须待放假安排导入后确定。"))
    if cautious:
        notes.append(said("尚未与申请人确认，按到达之日从严计算。"))
    if told is not None:
        notes.append(said("已告知申请人的日期为 %(day)s。", day=told))
    return together(said(words, number=number, what=what, days=abs(left), due=reading.due), *notes)

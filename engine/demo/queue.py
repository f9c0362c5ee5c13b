"""One queue of everything that all stories do, in the order of time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.demo.stories import Answers, Day, Story
from engine.statute.calendar import Calendar

# The first act of a day, the pause between two acts of a story, and how far stories are set apart.
_OPENING = time(8, 40)
_PAUSE = timedelta(minutes=23)
_APART = timedelta(minutes=6)
REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Act:
    """One command: `name` as in `Day.do`, done at `moment` (never after the load) with these particular answers."""

    moment: datetime
    story: Story
    name: str
    answers: Answers


def queue(stories: Iterable[Story], at: datetime, zone: ZoneInfo, calendar: Calendar) -> list[Act]:
    """All acts up to the moment of loading, earliest first; a story is cut where it would reach beyond.

    Within a day the acts of a story follow one another through the morning. Those of the load day are drawn forward to
    `at` where they would lie after it, so that nothing lies in the future.
    """
    acts: list[tuple[datetime, int, int, Act]] = []
    for place, story in enumerate(stories):
        for step, act in enumerate(_acts(story, place, at.astimezone(zone), calendar)):
            acts.append((act.moment, place, step, act))
    return [act for *_order, act in sorted(acts, key=lambda row: row[:3])]


def _acts(story: Story, place: int, at: datetime, calendar: Calendar) -> Iterator[Act]:
    first = _day(story.on, at.date(), at.date(), calendar)
    last_day, done_today = first, 0
    for day in (Day(story.on, (REGISTER,), {}), *story.days):
        on = _day(day.on, first, at.date(), calendar)
        if on > at.date():
            return
        if on < last_day:
            raise ValueError(f"{story.id}: {on} stands after {last_day}")
        if on != last_day:
            last_day, done_today = on, 0
        for name in day.do:
            opening = datetime.combine(on, _OPENING, at.tzinfo)
            moment = opening + _APART * (place % 9) + _PAUSE * done_today
            done_today += 1
            yield Act(min(moment, at), story, name, day.answers.get(name, {}))


def _day(on: str, first: date, load_day: date, calendar: Calendar) -> date:
    if on.startswith("+"):
        return move(first, int(on), calendar)
    if on == "0" or on.startswith("-"):
        start = load_day if calendar.is_working_day(load_day) else move(load_day, -1, calendar)
        return move(start, int(on), calendar)
    return date.fromisoformat(on)


def move(day: date, working_days: int, calendar: Calendar) -> date:
    """The working day so many working days after (or before) `day`; `day` itself for 0."""
    step = timedelta(days=1 if working_days > 0 else -1)
    for _ in range(abs(working_days)):
        day += step
        while not calendar.is_working_day(day):
            day += step
    return day

"""What another calendar does to open and closed cases: every date derived again, before and after side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.cases.access import number_told
from engine.cases.audit import Author
from engine.cases.batch import PORTION, open_cases, open_turns
from engine.cases.desk import Desk
from engine.cases.flow import Turn, rederive_timers
from engine.cases.limits import open_work, rederive_limits
from engine.statute.calendar import Calendar
from engine.statute.said import said
from engine.store.tables import Case

# Timer names that a case type may bring beside these are shown as 其他期限.
CLOCK_TITLES = {
    "correction": "补正期限",
    "payment": "缴费期限",
    "consultation": "征求意见期限",
    "reasons": "说明理由期限",
    "confirmation": "当日确认",
}


class Firmness(StrEnum):
    """How sure a reply date is: by law, lacking a holiday notice, or counted from arrival for want of confirmation."""

    FIRM = "firm"
    PROVISIONAL = "provisional"
    CAUTIOUS = "cautious"


_FIRMNESS_WORDS = {Firmness.FIRM: "", Firmness.PROVISIONAL: "暂定 ", Firmness.CAUTIOUS: "审慎日期 "}


@dataclass(frozen=True, slots=True)
class Due:
    """A reply date and how sure it is."""

    value: date
    firmness: Firmness

    def __str__(self) -> str:
        """The date in words: 2027-01-08, 暂定 2027-01-08."""
        return f"{_FIRMNESS_WORDS[self.firmness]}{self.value}"


@dataclass(frozen=True, slots=True)
class TimerMove:
    """A timer of the case that gets another date; None while its date is not firm."""

    clock: str
    before: date | None
    after: date | None

    @property
    def words(self) -> str:
        """补正期限由 2027-01-12 改为 2027-01-13."""
        title = CLOCK_TITLES.get(self.clock, "其他期限")
        return said(
            "%(title)s由 %(value)s 改为 %(value_2)s",
            title=title,
            value=self.before or "暂定",
            value_2=self.after or "暂定",
        )


@dataclass(frozen=True, slots=True)
class CaseMove:
    """What the new calendar changes in one case.

    Attributes:
        moved_by: working days by which the reply date moves, negative when it comes earlier, 0 when only its firmness
            changes; None where no reply date stands before or after.
        told: the date the applicant was told, when it differs from `after`.
        target: the working target after the change, the earlier of `told` and `after`.
    """

    case_id: int
    number: str
    before: Due | None
    after: Due | None
    moved_by: int | None
    told: date | None
    target: date | None
    timers: tuple[TimerMove, ...]

    @property
    def words(self) -> str:
        """How far the reply date moves: 推后 1 个工作日, 日期不变; "" where none stands."""
        if self.moved_by:
            return said(
                "%(value)s %(abs)s 个工作日", value="推后" if self.moved_by > 0 else "提前", abs=abs(self.moved_by)
            )
        return "日期不变" if self.moved_by == 0 else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A closed case that the new calendar judges anew: its reply date, and whether the reply was in time."""

    case_id: int
    number: str
    replied_on: date
    before: Due | None
    after: Due | None
    was_in_time: bool | None
    in_time: bool | None

    @property
    def turned(self) -> bool:
        """Whether the judgement is another one."""
        return self.was_in_time != self.in_time


def due_of(case: Case) -> Due | None:
    """The reply date on the case's row."""
    if case.due_on is not None:
        return Due(case.due_on, Firmness.FIRM)
    if case.estimated_due_on is not None:
        return Due(case.estimated_due_on, Firmness.PROVISIONAL)
    if case.clock_status == "unconfirmed" and case.cautious_due_on is not None:
        return Due(case.cautious_due_on, Firmness.CAUTIOUS)
    return None


def derive_again(
    desk: Desk, session: Session, agency_id: int, author: Author, old: Calendar, new: Calendar
) -> Iterator[tuple[Turn, CaseMove]]:
    """Give every open case its dates by the new calendar; yields the cases in which something changed.

    The rows are changed in the session: a read-only session throws that away, which is how a preview is made.
    """
    for portion in open_cases(session, agency_id):
        waiting = open_work(session, [case.id for case in portion])
        for turn in open_turns(desk, session, portion, new, author):
            rederive_limits(turn, waiting.get(turn.case.id, ()))
            move = _derive(turn, old)
            if move is not None:
                yield turn, move


def judge_again(
    desk: Desk, session: Session, agency_id: int, author: Author, new: Calendar, between: tuple[date, date]
) -> Iterator[tuple[Turn, Judged]]:
    """Judge the closed cases whose period reaches into these days by the new calendar; yields those that change.

    Whether a reply was in time is a fact of ledger and calendar, for closed cases as for open ones. As in
    `derive_again` a read-only session throws the result away.
    """
    first, last = between
    after = 0
    while True:
        query = select(Case).where(
            Case.agency_id == agency_id,
            Case.closed_at.is_not(None),
            Case.replied_on.is_not(None),
            Case.arrived_on <= last,
            or_(Case.sort_due_on >= first, Case.replied_on >= first),
            Case.id > after,
        )
        portion = session.scalars(query.order_by(Case.id).limit(PORTION)).all()
        if not portion:
            return
        for turn in open_turns(desk, session, portion, new, author):
            case = turn.case
            before, was_in_time, replied_on = due_of(case), case.in_time, case.replied_on
            turn.ledger.index(case, turn.today)
            rederive_timers(turn)
            found = (due_of(case), case.in_time)
            if found != (before, was_in_time) and replied_on is not None:
                yield turn, Judged(case.id, number_told(case), replied_on, before, found[0], was_in_time, found[1])
        after = portion[-1].id


def _derive(turn: Turn, old: Calendar) -> CaseMove | None:
    case = turn.case
    before, target_before = due_of(case), case.sort_due_on
    turn.ledger.index(case, turn.today)
    timers = tuple(
        TimerMove(timer.clock, was, timer.due_on) for timer, was in rederive_timers(turn) if timer.due_on != was
    )
    after = due_of(case)
    if (before, target_before) == (after, case.sort_due_on) and not timers:
        return None
    told = case.told_due_on if after is not None and case.told_due_on != after.value else None
    moved_by = _moved_by(before, after, old, turn.calendar)
    return CaseMove(case.id, number_told(case), before, after, moved_by, told, case.sort_due_on, timers)


def _moved_by(before: Due | None, after: Due | None, old: Calendar, new: Calendar) -> int | None:
    """Working days gained (by the new calendar) or lost (by the old one)."""
    if before is None or after is None:
        return None
    if after.value >= before.value:
        return new.working_days_between(before.value, after.value)
    return -old.working_days_between(after.value, before.value)

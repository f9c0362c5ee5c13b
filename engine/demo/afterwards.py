"""What followed the replies of the demonstration office: reviews, a conversion, 催办 and 督办; a talk about a case."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.calendars import calendar_of
from engine.cases.comments import add_comment
from engine.cases.desk import Actor, Desk
from engine.cases.links import add_link
from engine.cases.publications import propose_publication, settle_publication
from engine.cases.reminding import remind
from engine.cases.reviews import record_stage, register_review
from engine.cases.supervision_items import open_item
from engine.cases.watching import watch
from engine.demo.office import People
from engine.statute.calendar import Calendar
from engine.store.tables import (
    Case,
    CaseComment,
    CaseLink,
    CaseReminder,
    Letter,
    PublicationTask,
    Review,
    SupervisionItem,
)

_REFUSED = ("R4", "R5", "R6", "R7", "R1", "R2", "R3")
# Earliest replies of which it is told, in calendar days before the load: the papers need their time.
_LONG_AGO, _LATELY = 45, 16


def follow_up(desk: Desk, people: People, at: datetime) -> None:
    """Tell it as of `at`, as far as the cases are there; what is told already is left alone. Moves the desk's clock."""
    with desk.reading() as session:
        legal = people.holder("legal", "")
        calendar = calendar_of(session, legal.agency_id, desk.settings)
        told = {table: session.scalar(select(table.id).limit(1)) is not None for table in _TOLD}
        cases = _cases(session, at.astimezone(desk.zone).date())
    teller = _Afterwards(desk, people, at, calendar)
    for table, tell in _TOLD.items():
        if not told[table]:
            tell(teller, cases)
    desk.now = lambda: at


def _cases(session: Session, today: date) -> dict[str, Case]:
    """A part to play -> the case that plays it."""
    closed = session.scalars(select(Case).where(Case.replied_on.is_not(None), Case.drill.is_(False)).order_by(Case.id))
    found: dict[str, Case] = {}
    for case in closed:
        assert case.replied_on is not None
        ago = (today - case.replied_on).days
        part = "" if case.decision is None else "refused" if case.decision in _REFUSED else case.decision
        if ago >= _LONG_AGO:
            found.setdefault(f"old {part}", case)
        elif ago >= _LATELY:
            found.setdefault(f"late {part}", case)
    overdue = select(Case).where(Case.closed_at.is_(None), Case.sort_due_on < today, Case.handler_id.is_not(None))
    late = session.scalar(overdue.order_by(Case.id).limit(1))
    return {**found, **({"overdue": late} if late is not None else {})}


class _Afterwards:
    """Commands at their own moments, in the hands of those who would give them."""

    def __init__(self, desk: Desk, people: People, at: datetime, calendar: Calendar) -> None:
        self.desk, self.people, self.at, self.calendar = desk, people, at, calendar
        self.today = at.astimezone(desk.zone).date()

    def who(self, role: str) -> Actor:
        return self.people.holder(role, "")

    def on(self, day: date) -> date:
        """Move the clock to the morning of the first working day from `day` on, though never beyond the load."""
        while not self.calendar.is_working_day(day):
            day += timedelta(days=1)
        day = min(day, self.today)
        moment = min(datetime.combine(day, time(9, 40), self.desk.zone), self.at)
        self.desk.now = lambda: moment
        return day

    def before(self, working_days: int) -> date:
        """The day so many working days before the load."""
        day = self.today
        while self.calendar.working_days_between(day, self.today) < working_days:
            day -= timedelta(days=1)
        return day

    def review(self, case: Case, received: date, **given: str) -> int:
        with self.desk.reading() as session:
            letter = session.scalar(select(Letter.id).where(Letter.case_id == case.id, Letter.decision.is_not(None)))
        usual = {"received_on": received.isoformat(), "letter": str(letter or ""), "agent": "周正"}
        return register_review(self.desk, self.who("legal"), case.id, {**usual, **given})

    def stage(self, review: int, stage: str, day: date, **given: str) -> None:
        record_stage(self.desk, self.who("legal"), review, {"stage": stage, "on": day.isoformat(), **given})


def _reviews(teller: _Afterwards, cases: dict[str, Case]) -> None:
    office = teller.desk.settings.office
    if old := cases.get("old refused"):
        assert old.replied_on is not None
        first = teller.on(old.replied_on + timedelta(days=12))
        given = {"kind": "reconsideration", "procedure": "summary", "forum": office.authority}
        review = teller.review(
            old, first, **given, docket=f"北政复〔{first.year}〕41号", issue="请求撤销答复书，责令公开。"
        )
        teller.stage(review, "filed", teller.on(first + timedelta(days=1)))
        teller.stage(review, "answered", teller.on(first + timedelta(days=4)))
        decided = teller.on(first + timedelta(days=26))
        teller.stage(review, "decided", decided, result="maintained")
        lesson = "答复书引用条款准确，理由部分过于简略，复议答复时作了补充。"
        correction = "拟稿时在理由部分写明不予公开的具体情形。"
        teller.stage(review, "lesson", teller.on(decided + timedelta(days=3)), lesson=lesson, correction=correction)
    if late := cases.get("late refused") or cases.get("late N1"):
        first = teller.on(teller.before(7))
        given = {"kind": "reconsideration", "procedure": "ordinary", "forum": office.authority}
        review = teller.review(
            late, first, **given, docket=f"北政复〔{first.year}〕56号", issue="认为所涉信息不属于不予公开的范围。"
        )
        teller.stage(review, "accepted", teller.before(9))
        teller.stage(review, "filed", teller.on(teller.before(5)))
        teller.stage(review, "summoned", teller.today + timedelta(days=9))
    if other := cases.get("old N1") or cases.get("late D1") or cases.get("old D1"):
        first = teller.on(teller.before(2))
        issue = "认为检索不充分，请求判令重新答复。"
        teller.review(other, first, kind="direct_suit", forum=office.court, docket="（待立案号）", issue=issue)


def _publications(teller: _Afterwards, cases: dict[str, Case]) -> None:
    disclosed = cases.get("old G1") or cases.get("late G1")
    if disclosed is None:
        return
    teller.on(teller.before(14))
    reason = "同一信息今年已有多人申请，内容不涉及他人权益，宜主动公开（条例第四十四条）。"
    task = propose_publication(teller.desk, teller.who("legal"), disclosed.id, disclosed.subject[:200], reason)
    teller.on(teller.before(13))
    settle_publication(teller.desk, teller.who("disclosure_head"), task, approve=True, why="")


def _reminders(teller: _Afterwards, cases: dict[str, Case]) -> None:
    if case := cases.get("overdue"):
        teller.on(teller.before(3))
        text = "本件已经超期，请说明卡在哪一步，并答复预计办结时间。"
        remind(teller.desk, teller.who("supervisor"), case.id, case.handler_id, text)


def _items(teller: _Afterwards, cases: dict[str, Case]) -> None:
    case = cases.get("overdue")
    if case is None or case.handler_id is None:
        return
    teller.on(teller.before(2))
    due = teller.calendar.working_days_after(teller.today, 2).value
    demand = "逐件说明超期原因、责任环节和补救措施，报督查室。"
    open_item(
        teller.desk,
        teller.who("supervisor"),
        title="超期件整改",
        demand=demand,
        holder_id=case.handler_id,
        due_on=due.isoformat(),
        case_id=case.id,
    )


def _talk(teller: _Afterwards, cases: dict[str, Case]) -> None:
    case = cases.get("overdue")
    if case is None:
        return
    legal, head = teller.who("legal"), teller.who("disclosure_head")
    teller.on(teller.before(4))
    watch(teller.desk, teller.who("supervisor"), case.id, on=True)
    add_comment(teller.desk, head, case.id, f"@{legal.name} 这件怎样区分处理，请先看一下，今天碰个头。")
    teller.on(teller.before(3))
    add_comment(teller.desk, legal, case.id, "附表涉及个人信息，建议遮盖姓名和证件号码以后提供，正文可以公开。")


def _links(teller: _Afterwards, cases: dict[str, Case]) -> None:
    case, earlier = cases.get("overdue"), cases.get("old G1") or cases.get("old P1")
    if case is not None and earlier is not None:
        teller.on(teller.before(3))
        add_link(teller.desk, teller.who("disclosure_head"), case.id, earlier.number, "related")


_TOLD: dict[
    type[Review | PublicationTask | CaseReminder | SupervisionItem | CaseComment | CaseLink],
    Callable[[_Afterwards, dict[str, Case]], None],
]
_TOLD = {
    Review: _reviews,
    PublicationTask: _publications,
    CaseReminder: _reminders,
    SupervisionItem: _items,
    CaseComment: _talk,
    CaseLink: _links,
}

"""催办: a supervisor reminds one person of a case, and that person has to answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, open_to
from engine.cases.audit import record_case_event
from engine.cases.calendars import calendar_of
from engine.cases.claims import candidates
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, Refusal, Stale
from engine.cases.messages import tell
from engine.cases.page import Page
from engine.cases.permissions import Permission, permits, require
from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.light import LightReading, light_of_date
from engine.statute.said import said
from engine.store.tables import Account, Case, CaseReminder, WorkItem

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A reminder with its answer, if there is one.

    `mine`: it waits for the reader's answer; `due`: until when it is to be answered; `light` None once it is.
    """

    id: int
    case_id: int
    number: str
    subject: str
    to: str
    text: str
    sent_by: str
    sent_at: datetime
    answer: str
    answered_at: datetime | None
    mine: bool
    due: StatutoryDate
    light: LightReading | None


@dataclass(frozen=True, slots=True)
class Reminding:
    """What the page for a reminder shows: the case, whom it may go to (id, name, why), and what was sent before."""

    case: Case
    people: tuple[tuple[int, str, str], ...]
    before: tuple[ReminderLine, ...]


def reminding(desk: Desk, actor: Actor, case_id: int) -> Reminding:
    """Whom a reminder of this case may go to: who has a step in hand, then the handler. Raises NotFound, Refusal."""
    require(actor, Permission.CASES_CASE_REMIND)
    with desk.reading() as session:
        case = _open_case(session, actor, case_id)
        return Reminding(
            case, _people(session, case), tuple(_lines(desk, session, actor, CaseReminder.case_id == case.id))
        )


def _open_case(session: Session, actor: Actor, case_id: int) -> Case:
    case = find_case(session, actor, case_id)
    if case.archived_at is not None:
        raise Refusal("本件已归档，不需要催办。")
    return case


def _people(session: Session, case: Case) -> tuple[tuple[int, str, str], ...]:
    query = (
        select(Account, WorkItem.name)
        .join(WorkItem, WorkItem.assignee_id == Account.id)
        .where(WorkItem.case_id == case.id, WorkItem.status == "open", Account.active)
        .order_by(WorkItem.id)
    )
    found: dict[int, tuple[int, str, str]] = {}
    for account, step in session.execute(query):
        found.setdefault(account.id, (account.id, account.name, step))
    handler = session.get(Account, case.handler_id) if case.handler_id else None
    if handler is not None and handler.active:
        found.setdefault(handler.id, (handler.id, handler.name, "经办人"))
    # Steps that nobody has taken: everybody who could.
    waiting = session.scalars(
        select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.status == "open", WorkItem.assignee_id.is_(None))
    ).all()
    for work in waiting:
        for account in candidates(session, work):
            found.setdefault(account.id, (account.id, account.name, work.name))
    return tuple(found.values())


def remind(desk: Desk, actor: Actor, case_id: int, account_id: int | None, text: str) -> None:
    """Send a reminder that has to be answered. Raises AnswerErrors (account_id, text), Refusal, NotFound."""
    require(actor, Permission.CASES_CASE_REMIND)

    def work(session: Session) -> None:
        case = _open_case(session, actor, case_id)
        errors = {}
        if account_id not in {one[0] for one in _people(session, case)} or account_id is None:
            errors["account_id"] = "请从列表中选择被催办的人。"
        if not text.strip() or len(text.strip()) > _LONGEST:
            errors["text"] = said("请填写催办内容，不超过 %(longest)s 个字。", longest=_LONGEST)
        if errors or account_id is None:
            raise AnswerErrors(errors)
        now = desk.now()
        reminder = CaseReminder(
            agency_id=case.agency_id,
            case_id=case.id,
            account_id=account_id,
            text=text.strip(),
            sent_at=now,
            sent_by=actor.id,
        )
        session.add(reminder)
        session.flush()
        data = {"reminder": reminder.id, "to": account_id}
        record_case_event(session, case, actor.author, now, "reminded", data=data)
        told = said("%(number)s：%(person)s 催办，请办理并答复催办。", number=case.number, person=actor.name)
        tell(session, [account_id], key=f"reminder:{reminder.id}", text=told, at=now, case=case, level="urgent")

    desk.write(work)


def answer_reminder(desk: Desk, actor: Actor, reminder_id: int, answer: str) -> int:
    """Answer a reminder addressed to the actor; returns the case id. Raises AnswerErrors (answer), NotFound, Stale."""
    require(actor, Permission.SUPERVISION_ITEM_READ)
    if not answer.strip() or len(answer.strip()) > _LONGEST:
        raise AnswerErrors({"answer": said("请填写答复，不超过 %(longest)s 个字。", longest=_LONGEST)})

    def work(session: Session) -> int:
        reminder = session.get(CaseReminder, reminder_id)
        if reminder is None or reminder.account_id != actor.id:
            raise NotFound("没有找到发给您的这条催办。")
        if reminder.answered_at is not None:
            raise Stale("这条催办已经答复。")
        now = desk.now()
        reminder.answer, reminder.answered_at = answer.strip(), now
        case = session.get_one(Case, reminder.case_id)
        record_case_event(session, case, actor.author, now, "reminder_answered", data={"reminder": reminder.id})
        told = said("%(number)s：%(person)s 已答复催办。", number=case.number, person=actor.name)
        tell(session, [reminder.sent_by], key=f"reminder:{reminder.id}:answered", text=told, at=now, case=case)
        return case.id

    return desk.write(work)


def reminders(
    desk: Desk, actor: Actor, *, only_open: bool = True, number: int = 1, size: int = 30
) -> Page[ReminderLine]:
    """Reminders, unanswered first: all of them for supervisors, one's own for everybody else."""
    require(actor, Permission.SUPERVISION_ITEM_READ)
    conditions = [CaseReminder.agency_id == actor.agency_id, open_to(CaseReminder.case_id, actor)]
    if not permits(actor, Permission.SUPERVISION_BOARD_READ):
        conditions.append(or_(CaseReminder.account_id == actor.id, CaseReminder.sent_by == actor.id))
    if only_open:
        conditions.append(CaseReminder.answered_at.is_(None))
    with desk.reading() as session:
        found = _lines(desk, session, actor, *conditions)
    return Page(tuple(found[(number - 1) * size : number * size]), len(found), number, size)


def reminders_of(desk: Desk, actor: Actor, case_id: int) -> tuple[ReminderLine, ...]:
    """Every reminder of one case. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        return tuple(_lines(desk, session, actor, CaseReminder.case_id == case.id))


def unanswered(session: Session, agency_id: int) -> list[tuple[CaseReminder, str]]:
    """Reminders that wait for their answer, with the number of the case; those of archived cases are past."""
    query = (
        select(CaseReminder, Case.number)
        .join(Case, Case.id == CaseReminder.case_id)
        .where(CaseReminder.agency_id == agency_id, CaseReminder.answered_at.is_(None), Case.archived_at.is_(None))
        .order_by(CaseReminder.id)
    )
    return [(row, number) for row, number in session.execute(query)]


def answer_due(desk: Desk, calendar: Calendar, reminder: CaseReminder) -> StatutoryDate:
    """Until when a reminder is to be answered: working days of config.toml [ladder] answer_working_days, no statute."""
    sent = desk.local(reminder.sent_at).date()
    return calendar.working_days_after(sent, desk.settings.ladder.answer_working_days)


def _lines(desk: Desk, session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[ReminderLine]:
    calendar, today = calendar_of(session, actor.agency_id, desk.settings), desk.today()
    query = (
        select(CaseReminder, Case)
        .join(Case, Case.id == CaseReminder.case_id)
        .where(*conditions)
        .order_by(CaseReminder.answered_at.is_not(None), CaseReminder.id.desc())
    )
    rows = session.execute(query).all()
    people = {row.account_id for row, _case in rows} | {row.sent_by for row, _case in rows}
    names = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(people))).all())
    return [
        ReminderLine(
            id=row.id,
            case_id=case.id,
            number=case.number,
            subject=case.subject,
            to=names[row.account_id],
            text=row.text,
            sent_by=names[row.sent_by],
            sent_at=row.sent_at,
            answer=row.answer or "",
            answered_at=row.answered_at,
            mine=row.account_id == actor.id and row.answered_at is None,
            due=(due := answer_due(desk, calendar, row)),
            light=light_of_date(due, today, calendar) if row.answered_at is None else None,
        )
        for row, case in rows
    ]

"""From a disclosure on request to publication for everybody (Art. 44): proposed, approved, published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, open_to
from engine.cases.audit import record_case_event
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, Refusal, Stale
from engine.cases.messages import holders, tell
from engine.cases.permissions import Permission, require
from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.clock import fold
from engine.statute.dates import parse_iso_date
from engine.statute.events import Event
from engine.statute.light import LightReading, light_of_date
from engine.statute.said import said
from engine.store.tables import Account, Case, PublicationTask

DISCLOSED = frozenset({"G1", "G3", "P1"})
"""Decisions that gave something out which was not public before; G2 points to what is published already."""

STATUSES = {"proposed": "待审定", "approved": "待公开", "declined": "不予转化", "published": "已主动公开"}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task with its case. `due`: twenty working days from approval (Art. 26), None before it."""

    id: int
    case_id: int
    number: str
    title: str
    reason: str
    status: str
    proposed_by: str
    due: StatutoryDate | None
    light: LightReading | None
    settled_why: str
    published_on: date | None
    locator: str


def propose_publication(desk: Desk, actor: Actor, case_id: int, title: str, reason: str) -> int:
    """Propose that what a closed case disclosed be published; returns the task's id.

    Raises AnswerErrors (`title`, `reason`), Refusal, NotPermitted, NotFound.
    """
    require(actor, Permission.CASES_PUBLICATION_PROPOSE)
    errors = {}
    if not title.strip() or len(title.strip()) > 200:
        errors["title"] = "请填写拟公开的信息名称，不超过 200 个字。"
    if not reason.strip() or len(reason.strip()) > 4000:
        errors["reason"] = "请填写转为主动公开的理由，不超过 4000 个字。"
    if errors:
        raise AnswerErrors(errors)

    def work(session: Session) -> int:
        case = find_case(session, actor, case_id)
        if case.drill or case.closed_at is None or case.decision not in DISCLOSED:
            raise Refusal("只有已经办结并且公开了信息的申请，才能提议转为主动公开。")
        now = desk.now()
        task = PublicationTask(
            agency_id=case.agency_id,
            case_id=case.id,
            title=title.strip(),
            reason=reason.strip(),
            status="proposed",
            proposed_at=now,
            proposed_by=actor.id,
        )
        session.add(task)
        session.flush()
        record_case_event(session, case, actor.author, now, "publication_proposed", data={"task": task.id})
        heads = set(holders(session, case.agency_id, ["disclosure_head"])) - {actor.id}
        text = said("%(number)s：提议将已公开的信息转为主动公开，请审定。", number=case.number)
        tell(session, heads, key=f"publication:{task.id}:proposed", text=text, at=now, case=case)
        return task.id

    return desk.write(work)


def settle_publication(desk: Desk, actor: Actor, task_id: int, *, approve: bool, why: str) -> int:
    """Approve or decline a proposal; the twenty working days begin with the approval. Returns the case id."""
    require(actor, Permission.CASES_PUBLICATION_APPROVE)
    if not approve and not why.strip():
        raise AnswerErrors({"why": "请填写不予转化的理由。"})

    def work(session: Session) -> int:
        task, case = _open(session, actor, task_id, "proposed")
        now = desk.now()
        task.status = "approved" if approve else "declined"
        task.settled_at, task.settled_by, task.settled_why = now, actor.id, why.strip()[:4000] or None
        task.approved_on = desk.today() if approve else None
        record_case_event(session, case, actor.author, now, f"publication_{task.status}", data={"task": task.id})
        if approve:
            people = set(holders(session, case.agency_id, ["publisher"])) | {task.proposed_by}
            text = said("%(number)s：转为主动公开已审定，请在二十个工作日内公开。", number=case.number)
        else:
            people = {task.proposed_by}
            text = said("%(number)s：转为主动公开的提议未被采纳。", number=case.number)
        key = f"publication:{task.id}:{task.status}"
        tell(session, people - {actor.id}, key=key, text=text, at=now, case=case)
        return case.id

    return desk.write(work)


def publish(desk: Desk, actor: Actor, task_id: int, on: str, locator: str) -> int:
    """Record where and when it was published; returns the case id. Raises AnswerErrors (`on`, `locator`)."""
    require(actor, Permission.CASES_PUBLICATION_PUBLISH)

    def work(session: Session) -> int:
        task, case = _open(session, actor, task_id, "approved")
        errors, day = {}, None
        try:
            day = parse_iso_date(on.strip())
        except ValueError:
            errors["on"] = "请填写公开日期，例如 2026-09-16。"
        if day is not None and (day > desk.today() or (task.approved_on is not None and day < task.approved_on)):
            errors["on"] = said("公开日期应在 %(approved_on)s 至今天之间。", approved_on=task.approved_on)
        if not locator.strip() or len(locator.strip()) > 400:
            errors["locator"] = "请填写公开的位置或者网址，不超过 400 个字。"
        if errors:
            raise AnswerErrors(errors)
        task.status, task.published_on, task.locator, task.published_by = "published", day, locator.strip(), actor.id
        data = {"task": task.id, "on": str(day), "locator": task.locator}
        record_case_event(session, case, actor.author, desk.now(), "publication_published", data=data)
        return case.id

    return desk.write(work)


def publications_of(desk: Desk, actor: Actor, case_id: int) -> tuple[TaskLine, ...]:
    """The tasks of one case. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        query = select(PublicationTask).where(PublicationTask.case_id == case.id).order_by(PublicationTask.id)
        return tuple(_lines(desk, session, actor.agency_id, session.scalars(query).all()))


def publication_tasks(desk: Desk, actor: Actor, status: str = "") -> tuple[TaskLine, ...]:
    """The office's tasks, open ones first. Raises NotPermitted."""
    require(actor, Permission.CASES_PUBLICATION_READ)
    query = select(PublicationTask).where(
        PublicationTask.agency_id == actor.agency_id, open_to(PublicationTask.case_id, actor)
    )
    if status:
        query = query.where(PublicationTask.status == status)
    order = (PublicationTask.status.in_(["declined", "published"]), PublicationTask.approved_on, PublicationTask.id)
    with desk.reading() as session:
        return tuple(_lines(desk, session, actor.agency_id, session.scalars(query.order_by(*order)).all()))


def open_publications(desk: Desk, session: Session, agency_id: int) -> list[TaskLine]:
    """Approved tasks that are not published yet: what supervision and reminders look at."""
    query = select(PublicationTask).where(PublicationTask.agency_id == agency_id, PublicationTask.status == "approved")
    return list(_lines(desk, session, agency_id, session.scalars(query.order_by(PublicationTask.id)).all()))


def _open(session: Session, actor: Actor, task_id: int, status: str) -> tuple[PublicationTask, Case]:
    task = session.scalar(
        select(PublicationTask).where(
            PublicationTask.id == task_id,
            PublicationTask.agency_id == actor.agency_id,
            open_to(PublicationTask.case_id, actor),
        )
    )
    if task is None:
        raise NotFound("没有找到这项转化任务。")
    if task.status != status:
        raise Stale(said("这项任务已经是“%(statuses)s”，不需要再办理。", statuses=STATUSES[task.status]))
    return task, session.get_one(Case, task.case_id)


def publication_due(approved: date, calendar: Calendar, desk: Desk) -> StatutoryDate:
    """Twenty working days (Art. 26), as the law's clock counts them."""
    due = fold([Event("information_formed", approved)], calendar, desk.settings.policy()).publish_due
    assert due is not None, "the event has just been folded"
    return due


def _lines(desk: Desk, session: Session, agency_id: int, rows: Sequence[PublicationTask]) -> Iterable[TaskLine]:
    if not rows:
        return
    calendar, today = calendar_of(session, agency_id, desk.settings), desk.today()
    cases = {one.id: one for one in session.scalars(select(Case).where(Case.id.in_({row.case_id for row in rows})))}
    names = dict(
        session.execute(select(Account.id, Account.name).where(Account.id.in_({row.proposed_by for row in rows}))).all()
    )
    for row in rows:
        due = publication_due(row.approved_on, calendar, desk) if row.approved_on else None
        waits = row.status == "approved" and due is not None
        yield TaskLine(
            id=row.id,
            case_id=row.case_id,
            number=cases[row.case_id].number,
            title=row.title,
            reason=row.reason,
            status=row.status,
            proposed_by=names[row.proposed_by],
            due=due,
            light=light_of_date(due, today, calendar) if waits and due else None,
            settled_why=row.settled_why or "",
            published_on=row.published_on,
            locator=row.locator or "",
        )

"""督办: something that is followed up until it is settled; the person in charge reports, the supervisor closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, open_or_none
from engine.cases.audit import record_case_event, record_event
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Stale
from engine.cases.messages import tell
from engine.cases.page import Page
from engine.cases.permissions import Permission, permits, require
from engine.statute.calendar import StatutoryDate
from engine.statute.dates import parse_iso_date
from engine.statute.light import LightReading, light_of_date
from engine.statute.said import said
from engine.store.tables import Account, Case, SupervisionItem

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as people read it. `light` None once it is closed."""

    id: int
    title: str
    demand: str
    case_id: int | None
    number: str
    holder_id: int
    holder: str
    due_on: date
    light: LightReading | None
    opened_by: str
    opened_at: datetime
    report: str
    reported_at: datetime | None
    result: str
    closed_at: datetime | None
    closed_in_time: bool | None


def open_item(
    desk: Desk,
    actor: Actor,
    *,
    title: str,
    demand: str,
    holder_id: int | None,
    due_on: str,
    case_id: int | None = None,
) -> int:
    """Open an item; returns its id. Raises AnswerErrors (title, demand, holder_id, due_on), NotFound, NotPermitted."""
    require(actor, Permission.CASES_CASE_REMIND)
    errors: dict[str, str] = {}
    day = _read_day(due_on, desk.today(), errors)
    if not title.strip() or len(title.strip()) > 200:
        errors["title"] = "请填写督办事项，不超过 200 个字。"
    if not demand.strip() or len(demand.strip()) > _LONGEST:
        errors["demand"] = said("请写明督办要求，不超过 %(longest)s 个字。", longest=_LONGEST)

    def work(session: Session) -> int:
        holder = session.get(Account, holder_id) if holder_id else None
        if holder is None or holder.agency_id != actor.agency_id or not holder.active:
            errors["holder_id"] = "请选择承办人。"
        if errors or day is None or holder is None:
            raise AnswerErrors(errors)
        case = find_case(session, actor, case_id) if case_id is not None else None
        now = desk.now()
        item = SupervisionItem(
            agency_id=actor.agency_id,
            case_id=case.id if case else None,
            title=title.strip(),
            demand=demand.strip(),
            account_id=holder.id,
            due_on=day,
            opened_at=now,
            opened_by=actor.id,
        )
        session.add(item)
        session.flush()
        _record(session, actor, case, now, "item_opened", item)
        words = (
            "%(number)s：督办第 %(item)s 项，请于 %(day)s 前办结并反馈。"
            if case
            else "督办第 %(item)s 项，请于 %(day)s 前办结并反馈。"
        )
        text = said(words, number=case.number if case else "", item=item.id, day=day)
        tell(session, [holder.id], key=f"item:{item.id}", text=text, at=now, case=case, level="warning")
        return item.id

    return desk.write(work)


def report_item(desk: Desk, actor: Actor, item_id: int, report: str) -> None:
    """The person in charge reports. Raises AnswerErrors (report), NotPermitted, NotFound, Stale."""
    require(actor, Permission.SUPERVISION_ITEM_READ)
    if not report.strip() or len(report.strip()) > _LONGEST:
        raise AnswerErrors({"report": said("请填写办理情况，不超过 %(longest)s 个字。", longest=_LONGEST)})

    def work(session: Session) -> None:
        item, case = _open(session, actor, item_id)
        if item.account_id != actor.id:
            raise NotPermitted("这项督办不在您名下。")
        now = desk.now()
        item.report, item.reported_at = report.strip(), now
        _record(session, actor, case, now, "item_reported", item)
        text = said("督办第 %(item)s 项已反馈办理情况，请审核。", item=item.id)
        key = f"item:{item.id}:reported:{now.isoformat()}"
        tell(session, [item.opened_by], key=key, text=text, at=now, case=case)

    desk.write(work)


def close_item(desk: Desk, actor: Actor, item_id: int, result: str) -> None:
    """The supervisor closes the item with its result. Raises AnswerErrors (result), NotPermitted, NotFound, Stale."""
    require(actor, Permission.CASES_CASE_REMIND)
    if not result.strip() or len(result.strip()) > _LONGEST:
        raise AnswerErrors({"result": said("请填写督办结果，不超过 %(longest)s 个字。", longest=_LONGEST)})

    def work(session: Session) -> None:
        item, case = _open(session, actor, item_id)
        now = desk.now()
        item.result, item.closed_at, item.closed_by = result.strip(), now, actor.id
        _record(session, actor, case, now, "item_closed", item)
        text = said("督办第 %(item)s 项已办结。", item=item.id)
        tell(session, {item.account_id} - {actor.id}, key=f"item:{item.id}:closed", text=text, at=now, case=case)

    desk.write(work)


def items(desk: Desk, actor: Actor, *, only_open: bool = True, number: int = 1, size: int = 30) -> Page[ItemLine]:
    """Items, the most pressing first: all of them for supervisors, one's own for everybody else."""
    require(actor, Permission.SUPERVISION_ITEM_READ)
    query = select(SupervisionItem).where(
        SupervisionItem.agency_id == actor.agency_id, open_or_none(SupervisionItem.case_id, actor)
    )
    if not permits(actor, Permission.SUPERVISION_BOARD_READ):
        query = query.where(SupervisionItem.account_id == actor.id)
    if only_open:
        query = query.where(SupervisionItem.closed_at.is_(None))
    order = (SupervisionItem.closed_at.is_not(None), SupervisionItem.due_on, SupervisionItem.id)
    with desk.reading() as session:
        found = session.scalars(query.order_by(*order)).all()
        page = found[(number - 1) * size : number * size]
        return Page(tuple(_lines(desk, session, actor.agency_id, page)), len(found), number, size)


def open_items(session: Session, agency_id: int) -> list[tuple[SupervisionItem, str, str | None]]:
    """Open items with the name of the person in charge and the number of their case."""
    query = (
        select(SupervisionItem, Account.name, Case.number)
        .join(Account, Account.id == SupervisionItem.account_id)
        .join(Case, Case.id == SupervisionItem.case_id, isouter=True)
        .where(SupervisionItem.agency_id == agency_id, SupervisionItem.closed_at.is_(None))
        .order_by(SupervisionItem.due_on, SupervisionItem.id)
    )
    return [(item, name, number) for item, name, number in session.execute(query)]


def _read_day(text: str, today: date, errors: dict[str, str]) -> date | None:
    try:
        day = parse_iso_date(text.strip())
    except ValueError:
        errors["due_on"] = "请填写办结期限，例如 2026-09-30。"
        return None
    if day < today:
        errors["due_on"] = said("办结期限不能早于今天（%(day)s）。", day=today.isoformat())
    return day


def _open(session: Session, actor: Actor, item_id: int) -> tuple[SupervisionItem, Case | None]:
    item = session.get(SupervisionItem, item_id)
    if item is None or item.agency_id != actor.agency_id:
        raise NotFound("没有找到这项督办。")
    if item.closed_at is not None:
        raise Stale("这项督办已经办结。")
    return item, session.get(Case, item.case_id) if item.case_id else None


def _record(
    session: Session, actor: Actor, case: Case | None, at: datetime, action: str, item: SupervisionItem
) -> None:
    data = {"item": item.id, "title": item.title}
    if case is not None:
        record_case_event(session, case, actor.author, at, action, data=data)
    else:
        record_event(session, actor.agency_id, "supervision", actor.author, at, action, data)


def _lines(desk: Desk, session: Session, agency_id: int, rows: Sequence[SupervisionItem]) -> list[ItemLine]:
    calendar, today = calendar_of(session, agency_id, desk.settings), desk.today()
    names = dict(session.execute(select(Account.id, Account.name).where(Account.agency_id == agency_id)).all())
    wanted = select(Case.id, Case.number).where(Case.id.in_({row.case_id for row in rows}))
    numbers = dict(session.execute(wanted).all())
    return [
        ItemLine(
            id=row.id,
            title=row.title,
            demand=row.demand,
            case_id=row.case_id,
            number=numbers.get(row.case_id or 0, ""),
            holder_id=row.account_id,
            holder=names[row.account_id],
            due_on=row.due_on,
            light=None if row.closed_at else light_of_date(StatutoryDate(row.due_on), today, calendar),
            opened_by=names[row.opened_by],
            opened_at=row.opened_at,
            report=row.report or "",
            reported_at=row.reported_at,
            result=row.result or "",
            closed_at=row.closed_at,
            closed_in_time=desk.local(row.closed_at).date() <= row.due_on if row.closed_at else None,
        )
        for row in rows
    ]

"""The inbox: who is told what, once. Messages carry the number, the light and the date, never personal data."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.store.tables import Account, AccountRole, Case, InboxMessage


def holders(session: Session, agency_id: int, roles: Iterable[str], unit_id: int | None = None) -> list[int]:
    """Ids of the active accounts that hold one of `roles` (in a unit, when given)."""
    query = (
        select(Account.id)
        .join(AccountRole)
        .where(Account.agency_id == agency_id, Account.active, AccountRole.role.in_(list(roles)))
        .distinct()
    )
    if unit_id is not None:
        query = query.where(or_(Account.unit_id == unit_id))
    return list(session.scalars(query))


def tell(
    session: Session,
    account_ids: Iterable[int],
    *,
    key: str,
    text: str,
    at: datetime,
    case: Case | None = None,
    level: str = "info",
) -> int:
    """Put a message into each inbox unless one with this key lies there already; returns how many were new."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return 0
    told = set(
        session.scalars(
            select(InboxMessage.account_id).where(InboxMessage.account_id.in_(wanted), InboxMessage.key == key)
        )
    )
    fresh = [account_id for account_id in wanted if account_id not in told]
    session.add_all(
        InboxMessage(
            account_id=account_id,
            case_id=case.id if case else None,
            key=key,
            level=level,
            text=text,
            sent_at=at,
        )
        for account_id in fresh
    )
    return len(fresh)


def unread_count(desk: Desk, actor: Actor) -> int:
    """How many messages the actor has not read."""
    with desk.reading() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(InboxMessage)
                .where(InboxMessage.account_id == actor.id, InboxMessage.read_at.is_(None))
            )
            or 0
        )


def inbox(desk: Desk, actor: Actor, page: int = 1, size: int = 50) -> tuple[list[InboxMessage], int]:
    """One page of the actor's messages, newest first, and how many there are."""
    with desk.reading() as session:
        mine = InboxMessage.account_id == actor.id
        total = session.scalar(select(func.count()).select_from(InboxMessage).where(mine)) or 0
        rows = session.scalars(
            select(InboxMessage).where(mine).order_by(InboxMessage.id.desc()).offset((page - 1) * size).limit(size)
        ).all()
        return list(rows), total


def mark_read(desk: Desk, actor: Actor, message_id: int | None = None) -> None:
    """Mark one message, or all of them, as read."""

    def work(session: Session) -> None:
        query = update(InboxMessage).where(InboxMessage.account_id == actor.id, InboxMessage.read_at.is_(None))
        if message_id is not None:
            query = query.where(InboxMessage.id == message_id)
        session.execute(query.values(read_at=desk.now()))

    desk.write(work)

"""The inbox: who is told what, once. Messages carry the number, the light and the date, never personal data.

What is put into an inbox is put into the outbox in the same transaction, for every channel that is switched on.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from engine.cases.access import Hidden, may_see, open_or_none, visible
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.lights import row_light
from engine.statute.light import LightReading
from engine.statute.said import made_again, made_of
from engine.store.session import TOLD_BY
from engine.store.tables import Account, AccountRole, Case, InboxMessage, OutboxMessage
from engine.store.unit_of_work import append


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
    by: Collection[str] | None = None,
) -> int:
    """Put a message into each inbox unless one with this key lies there already; returns how many were new.

    `by`: the channels it takes besides (`mail`, `wecom`, `dingtalk`, `sms`), as far as they are switched on; None for
    all of them.
    """
    wanted = sorted(set(account_ids))
    if not wanted:
        return 0
    told = set(
        session.scalars(
            select(InboxMessage.account_id).where(InboxMessage.account_id.in_(wanted), InboxMessage.key == key)
        )
    )
    fresh = [account_id for account_id in wanted if account_id not in told]
    put(session, fresh, key=key, text=text, at=at, case=case, level=level, by=by)
    return len(fresh)


def put(
    session: Session,
    account_ids: Collection[int],
    *,
    key: str,
    text: str,
    at: datetime,
    case: Case | None = None,
    level: str = "info",
    by: Collection[str] | None = None,
) -> None:
    """As `tell`, for a key that is new by its making: nothing is asked of the database while no channel is on.

    Of a confidential case only those are told who may see it, each for himself and not through a group.
    """
    confidential = case is not None and case.confidential
    if case is not None and confidential:
        session.flush()
        account_ids = may_see(session, case, account_ids)
    parts = made_of(text)
    for account_id in account_ids:
        append(
            session,
            InboxMessage,
            account_id=account_id,
            case_id=case.id if case else None,
            key=key,
            level=level,
            text=text,
            said=parts,
            sent_at=at,
        )
    channels = [name for name in session.info.get(TOLD_BY, ()) if by is None or name in by]
    if confidential:
        channels = [name for name in channels if name in _ADDRESSED]
    if channels and account_ids:
        session.add_all(_outgoing(session, account_ids, channels, key=key, text=text, at=at, case=case))


# Channels that address one person each, by this column of the account; a robot addresses its group once.
_ADDRESSED = {"mail": Account.email, "sms": Account.phone}


def _outgoing(
    session: Session,
    account_ids: Collection[int],
    channels: Iterable[str],
    *,
    key: str,
    text: str,
    at: datetime,
    case: Case | None,
) -> Iterable[OutboxMessage]:
    people = session.execute(
        select(Account.id, Account.agency_id, Account.email, Account.phone).where(Account.id.in_(account_ids))
    ).all()
    if not people:
        return
    for channel in channels:
        column = _ADDRESSED.get(channel)
        if column is None:
            groups = [[person.id for person in people]]
        else:
            groups = [[person.id] for person in people if getattr(person, column.key)]
        for group in groups:
            yield OutboxMessage(
                agency_id=people[0].agency_id,
                kind=channel,
                key=_outgoing_key(channel, group, key),
                case_id=case.id if case else None,
                payload={"accounts": group, "text": text},
                created_at=at,
                due_at=at,
            )


def _outgoing_key(channel: str, account_ids: Collection[int], key: str) -> str:
    """One for each message and whom it addresses; short, however long the message's own key is."""
    told = f"{key}|{','.join(str(one) for one in sorted(account_ids))}"
    return f"{channel}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _mine(actor: Actor, hidden: Hidden | None = None) -> ColumnElement[bool]:
    """One's own messages; those about a case that has become confidential since are gone with it."""
    return and_(InboxMessage.account_id == actor.id, open_or_none(InboxMessage.case_id, actor, hidden))


def unread(actor: Actor, hidden: Hidden | None = None) -> Select[Any]:
    """Ids of the messages that the actor has not read; `hidden`: what `hidden_from` has told."""
    return select(InboxMessage.id).where(_mine(actor, hidden), InboxMessage.read_at.is_(None))


def inbox(desk: Desk, actor: Actor, page: int = 1, size: int = 50) -> tuple[list[InboxMessage], int]:
    """One page of the actor's messages, newest first, and how many there are."""
    with desk.reading() as session:
        mine = _mine(actor)
        total = session.scalar(select(func.count()).select_from(InboxMessage).where(mine)) or 0
        rows = session.scalars(
            select(InboxMessage).where(mine).order_by(InboxMessage.id.desc()).offset((page - 1) * size).limit(size)
        ).all()
        return list(rows), total


def words(message: InboxMessage) -> str:
    """What a message says: in Chinese, and made of what can be said in another language when that is known."""
    return made_again(message.said) if message.said else message.text


def lights_of(desk: Desk, actor: Actor, told: Iterable[InboxMessage]) -> dict[int, LightReading]:
    """How the cases stand now that messages are about, by id, as far as the actor may open them."""
    ids = {one.case_id for one in told if one.case_id is not None}
    if not ids:
        return {}
    with desk.reading() as session:
        calendar, today = calendar_of(session, actor.agency_id, desk.settings), desk.today()
        cases = session.scalars(visible(select(Case), actor, among=ids))
        return {case.id: row_light(case, today, calendar) for case in cases}


def mark_read(desk: Desk, actor: Actor, message_id: int | None = None) -> None:
    """Mark one message, or all of them, as read."""

    def work(session: Session) -> None:
        query = update(InboxMessage).where(InboxMessage.account_id == actor.id, InboxMessage.read_at.is_(None))
        if message_id is not None:
            query = query.where(InboxMessage.id == message_id)
        session.execute(query.values(read_at=desk.now()))

    desk.write(work)

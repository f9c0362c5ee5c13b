"""What lies in the outbox: the administrator's page, and sending again what was put aside."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from engine.cases.audit import record_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound
from engine.cases.page import Page
from engine.cases.permissions import Permission, require
from engine.store.tables import Account, Case, OutboxMessage

_WAITING = and_(OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None))
STATES: dict[str, ColumnElement[bool]] = {
    "waiting": _WAITING,
    "dead": OutboxMessage.dead_at.is_not(None),
    "sent": OutboxMessage.sent_at.is_not(None),
}
"""What a message can be: it waits (perhaps for a further attempt), was put aside, or has left."""


# Whoever runs the system sees that a message waits, not what a confidential case is about.
_WITHHELD = "保密件的消息，不显示内容。"


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """A message of the outbox. `switched_off`: its channel is not on, so it waits."""

    id: int
    channel: str
    people: tuple[str, ...]
    text: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    error: str
    switched_off: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One page of the queue, with how many messages there are in each state; `quiet`: hours in which nothing leaves."""

    page: Page[OutgoingRow]
    counts: dict[str, int]
    channels: tuple[str, ...]
    quiet: tuple[time, ...]


def outgoing(desk: Desk, actor: Actor, state: str, number: int = 1, size: int = 50) -> Outgoing:
    """Messages in a state of STATES, the newest first. Raises NotPermitted."""
    require(actor, Permission.ADMIN_OUTBOX_MANAGE)
    on = desk.settings.channels.enabled
    with desk.reading() as session:
        ours = OutboxMessage.agency_id == actor.agency_id
        counts = {
            name: session.scalar(select(func.count()).select_from(OutboxMessage).where(ours, condition)) or 0
            for name, condition in STATES.items()
        }
        found = session.scalars(
            select(OutboxMessage)
            .where(ours, STATES[state])
            .order_by(OutboxMessage.id.desc())
            .offset((number - 1) * size)
            .limit(size)
        ).all()
        wanted = {account_id for row in found for account_id in row.payload["accounts"]}
        names = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))).all())
        of_cases = {row.case_id for row in found}
        secret = set(session.scalars(select(Case.id).where(Case.id.in_(of_cases), Case.confidential)))
        rows = tuple(
            OutgoingRow(
                id=row.id,
                channel=row.kind,
                people=tuple(names.get(account_id, "") for account_id in row.payload["accounts"]),
                text=_WITHHELD if row.case_id in secret else str(row.payload["text"]),
                state=state,
                attempts=row.attempts,
                created_at=row.created_at,
                due_at=row.due_at,
                sent_at=row.sent_at,
                error=row.error or "",
                switched_off=row.kind not in on,
            )
            for row in found
        )
    return Outgoing(Page(rows, counts[state], number, size), counts, on, desk.settings.ladder.quiet)


def send_again(desk: Desk, actor: Actor, message_id: int | None = None) -> int:
    """Put one message that was put aside, or all of them, back into the queue; returns how many.

    Raises NotFound when the one is not there or not put aside, NotPermitted.
    """
    require(actor, Permission.ADMIN_OUTBOX_MANAGE)

    def work(session: Session) -> int:
        query = update(OutboxMessage).where(
            OutboxMessage.agency_id == actor.agency_id, OutboxMessage.dead_at.is_not(None)
        )
        if message_id is not None:
            query = query.where(OutboxMessage.id == message_id)
        put_back = session.execute(
            query.values(dead_at=None, attempts=0, due_at=desk.now(), error=None).returning(OutboxMessage.id)
        ).all()
        if message_id is not None and not put_back:
            raise NotFound("没有这条未能发出的消息，或者它已经重新发送。")
        if put_back:
            data = {"messages": [row.id for row in put_back]}
            record_event(session, actor.agency_id, "outbox", actor.author, desk.now(), "outbox_sent_again", data)
        return len(put_back)

    return desk.write(work)

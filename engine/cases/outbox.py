"""The outbox: messages leave at least once, with a stable key, tried again with growing pauses, then put aside.

A sender takes a row by moving its `due_at` on by a lease and raising `attempts`, in a transaction of its own; what it
reports afterwards counts only while `attempts` is still its own. A sender that dies gives its rows back by itself.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from engine.cases.calendars import calendar_of
from engine.cases.desk import Desk
from engine.cases.digests import DIGEST, digest_lines
from engine.cases.lights import light_words, row_light
from engine.delivery import Attachment, Channel, Message, Undeliverable, open_channels
from engine.store.files import FileStore
from engine.store.tables import Account, Case, OutboxMessage

_log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any channel takes for one message."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 240, 720))
"""Before each further attempt; a message that fails once more is put aside for the administrator."""

_BATCH = 20
_SUBJECT_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """What one emptying did: messages sent, to be tried again, put aside."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row that this sender holds for the time of the lease."""

    id: int
    attempt: int


def empty_outbox(desk: Desk, stop: Callable[[], bool] = lambda: False) -> Sent:
    """Send what is due on the channels that are switched on; `stop` ends it after the message in hand.

    Any number of senders may do so at once. In the hours of silence everything stays where it is.
    """
    channels = open_channels(desk.settings.channels)
    counts = {"sent": 0, "failed": 0, "dead": 0}
    while channels and not stop() and not _silent(desk):
        taken = _take(desk, tuple(channels))
        for one in taken:
            counts[_deliver(desk, channels, one)] += 1
            if stop():
                break
        if not taken:
            break
    return Sent(**counts)


def _silent(desk: Desk) -> bool:
    return desk.settings.ladder.silent_at(desk.local(desk.now()).time())


def _take(desk: Desk, kinds: tuple[str, ...]) -> list[_Taken]:
    now = desk.now()
    # No pause is as long as this: the row was written by a clock that has been set back since. A digest has its hour.
    ahead = and_(OutboxMessage.due_at > now + PAUSES[-1] + LEASE, OutboxMessage.key.not_like(f"%{DIGEST}%"))

    def work(session: Session) -> list[_Taken]:
        # PostgreSQL skips what another sender is taking; on SQLite a writer is alone, and the condition tells the rest.
        rows = session.execute(
            select(OutboxMessage.id, OutboxMessage.attempts)
            .where(
                OutboxMessage.sent_at.is_(None),
                OutboxMessage.dead_at.is_(None),
                or_(OutboxMessage.due_at <= now, ahead),
                OutboxMessage.kind.in_(kinds),
            )
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        taken = []
        for row_id, attempts in rows:
            changed = session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id == row_id, OutboxMessage.attempts == attempts)
                .values(attempts=attempts + 1, due_at=now + LEASE)
                .returning(OutboxMessage.id)
            )
            taken += [_Taken(row_id, attempts + 1) for _row in changed]
        return taken

    return desk.write(work)


def _deliver(desk: Desk, channels: Mapping[str, Channel], taken: _Taken) -> str:
    with desk.reading() as session:
        row = session.get_one(OutboxMessage, taken.id)
        try:
            message = _compose(desk, session, row)
        except Undeliverable as error:
            return _put_aside(desk, taken, str(error))
    try:
        channels[row.kind].send(message, desk.now())
    except Undeliverable as error:
        return _put_aside(desk, taken, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a server does, the next message is tried and this one again
        _log.warning("outbox message %d not sent at attempt %d: %s", row.id, taken.attempt, type(error).__name__)
        return _try_again(desk, taken, f"{type(error).__name__}: {error}"[:500])
    _settle(desk, taken, sent_at=desk.now(), error=None)
    return "sent"


def _compose(desk: Desk, session: Session, row: OutboxMessage) -> Message:
    text = str(row.payload["text"])
    case = session.get(Case, row.case_id) if row.case_id else None
    web = desk.settings.web.public_url
    # In hours of silence, or while its channel failed, the message has grown older than its words.
    told = desk.local(row.created_at).date()
    lines, link = [text if told == desk.today() else f"{text}（{told} 提醒）"], web
    if "digest" in row.payload:
        lines, link = digest_lines(desk, session, row), f"{web}/inbox" if web else None
    elif case is not None:
        calendar = calendar_of(session, case.agency_id, desk.settings)
        lines.append(light_words(row_light(case, desk.today(), calendar), case))
        link = f"{web}/cases/{case.id}" if web else None
    files = FileStore(desk.files)
    return Message(
        key=row.key,
        to=_addresses(session, row),
        subject=_subject(text),
        text="\n".join(line for line in lines if line),
        link=link,
        attachments=tuple(
            Attachment(one["filename"], one["media_type"], files.read(one["sha256"]))
            for one in row.payload.get("attachments", ())
        ),
    )


def _subject(text: str) -> str:
    line = " ".join(text.split())
    return "【依申】" + (line if len(line) <= _SUBJECT_LENGTH else line[: _SUBJECT_LENGTH - 1] + "…")


def _addresses(session: Session, row: OutboxMessage) -> tuple[str, ...]:
    """As they are now, not as they were when the message was written. Raises Undeliverable when nobody is left."""
    people = session.scalars(select(Account).where(Account.id.in_(row.payload["accounts"]), Account.active)).all()
    found = tuple(one.email if row.kind == "mail" else one.phone for one in people)
    known = tuple(address for address in found if address)
    if row.kind in {"mail", "sms"} and not known:
        raise Undeliverable("收件人的账号已停用，或者没有登记地址。")
    return known


def _put_aside(desk: Desk, taken: _Taken, why: str) -> str:
    _settle(desk, taken, dead_at=desk.now(), error=why)
    return "dead"


def _try_again(desk: Desk, taken: _Taken, why: str) -> str:
    if taken.attempt > len(PAUSES):
        return _put_aside(desk, taken, why)
    _settle(desk, taken, due_at=desk.now() + PAUSES[taken.attempt - 1], error=why)
    return "failed"


def _settle(desk: Desk, taken: _Taken, **values: datetime | str | None) -> None:
    """Write down what became of it, unless the lease ran out meanwhile and somebody else has taken it."""

    def work(session: Session) -> None:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == taken.id, OutboxMessage.attempts == taken.attempt)
            .values(**values)
        )

    desk.write(work)

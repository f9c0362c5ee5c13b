"""The day's digest: for each person and channel one message a day with everything that is not told one by one.

A digest is a row of the outbox that grows until its hour has come; what is added once a sender has taken it goes into
the next day's. The inbox holds every message by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.calendars import calendar_of
from engine.cases.desk import Desk
from engine.cases.ladder import Reminder
from engine.cases.lights import light_words, row_light
from engine.statute.calendar import Calendar
from engine.store.tables import Account, Case, OutboxMessage

DIGEST = ":digest:"
"""Stands in the key of every digest."""

# Whoever finds the day's first message late leaves the same run time to find the others.
_GROWS = timedelta(minutes=10)
# So many are listed, the rest is counted: a robot's message may have 2,048 bytes, a text message is read on a phone.
_LISTED = {"mail": 300}
_LISTED_ELSEWHERE = 8


def collect(desk: Desk, session: Session, told: Sequence[tuple[Reminder, frozenset[int]]]) -> None:
    """Add messages to the digests of the people named with each."""
    entries: dict[tuple[str, int], list[dict[str, object]]] = {}
    on = desk.today().isoformat()
    for one, people in told:
        for channel in desk.settings.channels.enabled:
            if one.by is None or channel in one.by:
                for person in people:
                    entries.setdefault((channel, person), []).append({"case": one.case_id, "text": one.text, "on": on})
    accounts = session.scalars(select(Account).where(Account.id.in_({person for _channel, person in entries})))
    known = {account.id: account for account in accounts}
    for (channel, person), found in sorted(entries.items()):
        account = known[person]
        if {"mail": account.email, "sms": account.phone}.get(channel, "") is not None:
            _add(desk, session, channel, account, found)


def _add(desk: Desk, session: Session, channel: str, account: Account, entries: list[dict[str, object]]) -> None:
    for day in _days(desk):
        key = f"{channel}{DIGEST}{account.id}:{day.isoformat()}"
        row = session.scalar(select(OutboxMessage).where(OutboxMessage.key == key).with_for_update())
        if row is None:
            hour = datetime.combine(day, desk.settings.ladder.digest_at, desk.zone)
            row = OutboxMessage(
                agency_id=account.agency_id,
                kind=channel,
                key=key,
                payload=_payload(account.id, day, entries),
                created_at=desk.now(),
                due_at=max(hour.astimezone(desk.now().tzinfo), desk.now() + _GROWS),
            )
            session.add(row)
            session.flush()
            return
        if row.attempts == 0 and row.sent_at is None and row.dead_at is None:
            row.payload = _payload(account.id, day, [*row.payload["digest"], *entries])
            return


def _days(desk: Desk) -> Iterator[date]:
    """Today, then every later day."""
    day = desk.today()
    while True:
        yield day
        day += timedelta(days=1)


def _payload(account_id: int, day: date, entries: list[dict[str, object]]) -> dict[str, object]:
    return {"accounts": [account_id], "text": f"{day} 期限汇总，共 {len(entries)} 条", "digest": entries}


def digest_lines(desk: Desk, session: Session, row: OutboxMessage) -> list[str]:
    """The text of a digest as it leaves: each message with the link to its case.

    What was told on an earlier day, in hours of silence or before a standstill, says so and how it stands now.
    """
    entries = row.payload["digest"]
    most, web = _LISTED.get(row.kind, _LISTED_ELSEWHERE), desk.settings.web.public_url
    wanted = select(Case).where(Case.id.in_({one["case"] for one in entries[:most] if one["case"]}))
    cases = {case.id: case for case in session.scalars(wanted)}
    calendar = calendar_of(session, row.agency_id, desk.settings)
    lines = [f"{row.payload['text']}："]
    for place, one in enumerate(entries[:most], 1):
        lines.append(f"{place}. {one['text']}{_since(desk, one, cases.get(one['case']), calendar)}")
        if web and one["case"]:
            lines.append(f"{web}/cases/{one['case']}")
    if len(entries) > most:
        lines.append(f"另有 {len(entries) - most} 条，见收件箱。")
    return lines


def _since(desk: Desk, entry: Mapping[str, Any], case: Case | None, calendar: Calendar) -> str:
    """What has become of a message since it was told: nothing to say on the same day while its case is open."""
    if case is not None and case.closed_at is not None:
        return "（现已办结）"
    if entry.get("on") in (None, desk.today().isoformat()):
        return ""
    now = light_words(row_light(case, desk.today(), calendar), case) if case is not None else ""
    return f"（{entry['on']} 提醒；现在{now}）" if now else f"（{entry['on']} 提醒）"

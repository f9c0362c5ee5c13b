"""关注: people who want to be told what happens in a case they need not work on.

A message about the next thing takes the place of one that has not been read, so nobody comes back to a pile of them.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.desk import Actor, Desk
from engine.cases.messages import tell
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.tables import Account, Case, CaseWatcher, InboxMessage


def watch(desk: Desk, actor: Actor, case_id: int, *, on: bool) -> None:
    """Begin or cease to watch a case; asked twice, nothing changes. Raises NotFound, NotPermitted."""
    require(actor, Permission.CASES_CASE_WATCH)

    def work(session: Session) -> None:
        case = find_case(session, actor, case_id)
        row = session.get(CaseWatcher, (case.id, actor.id))
        if on and row is None:
            session.add(CaseWatcher(case_id=case.id, account_id=actor.id, since=desk.now()))
            case.watchers += 1
        elif not on and row is not None:
            session.delete(row)
            case.watchers -= 1

    desk.write(work)


def watchers_of(session: Session, case: Case) -> dict[int, str]:
    """Who watches the case: account id -> name, in the order they began."""
    if case.watchers == 0:
        return {}
    query = (
        select(Account.id, Account.name)
        .join(CaseWatcher, CaseWatcher.account_id == Account.id)
        .where(CaseWatcher.case_id == case.id, Account.active)
        .order_by(CaseWatcher.since, Account.id)
    )
    return dict(session.execute(query).all())


def tell_watchers(session: Session, case: Case, text: str, at: datetime, by: int | None, key: str) -> None:
    """Tell those who watch the case, but not whoever did it. Costs nothing while nobody watches.

    Only the inbox takes it: what has to be done at once is told to whoever has to do it.
    """
    if case.watchers == 0:
        return
    people = set(watchers_of(session, case)) - {by}
    if not people:
        return
    session.execute(
        delete(InboxMessage).where(
            InboxMessage.account_id.in_(people),
            InboxMessage.case_id == case.id,
            InboxMessage.key.startswith(f"watch:{case.id}:"),
            InboxMessage.read_at.is_(None),
        ),
        execution_options={"synchronize_session": False},
    )
    tell(
        session,
        people,
        key=f"watch:{case.id}:{key}",
        text=said("%(number)s：%(text)s", number=case.number, text=text),
        at=at,
        case=case,
        by=(),
    )

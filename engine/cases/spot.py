"""The list of information that may be given on the spot by one officer alone (Art. 33(1)), approved beforehand."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import record_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.store.tables import SpotItem


def spot_items(desk: Desk, actor: Actor) -> list[SpotItem]:
    """All items, those in force first."""
    with desk.reading() as session:
        return list(
            session.scalars(
                select(SpotItem)
                .where(SpotItem.agency_id == actor.agency_id)
                .order_by(SpotItem.active.desc(), SpotItem.id)
            )
        )


def approve_spot_item(desk: Desk, actor: Actor, title: str, locator: str) -> int:
    """Put an item on the list; only the head of the disclosure office may. Returns its id."""
    actor.needs("disclosure_head")
    title, locator = title.strip(), locator.strip()
    if not 2 <= len(title) <= 200 or not 2 <= len(locator) <= 400:
        raise Refusal("请填写事项名称（2 至 200 字）和获取途径（2 至 400 字）。")

    def work(session: Session) -> int:
        known = session.scalar(
            select(SpotItem.id).where(SpotItem.agency_id == actor.agency_id, SpotItem.title == title, SpotItem.active)
        )
        if known is not None:
            raise Refusal(f"“{title}”已在目录中。")
        item = SpotItem(
            agency_id=actor.agency_id,
            title=title,
            locator=locator,
            approved_by=actor.id,
            approved_on=desk.today(),
            active=True,
        )
        session.add(item)
        session.flush()
        record_event(
            session,
            actor.agency_id,
            "spot_list",
            actor.author,
            desk.now(),
            "approve",
            {"item": item.id, "title": title},
        )
        return item.id

    return desk.write(work)


def withdraw_spot_item(desk: Desk, actor: Actor, item_id: int) -> None:
    """Take an item off the list; what was answered by it stays."""
    actor.needs("disclosure_head")

    def work(session: Session) -> None:
        item = session.get(SpotItem, item_id)
        if item is None or item.agency_id != actor.agency_id or not item.active:
            raise NotFound("目录中没有这一项。")
        item.active = False
        record_event(session, actor.agency_id, "spot_list", actor.author, desk.now(), "withdraw", {"item": item.id})

    desk.write(work)

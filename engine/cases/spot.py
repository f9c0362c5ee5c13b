"""The list of information that may be given on the spot by one officer alone (Art. 33(1)), approved beforehand."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import record_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.tables import Account, SpotItem


@dataclass(frozen=True, slots=True)
class SpotLine:
    """One item of the list, with who approved it and when; `active`: it may be used today."""

    id: int
    title: str
    locator: str
    approved_by: str
    approved_on: date
    active: bool


def spot_items(desk: Desk, actor: Actor) -> list[SpotLine]:
    """All items, those in force first."""
    require(actor, Permission.SPOT_LIST_READ)
    listed = (
        select(SpotItem, Account.name)
        .join(Account, Account.id == SpotItem.approved_by)
        .where(SpotItem.agency_id == actor.agency_id)
        .order_by(SpotItem.active.desc(), SpotItem.id)
    )
    with desk.reading() as session:
        return [
            SpotLine(item.id, item.title, item.locator, name, item.approved_on, item.active)
            for item, name in session.execute(listed)
        ]


def approve_spot_item(desk: Desk, actor: Actor, title: str, locator: str) -> int:
    """Put an item on the list; only the head of the disclosure office may. Returns its id.

    Raises AnswerErrors (`title`, `locator`).
    """
    require(actor, Permission.SPOT_LIST_MANAGE)
    title, locator = " ".join(title.split()), " ".join(locator.split())
    errors = {}
    if not 2 <= len(title) <= 200:
        errors["title"] = "请填写事项名称，2 至 200 个字。"
    if not 2 <= len(locator) <= 400:
        errors["locator"] = "请填写获取途径，2 至 400 个字。"
    if errors:
        raise AnswerErrors(errors)

    def work(session: Session) -> int:
        known = session.scalar(
            select(SpotItem.id).where(SpotItem.agency_id == actor.agency_id, SpotItem.title == title, SpotItem.active)
        )
        if known is not None:
            raise AnswerErrors({"title": said("“%(title)s”已在目录中。", title=title)})
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
            "spot_approved",
            {"item": item.id, "title": title},
        )
        return item.id

    return desk.write(work)


def withdraw_spot_item(desk: Desk, actor: Actor, item_id: int) -> None:
    """Take an item off the list; what was answered by it stays."""
    require(actor, Permission.SPOT_LIST_MANAGE)

    def work(session: Session) -> None:
        item = session.get(SpotItem, item_id)
        if item is None or item.agency_id != actor.agency_id or not item.active:
            raise NotFound("目录中没有这一项。")
        item.active = False
        record_event(
            session, actor.agency_id, "spot_list", actor.author, desk.now(), "spot_withdrawn", {"item": item.id}
        )

    desk.write(work)

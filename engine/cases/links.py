"""Cases that belong together: split by 一事一申请, an earlier request, what followed a reconsideration.

Each link is read both ways. A neighbour that the actor may not see is not shown and cannot be named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, visible
from engine.cases.audit import record_case_event
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, Refusal
from engine.cases.lights import row_light
from engine.cases.permissions import Permission, permits, require
from engine.statute.light import LightReading
from engine.store.tables import Case, CaseLink

KINDS: Mapping[str, tuple[str, str]] = {
    "split": ("由本件拆分出", "本件由它拆分出"),
    "earlier": ("以前的申请", "以后的申请"),
    "renewed": ("复议、诉讼后另行办理", "复议、诉讼针对的申请"),
    "related": ("相关", "相关"),
}
"""What the other case is to this one: read from the case that holds the link, and from the other."""

# Both directions as a form offers them: code -> (kind, whether this case is the other one of the link).
WAYS: Mapping[str, tuple[str, bool]] = {
    "split": ("split", False),
    "split_from": ("split", True),
    "earlier": ("earlier", False),
    "later": ("earlier", True),
    "renewed": ("renewed", False),
    "renewal_of": ("renewed", True),
    "related": ("related", False),
}


def way_title(way: str) -> str:
    """What a way says about the other case."""
    kind, turned = WAYS[way]
    return KINDS[kind][turned]


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A linked case as the page shows it. `title`: what it is to this one; `whole`: this one was split from it."""

    id: int
    title: str
    case_id: int
    number: str
    subject: str
    light: LightReading
    received_on: date | None
    arrived_on: date | None
    decision: str | None
    closed: bool
    in_time: bool | None
    removable: bool
    whole: bool


def links_of(desk: Desk, session: Session, actor: Actor, case: Case) -> tuple[LinkLine, ...]:
    """The links of a case to those that the actor may see, in the order of KINDS, then as they were made."""
    rows = session.scalars(
        select(CaseLink)
        .where(or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id), CaseLink.removed_at.is_(None))
        .order_by(CaseLink.id)
    ).all()
    if not rows:
        return ()
    others = {row.other_id if row.case_id == case.id else row.case_id for row in rows}
    seen = {one.id: one for one in session.scalars(visible(select(Case).where(Case.id.in_(others)), actor))}
    calendar, today = calendar_of(session, case.agency_id, desk.settings), desk.today()
    removable = permits(actor, Permission.CASES_LINK_MANAGE)
    lines = []
    order = list(KINDS)
    for row in sorted(rows, key=lambda row: (order.index(row.kind), row.case_id != case.id, row.id)):
        turned = row.case_id != case.id
        other = seen.get(row.case_id if turned else row.other_id)
        if other is None:
            continue
        lines.append(
            LinkLine(
                id=row.id,
                title=KINDS[row.kind][turned],
                case_id=other.id,
                number=other.number,
                subject=other.subject,
                light=row_light(other, today, calendar),
                received_on=other.received_on,
                arrived_on=other.arrived_on,
                decision=other.decision,
                closed=other.closed_at is not None,
                in_time=other.in_time,
                removable=removable,
                whole=row.kind == "split" and turned,
            )
        )
    return tuple(lines)


def add_link(desk: Desk, actor: Actor, case_id: int, number: str, way: str) -> str:
    """Link a case to the one with this number; returns that number. `way`: of WAYS.

    Raises AnswerErrors (number, way), NotPermitted, NotFound.
    """
    require(actor, Permission.CASES_LINK_MANAGE)
    if way not in WAYS:
        raise AnswerErrors({"way": "请选择两件申请的关系。"})
    kind, turned = WAYS[way]

    def work(session: Session) -> str:
        case = find_case(session, actor, case_id)
        other: Case | None = session.scalar(visible(select(Case).where(Case.number == number.strip()), actor))
        if other is None:
            raise AnswerErrors({"number": "没有这个编号的申请，或者您无权查看。"})
        if other.id == case.id:
            raise AnswerErrors({"number": "这就是本件的编号。"})
        first, second = (other, case) if turned else (case, other)
        join(session, actor, first, second, kind, desk.now())
        return other.number

    return desk.write(work)


def join(session: Session, actor: Actor, first: Case, second: Case, kind: str, at: datetime) -> None:
    """Link two cases, the one that holds the link first. Raises AnswerErrors (number) when they are linked already."""
    _refuse_twice(session, first, second, kind)
    link = CaseLink(case_id=first.id, other_id=second.id, kind=kind, linked_at=at, linked_by=actor.id)
    session.add(link)
    session.flush()
    for one, neighbour in ((first, second), (second, first)):
        data = {"link": link.id, "kind": kind, "number": neighbour.number}
        record_case_event(session, one, actor.author, at, "linked", data=data)


def remove_link(desk: Desk, actor: Actor, link_id: int, reason: str) -> None:
    """Take off a link made by mistake. Raises Refusal without a reason, NotPermitted, NotFound."""
    require(actor, Permission.CASES_LINK_MANAGE)
    if not reason.strip() or len(reason.strip()) > 300:
        raise Refusal("请填写取消关联的原因，不超过 300 个字。")

    def work(session: Session) -> None:
        link = session.get(CaseLink, link_id)
        if link is None or link.removed_at is not None:
            raise NotFound("没有找到这项关联，或者它已经取消。")
        first, second = find_case(session, actor, link.case_id), find_case(session, actor, link.other_id)
        now = desk.now()
        link.removed_at, link.removed_by, link.remove_reason = now, actor.id, reason.strip()
        for one, neighbour in ((first, second), (second, first)):
            data = {"link": link.id, "kind": link.kind, "number": neighbour.number, "reason": reason.strip()}
            record_case_event(session, one, actor.author, now, "unlinked", data=data)

    desk.write(work)


def _refuse_twice(session: Session, first: Case, second: Case, kind: str) -> None:
    """Two cases are linked once, and a case is split from one other at most."""
    standing = session.scalars(
        select(CaseLink).where(
            CaseLink.removed_at.is_(None),
            or_(
                (CaseLink.case_id == first.id) & (CaseLink.other_id == second.id),
                (CaseLink.case_id == second.id) & (CaseLink.other_id == first.id),
                (CaseLink.other_id == second.id) & (CaseLink.kind == "split"),
            ),
        )
    ).all()
    if any({row.case_id, row.other_id} == {first.id, second.id} for row in standing):
        raise AnswerErrors({"number": "这两件申请已经关联。"})
    if kind == "split" and standing:
        raise AnswerErrors({"number": "拆分出的申请已经有一件原申请。"})

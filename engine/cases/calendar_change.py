"""Import a year's holiday notice: shown first with what it does to the open cases, then applied in one transaction.

`actor` is None when the command comes from the server's own command line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.cases.accounts import office_agency
from engine.cases.audit import SYSTEM, Author, record_event
from engine.cases.calendar_impact import CaseMove, Judged, derive_again, judge_again
from engine.cases.calendars import active_notices, calendar_of, to_notice
from engine.cases.desk import Actor, Desk
from engine.cases.errors import Refusal
from engine.cases.flow import Turn
from engine.cases.messages import holders, put, tell
from engine.cases.permissions import Permission, require
from engine.holidays import HolidayNotice as Notice
from engine.holidays import NoticeError, combine, read_notice
from engine.statute.calendar import Calendar
from engine.statute.festivals import statutory_holidays
from engine.statute.said import listed, said, together
from engine.store.tables import Case, HolidayNotice, NumberSeries

# Since this year the thirteen statutory holidays are those of the revision of 2024-11-10.
_HOLIDAYS_OF_TODAY = 2025


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day that the notice turns from a working day into a rest day, or the other way round."""

    day: date
    works: bool
    name: str


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What importing a notice would do, or has done.

    Attributes:
        replaces: paper of the imported notice it takes the place of; "" when that had none, None when there is none.
        new_year: the year had no notice at all, so its dates were provisional until now.
        changed: days that are worked or free otherwise than by the calendar in force.
        moves: the open cases whose dates change, by number; `open_cases` is how many were looked at.
        judged: the closed cases whose date or judgement (in time or late) changes.
    """

    notice: Notice
    replaces: str | None
    new_year: bool
    changed: tuple[ChangedDay, ...]
    moves: tuple[CaseMove, ...]
    judged: tuple[Judged, ...]
    open_cases: int

    @property
    def turned(self) -> tuple[Judged, ...]:
        """The closed cases that were in time and are late now, or the other way round."""
        return tuple(one for one in self.judged if one.turned)


def preview_import(
    desk: Desk, actor: Actor | None, content: str | bytes, *, year: int | None = None, paper: str = ""
) -> ImportPreview:
    """What importing this notice would change; nothing is stored.

    Args:
        desk: the office's desk.
        actor: who asks.
        content: pasted text, JSON or CSV; bytes in UTF-8 or GB18030.
        year: the year it arranges, where the content does not say; must agree where both do.
        paper: its number, such as 国办发明电〔2025〕7号, where the content does not give it.

    Raises:
        Refusal: naming what is wrong in the notice, or that it has been imported already.
        NotPermitted: only administrators import.
    """
    notice = _read(actor, content, year, paper)
    with desk.reading() as session:
        agency_id = _agency_id(session, desk, actor)
        old, new = _calendars(session, desk, agency_id, notice)
        # A reading session throws the derived dates away.
        found = derive_again(desk, session, agency_id, _author(actor), old, new)
        moves = [move for _turn, move in found]
        again = judge_again(desk, session, agency_id, _author(actor), new, _reach(notice, old, new))
        judged = [one for _turn, one in again]
        return _preview(session, agency_id, notice, old, new, (moves, judged))


def apply_import(
    desk: Desk, actor: Actor | None, content: str | bytes, *, year: int | None = None, paper: str = ""
) -> ImportPreview:
    """Put the notice in force: the earlier one of the year is kept but inactive, every open case gets its dates anew.

    One transaction; the change stands in the audit trail of the calendar and of each case that moved, and the handler
    of the case and the supervisors are told. Returns what was done. Raises as preview_import.
    """
    notice = _read(actor, content, year, paper)

    def work(session: Session) -> ImportPreview:
        agency_id = _agency_id(session, desk, actor)
        _hold_still(session, agency_id)
        old, new = _calendars(session, desk, agency_id, notice)
        row = _store(session, desk, agency_id, notice, actor)
        handlers, moves = holders(session, agency_id, ["handler"]), []
        with session.no_autoflush:  # nothing that is read here has been written here
            for turn, move in derive_again(desk, session, agency_id, _author(actor), old, new):
                turn.record("calendar", data=_told(notice, move))
                _tell_handler(turn, row, move, handlers)
                moves.append(move)
            judged = []
            for turn, one in judge_again(desk, session, agency_id, _author(actor), new, _reach(notice, old, new)):
                turn.record("calendar", data=_judgement(notice, one))
                judged.append(one)
        preview = _preview(session, agency_id, notice, old, new, (moves, judged), but=row.id)
        record_event(
            session,
            agency_id,
            "calendar",
            _author(actor),
            desk.now(),
            "calendar_import",
            {
                "notice": row.id,
                "year": notice.year,
                "paper": notice.paper,
                "replaces": preview.replaces,
                "rest_days": row.rest_days,
                "make_up_days": row.make_up_days,
                "moved": len(moves),
                "judged": len(judged),
                "turned": [one.number for one in preview.turned],
            },
        )
        _tell_supervisors(session, desk, agency_id, row, moves, preview.turned)
        return preview

    return desk.write(work)


def _read(actor: Actor | None, content: str | bytes, year: int | None, paper: str) -> Notice:
    if actor is not None:
        require(actor, Permission.ADMIN_CALENDAR_MANAGE)
    paper = " ".join(paper.split())
    if len(paper) > 200:
        raise Refusal("文号或者出处最多 200 字。")
    try:
        notice = read_notice(content, year=year, paper=paper)
    except NoticeError as error:
        raise Refusal(f"{error}。") from error
    if len(notice.paper) > 200:
        raise Refusal("通知里写的出处超过 200 字，请另填文号。")
    _needs_statutory_holidays(notice)
    return notice


def _needs_statutory_holidays(notice: Notice) -> None:
    """Raise Refusal when a statutory holiday is worked: part of the notice must be missing (放假办法 Art. 2)."""
    if notice.year < _HOLIDAYS_OF_TODAY:
        return
    for day in sorted(statutory_holidays(notice.year)):
        if day not in notice.rest_days and (day.weekday() < 5 or day in notice.make_up_days):
            raise Refusal(said("%(day)s 是法定节假日，通知里却没有放假。请核对内容是否完整、年份是否正确。", day=day))


def _agency_id(session: Session, desk: Desk, actor: Actor | None) -> int:
    return office_agency(session, desk).id if actor is None else actor.agency_id


def _author(actor: Actor | None) -> Author:
    return SYSTEM if actor is None else actor.author


def _hold_still(session: Session, agency_id: int) -> None:
    """No step or registration under way may go on with the old calendar.

    Registrations queue on their number series; a step that has read its case finds the version gone and starts again.
    """
    session.execute(select(NumberSeries.series).where(NumberSeries.agency_id == agency_id).with_for_update()).all()
    still_open = (Case.agency_id == agency_id, Case.closed_at.is_(None))
    session.execute(update(Case).where(*still_open).values(version=Case.version + 1))


def _calendars(session: Session, desk: Desk, agency_id: int, notice: Notice) -> tuple[Calendar, Calendar]:
    """The calendar in force, and the one with the notice laid over it. Raises Refusal when it has been already."""
    rows = active_notices(session, agency_id)
    before = [to_notice(row) for row in rows]
    if any((one, one.paper) == (notice, notice.paper) for one in before):
        raise Refusal(said("%(year)s年的这份放假安排已经导入，不需要重复导入。", year=notice.year))
    after = [*(one for one in before if one.year != notice.year), notice]
    old = calendar_of(session, agency_id, desk.settings)
    return old, combine(after, extra_rest_days=desk.settings.policy().extra_rest_days)


def _preview(
    session: Session,
    agency_id: int,
    notice: Notice,
    old: Calendar,
    new: Calendar,
    found: tuple[Iterable[CaseMove], Iterable[Judged]],
    but: int | None = None,
) -> ImportPreview:
    """`but`: the row of the notice itself, once it is stored."""
    still_open = (Case.agency_id == agency_id, Case.closed_at.is_(None))
    earlier = select(HolidayNotice.paper).where(
        HolidayNotice.agency_id == agency_id, HolidayNotice.year == notice.year, HolidayNotice.id != (but or 0)
    )
    return ImportPreview(
        notice=notice,
        replaces=session.scalar(earlier.order_by(HolidayNotice.id.desc()).limit(1)),
        new_year=notice.year not in old.loaded_years,
        changed=tuple(_changed_days(notice, old, new)),
        moves=tuple(sorted(found[0], key=lambda move: move.case_id)),
        judged=tuple(found[1]),
        open_cases=session.scalar(select(func.count()).select_from(Case).where(*still_open)) or 0,
    )


def _reach(notice: Notice, old: Calendar, new: Calendar) -> tuple[date, date]:
    """The first and the last day that count otherwise; of a year that had no notice, all of it: its dates get firm."""
    days = [one.day for one in _changed_days(notice, old, new)]
    if notice.year not in old.loaded_years:
        days += [date(notice.year, 1, 1), date(notice.year, 12, 31)]
    return min(days, default=date.max), max(days, default=date.min)


def _changed_days(notice: Notice, old: Calendar, new: Calendar) -> Iterable[ChangedDay]:
    # A notice may reach a month into the years beside its own.
    day, last = date(notice.year - 1, 12, 1), date(notice.year + 1, 1, 31)
    while day <= last:
        works = new.is_working_day(day)
        if works != old.is_working_day(day):
            yield ChangedDay(day, works, notice.names.get(day, ""))
        day += timedelta(days=1)


def _store(session: Session, desk: Desk, agency_id: int, notice: Notice, actor: Actor | None) -> HolidayNotice:
    same_year = (HolidayNotice.agency_id == agency_id, HolidayNotice.year == notice.year)
    session.execute(update(HolidayNotice).where(*same_year).values(active=False))
    row = HolidayNotice(
        agency_id=agency_id,
        year=notice.year,
        paper=notice.paper,
        rest_days=[day.isoformat() for day in sorted(notice.rest_days)],
        make_up_days=[day.isoformat() for day in sorted(notice.make_up_days)],
        names={day.isoformat(): name for day, name in sorted(notice.names.items())},
        active=True,
        imported_by=actor.id if actor else None,
        imported_at=desk.now(),
    )
    session.add(row)
    session.flush()
    return row


def _told(notice: Notice, move: CaseMove) -> dict[str, object]:
    """The audit event of a case whose dates moved."""
    data: dict[str, object] = {
        "year": notice.year,
        "paper": notice.paper,
        "due": [str(move.before or "无"), str(move.after or "无")],
        "told": move.told,
        "target": move.target,
    }
    for timer in move.timers:
        data[f"timer_{timer.clock}"] = [timer.before, timer.after]
    return {key: value for key, value in data.items() if value is not None}


def _judgement(notice: Notice, judged: Judged) -> dict[str, object]:
    """The audit event of a closed case that is judged anew."""
    data: dict[str, object] = {"year": notice.year, "paper": notice.paper}
    data["due"] = [str(judged.before or "无"), str(judged.after or "无")]
    if judged.turned:
        data["in_time"] = [judged.was_in_time, judged.in_time]
    return data


def _tell_handler(turn: Turn, row: HolidayNotice, move: CaseMove, handlers: list[int]) -> None:
    case = turn.case
    changes = [timer.words for timer in move.timers]
    if move.before != move.after:
        words = (
            "答复期限由 %(before)s 改为 %(after)s（%(moved)s）"
            if move.moved_by
            else "答复期限由 %(before)s 改为 %(after)s"
        )
        dates = {"before": move.before or "无", "after": move.after or "无"}
        changes.insert(0, said(words, **dates, moved=move.words))
    if move.told is not None:
        words = "申请人已被告知 %(told)s，请以较早的 %(target)s 为工作目标"
        changes.append(said(words, told=move.told, target=move.target))
    serious = move.told is not None or (move.moved_by or 0) < 0
    put(
        turn.session,
        [case.handler_id] if case.handler_id else handlers,
        key=f"calendar:{row.id}:{case.id}",
        text=said(
            "%(number)s：导入%(year)s年放假安排后，%(changes)s。",
            number=case.number,
            year=row.year,
            changes=listed(*changes),
        ),
        at=turn.at,
        case=case,
        level="warning" if serious else "info",
    )


def _tell_supervisors(
    session: Session,
    desk: Desk,
    agency_id: int,
    row: HolidayNotice,
    moves: list[CaseMove],
    turned: tuple[Judged, ...],
) -> None:
    if not moves and not turned:
        return
    numbers = "、".join(move.number for move in moves[:10]) + ("等" if len(moves) > 10 else "")
    told = [move.number for move in moves if move.told is not None]
    words = (
        "已导入%(year)s年放假安排，%(count)s 件在办申请的期限有变动：%(numbers)s。"
        if moves
        else "已导入%(year)s年放假安排，在办申请的期限没有变动。"
    )
    parts = [said(words, year=row.year, count=len(moves), numbers=numbers)]
    if told:
        parts.append(said("其中 %(count)s 件与已告知申请人的日期不同，以较早的日期为工作目标。", count=len(told)))
    if turned:
        changed = "、".join(f"{one.number}（{'按期' if one.in_time else '超期'}）" for one in turned[:10])
        changed += "等" if len(turned) > 10 else ""
        words = "%(count)s 件已办结申请是否按期的结论随之改变：%(cases)s。"
        parts.append(said(words, count=len(turned), cases=changed))
    tell(
        session,
        holders(session, agency_id, ["supervisor"]),
        key=f"calendar:{row.id}",
        text=together(*parts),
        at=desk.now(),
        level="warning" if told or turned else "info",
    )

"""Reading the register of reconsiderations and suits: of a case, of the office, and as table 4 of the annual report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, extract, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, open_to
from engine.cases.accounts import office_agency
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound
from engine.cases.page import Page
from engine.cases.permissions import Permission, require
from engine.statute.calendar import Calendar
from engine.statute.light import LightReading, light_of_date
from engine.statute.remedies import reconsidered_first
from engine.statute.reviews import (
    OthersDate,
    OwnDate,
    Procedure,
    ReviewFact,
    ReviewKind,
    ReviewResult,
    others_dates,
    own_dates,
    table4,
    table4_column,
    table4_warnings,
)
from engine.store.tables import Account, Case, Letter, Review, ReviewStage


@dataclass(frozen=True, slots=True)
class DueDate:
    """A date the agency has to keep: `met_on` with whether that was in time, else its light today."""

    own: OwnDate
    met_on: date | None
    in_time: bool | None
    light: LightReading | None


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage as people read it."""

    stage: str
    on: date
    note: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A reconsideration or suit with its case, its dates and its stages. `letter`: what is challenged, or empty."""

    id: int
    case_id: int
    number: str
    subject: str
    case_open: bool
    kind: ReviewKind
    forum: str
    docket: str
    letter: str
    issue: str
    procedure: Procedure | None
    received_on: date
    agent: str
    dates: tuple[DueDate, ...]
    others: tuple[OthersDate, ...]
    stages: tuple[StageLine, ...]
    result: ReviewResult
    decided_on: date | None
    lesson: str
    correction: str
    void_reason: str
    skips_reconsideration: bool

    @property
    def pressing(self) -> DueDate | None:
        """The earliest date that is still to be kept."""
        return min((one for one in self.dates if one.light), key=lambda one: one.own.due.value, default=None)


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What the register is narrowed to; empty parts do not narrow.

    `due`: lines with a date still to be kept. `table4`: lines that this year's table counts, each under the `result` it
    had at the end of the year.
    """

    kind: str = ""
    result: str = ""
    year: int | None = None
    due: bool = False
    text: str = ""
    table4: int | None = None


def reviews_of(desk: Desk, actor: Actor, case_id: int) -> tuple[ReviewLine, ...]:
    """Every line of one case, voided ones too. Raises NotFound, NotPermitted."""
    require(actor, Permission.CASES_REVIEW_READ)
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        rows = session.scalars(select(Review).where(Review.case_id == case.id).order_by(Review.id)).all()
        return tuple(_lines(desk, session, actor.agency_id, rows))


def review_line(desk: Desk, actor: Actor, review_id: int) -> ReviewLine:
    """One line. Raises NotFound, NotPermitted."""
    require(actor, Permission.CASES_REVIEW_READ)
    with desk.reading() as session:
        query = select(Review).where(
            Review.id == review_id, Review.agency_id == actor.agency_id, open_to(Review.case_id, actor)
        )
        found = list(_lines(desk, session, actor.agency_id, session.scalars(query).all()))
    if not found:
        raise NotFound("没有找到这件复议、诉讼。")
    return found[0]


def review_register(
    desk: Desk, actor: Actor, wanted: ReviewFilter, number: int = 1, size: int = 30
) -> Page[ReviewLine]:
    """The office's register, the newest first. Raises NotPermitted."""
    require(actor, Permission.CASES_REVIEW_READ)
    query = (
        select(Review)
        .join(Case, Case.id == Review.case_id)
        .where(Review.agency_id == actor.agency_id, Review.voided_at.is_(None), open_to(Review.case_id, actor))
        .order_by(Review.received_on.desc(), Review.id.desc())
    )
    if wanted.kind:
        query = query.where(Review.kind == wanted.kind)
    if wanted.table4 is not None:
        pass  # the result of the end of that year is looked at below
    elif wanted.result == ReviewResult.PENDING:
        query = query.where(Review.result.is_(None))
    elif wanted.result:
        query = query.where(Review.result == wanted.result)
    if wanted.year:
        query = query.where(extract("year", Review.received_on) == wanted.year)
    if text := wanted.text.strip():
        query = query.where(
            Case.number.contains(text, autoescape=True)
            | Case.subject.contains(text, autoescape=True)
            | Review.forum.contains(text, autoescape=True)
            | Review.docket.contains(text, autoescape=True)
        )
    with desk.reading() as session:
        # A few dozen a year: whether a date is still to be kept is told by the law, not by a column.
        lines = list(_lines(desk, session, actor.agency_id, session.scalars(query).all()))
    lines = [one for one in lines if one.pressing] if wanted.due else lines
    if wanted.table4 is not None:
        lines = [one for one in lines if _counted(one, wanted.table4, wanted.result)]
    first = (number - 1) * size
    return Page(tuple(lines[first : first + size]), len(lines), number, size)


def _counted(line: ReviewLine, year: int, result: str) -> bool:
    settled = None if line.result is ReviewResult.PENDING else line.result
    column = table4_column(ReviewFact(line.kind, line.received_on, settled, line.decided_on), year)
    return column is not None and result in {"", column}


def open_reviews(desk: Desk, session: Session, agency_id: int) -> list[ReviewLine]:
    """Lines with a date still to be kept: what supervision and reminders look at."""
    filed = exists().where(ReviewStage.review_id == Review.id, ReviewStage.stage == "filed")
    rows = session.scalars(
        select(Review)
        .where(Review.agency_id == agency_id, Review.voided_at.is_(None), or_(Review.result.is_(None), ~filed))
        .order_by(Review.id)
    ).all()
    return [one for one in _lines(desk, session, agency_id, rows) if one.pressing]


def _lines(desk: Desk, session: Session, agency_id: int, rows: Sequence[Review]) -> Iterable[ReviewLine]:
    if not rows:
        return
    calendar, today = calendar_of(session, agency_id, desk.settings), desk.today()
    ids = [row.id for row in rows]
    stages: dict[int, list[tuple[ReviewStage, str]]] = {row.id: [] for row in rows}
    found = session.execute(
        select(ReviewStage, Account.name)
        .join(Account, Account.id == ReviewStage.recorded_by)
        .where(ReviewStage.review_id.in_(ids))
        .order_by(ReviewStage.on, ReviewStage.id)
    )
    for stage, name in found:
        stages[stage.review_id].append((stage, name))
    cases = {one.id: one for one in session.scalars(select(Case).where(Case.id.in_({row.case_id for row in rows})))}
    letters = {
        one.id: one for one in session.scalars(select(Letter).where(Letter.id.in_({row.letter_id for row in rows})))
    }
    for row in rows:
        letter = letters.get(row.letter_id or 0)
        case = cases[row.case_id]
        yield ReviewLine(
            id=row.id,
            case_id=row.case_id,
            number=case.number,
            subject=case.subject,
            case_open=case.closed_at is None,
            kind=ReviewKind(row.kind),
            forum=row.forum,
            docket=row.docket or "",
            letter=f"{letter.name} {letter.number or ''}".strip() if letter else "",
            issue=row.issue,
            procedure=Procedure(row.procedure) if row.procedure else None,
            received_on=row.received_on,
            agent=row.agent or "",
            dates=tuple(_dates(desk, row, [stage for stage, _name in stages[row.id]], calendar, today)),
            others=() if row.voided_at else tuple(_others(row, [stage for stage, _name in stages[row.id]], calendar)),
            stages=tuple(StageLine(stage.stage, stage.on, stage.note or "", name) for stage, name in stages[row.id]),
            result=ReviewResult(row.result) if row.result else ReviewResult.PENDING,
            decided_on=row.decided_on,
            lesson=row.lesson or "",
            correction=row.correction or "",
            void_reason=row.void_reason or "",
            skips_reconsideration=row.kind == ReviewKind.DIRECT_SUIT and _first(letter),
        )


def _first(letter: Letter | None) -> bool:
    """Whether the letter challenged had to go to reconsideration first."""
    return letter is not None and reconsidered_first(letter.decision, letter.dated_on)


def _dates(
    desk: Desk, row: Review, stages: Sequence[ReviewStage], calendar: Calendar, today: date
) -> Iterable[DueDate]:
    settings = desk.settings
    # The newest summons counts; what was heard before it was another hearing.
    summons = max((stage for stage in stages if stage.stage == "summoned"), key=lambda one: one.id, default=None)
    heard = [stage for stage in stages if stage.stage == "heard" and summons is not None and stage.id > summons.id]
    for own in own_dates(
        ReviewKind(row.kind),
        Procedure(row.procedure) if row.procedure else None,
        row.received_on,
        calendar,
        settings.policy(),
        settings.clock.filing_working_days,
        summons.on if summons else None,
    ):
        settled = heard if own.clock == "hearing" else [stage for stage in stages if stage.stage == own.met_by]
        met = min((stage.on for stage in settled), default=None)
        # Once it is decided, an answer that was never given cannot be given any more.
        over = met is not None or row.voided_at is not None or (row.result is not None and own.clock != "filing")
        light = None if over else light_of_date(own.due, today, calendar)
        in_time = None if met is None else met <= own.due.value or own.clock == "hearing"
        yield DueDate(own, met, in_time, light)


def _others(row: Review, stages: Sequence[ReviewStage], calendar: Calendar) -> Iterable[OthersDate]:
    accepted = next((stage.on for stage in stages if stage.stage == "accepted"), row.received_on)
    procedure = Procedure(row.procedure) if row.procedure else None
    return others_dates(ReviewKind(row.kind), procedure, accepted, row.decided_on, calendar)


@dataclass(frozen=True, slots=True)
class Table4:
    """Table 4 of a year with what stands out in it."""

    year: int
    cells: Mapping[ReviewKind, Mapping[ReviewResult, int]]
    warnings: tuple[str, ...]


def annual_table4(desk: Desk, actor: Actor | None, year: int) -> Table4:
    """Table 4 of the annual report; `actor` None is the server's own command line. Raises NotPermitted."""
    if actor is not None:
        require(actor, Permission.REPORTS_ANNUAL_READ)
    with desk.reading() as session:
        agency_id = office_agency(session, desk).id if actor is None else actor.agency_id
        rows = session.execute(
            select(Review, Letter)
            .join(Letter, Letter.id == Review.letter_id, isouter=True)
            .where(Review.agency_id == agency_id, Review.voided_at.is_(None))
        ).all()
        facts = [
            ReviewFact(
                ReviewKind(review.kind),
                review.received_on,
                ReviewResult(review.result) if review.result else None,
                review.decided_on,
                _first(letter),
            )
            for review, letter in rows
        ]
    return Table4(year, table4(facts, year), tuple(table4_warnings(facts, year)))

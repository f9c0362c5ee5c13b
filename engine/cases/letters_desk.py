"""Letters after they have been issued: the receipt, the stored file, voiding, and the register of document numbers."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, open_to
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.issuing import issue, letter_entry
from engine.cases.letter_files import FileState, file_states
from engine.cases.page import Page
from engine.cases.permissions import Permission, require
from engine.cases.steps import open_turn
from engine.process.case_type import REPLY
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Account, Case, CaseItem, Letter, NumberSeries, ReceiptPrint
from engine.store.unit_of_work import append

RECEIPT = "L-02"
RECEIPT_PRINTERS = frozenset({"intake", "handler", "disclosure_head"})
_SIZE = 50


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A line of the register of document numbers (文号登记簿); a voided number keeps its line and its reason.

    `served`: the file that goes out: `stamped`, else `pdf`, else `docx`. `replaces`: the number of the letter that
    this one corrects or stands in for.
    """

    letter_id: int
    number: str
    dated_on: date
    name: str
    addressee: str
    case_id: int
    case_number: str
    subject: str
    issued_by: str
    issued_at: datetime
    voided_at: datetime | None
    void_reason: str | None
    served: str
    replaces: str


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What the register is narrowed to; empty parts do not narrow."""

    series: str = ""
    year: int | None = None
    text: str = ""
    only_void: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """One page of the register; `used` numbers have been taken in the chosen series and year, `void` of them voided."""

    page: Page[RegisterLine]
    years: tuple[int, ...]
    used: int
    void: int


def issue_receipt(desk: Desk, actor: Actor, case_id: int) -> int:
    """The receipt of a request (接收回执) to print, made now or as it was made before; returns the letter's id.

    When and by whom it was printed is kept.

    It tells the receipt date and the reply date, so it waits until the request has been received in the sense of
    Art. 31. Raises Refusal before that.
    """
    actor.needs(*RECEIPT_PRINTERS)

    def work(session: Session) -> int:
        case = find_case(session, actor, case_id)
        turn = open_turn(desk, session, case, actor.author)
        if turn.definition.case_type.clock != REPLY:
            raise Refusal("这类事项不是政府信息公开申请，不出具接收回执。")
        clock = turn.ledger.clock()
        if clock.receipt is None:
            raise Refusal("尚未与申请人确认，收到申请之日还没有确定，不能出具接收回执。请先办理“与申请人确认”。")
        if clock.reply_due is None:
            raise Refusal("答复期限目前没有在计算，不能出具接收回执。")
        issued = session.scalar(
            select(Letter)
            .where(Letter.case_id == case.id, Letter.code == RECEIPT, Letter.voided_at.is_(None))
            .order_by(Letter.id.desc())
            .limit(1)
        )
        due = clock.reply_due
        # A date that was provisional and is firm now is told anew, even if it has not moved.
        now_told = {"date": due.value.isoformat(), "provisional": not due.firm}
        if issued is None or issued.fields.get("reply_due") != now_told:
            issued = issue(turn, letter_entry(turn, RECEIPT))
        append(
            session,
            ReceiptPrint,
            agency_id=case.agency_id,
            case_id=case.id,
            letter_id=issued.id,
            printed_at=turn.at,
            printed_by=actor.id,
        )
        return issued.id

    return desk.write(work)


def read_letter(desk: Desk, actor: Actor, letter_id: int) -> tuple[Letter, bytes]:
    """An issued letter and its file, byte for byte as it was issued. Raises NotFound."""
    with desk.reading() as session:
        letter = _letter(session, actor, letter_id)
        try:
            return letter, FileStore(desk.files).read(letter.docx_sha256)
        except (FileNotFoundError, ValueError) as error:
            raise NotFound(
                said("文书《%(name)s》的存储文件缺失或被改动，请联系系统管理员核查备份。", name=letter.name)
            ) from error


def find_letter(desk: Desk, actor: Actor, letter_id: int) -> tuple[Letter, Case]:
    """A letter and its case. Raises NotFound."""
    with desk.reading() as session:
        letter = _letter(session, actor, letter_id)
        return letter, find_case(session, actor, letter.case_id)


def void_letter(desk: Desk, actor: Actor, letter_id: int, reason: str, *, reissue: bool) -> int | None:
    """Void a letter; its row, number, file and the reason stay. With `reissue` a new one takes its place.

    Returns the new letter's id. Raises Refusal without a reason, for a voided letter and for a reply already served:
    what an applicant holds is changed by a new decision, not by a stroke in the register.
    """
    require(actor, Permission.LETTERS_LETTER_VOID)
    if not reason.strip():
        raise Refusal("请填写作废原因。")

    def work(session: Session) -> int | None:
        letter = _letter(session, actor, letter_id)
        case = find_case(session, actor, letter.case_id)
        if letter.voided_at is not None:
            raise Refusal(said("《%(name)s》已经作废，不能再次作废。", name=letter.name))
        if letter.decision is not None and case.replied_on is not None:
            raise Refusal(
                said(
                    "《%(name)s》已于 %(replied_on)s 送出，不能作废；需要改正的，应当另行作出处理。",
                    name=letter.name,
                    replied_on=case.replied_on,
                )
            )
        turn = open_turn(desk, session, case, actor.author)
        letter.voided_at, letter.voided_by, letter.void_reason = turn.at, actor.id, reason.strip()[:500]
        turn.record(
            "letter_void", data={"letter": letter.id, "code": letter.code, "number": letter.number, "reason": reason}
        )
        if not reissue:
            return None
        item = session.get(CaseItem, letter.item_id) if letter.item_id else None
        if letter.decision is not None and letter.series == "reply":
            # The reply that goes out is the new one, and the ledger says so.
            turn.ledger.append("reply_dated", turn.today, {}, turn.at, actor.id)
        return issue(turn, letter_entry(turn, letter.code), item, letter).id

    return desk.write(work)


def letters_register(desk: Desk, actor: Actor, wanted: RegisterFilter, number: int = 1) -> Register:
    """One page of the numbered letters of the office, newest number first."""
    require(actor, Permission.LETTERS_REGISTER_READ)
    with desk.reading() as session:
        numbered = (Letter.agency_id == actor.agency_id, Letter.series.is_not(None), open_to(Letter.case_id, actor))
        query = (
            select(Letter, Case, Account.name)
            .join(Case, Case.id == Letter.case_id)
            .join(Account, Account.id == Letter.issued_by)
            .where(*numbered)
        )
        if wanted.series:
            query = query.where(Letter.series == wanted.series)
        if wanted.year:
            query = query.where(Letter.year == wanted.year)
        if wanted.text.strip():
            text = wanted.text.strip()
            query = query.where(
                or_(
                    *(
                        column.contains(text, autoescape=True)
                        for column in (Letter.number, Letter.addressee, Case.number)
                    )
                )
            )
        void = session.scalar(select(func.count()).select_from(query.where(Letter.voided_at.is_not(None)).subquery()))
        if wanted.only_void:
            query = query.where(Letter.voided_at.is_not(None))
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        number = min(max(number, 1), max(1, -(-total // _SIZE)))
        order = (Letter.year.desc(), Letter.series, Letter.serial.desc())
        rows = session.execute(query.order_by(*order).offset((number - 1) * _SIZE).limit(_SIZE)).all()
        states = file_states(session, [letter.id for letter, _case, _name in rows])
        replaced = [letter.replaces_id for letter, _case, _name in rows if letter.replaces_id]
        numbers = dict(session.execute(select(Letter.id, Letter.number).where(Letter.id.in_(replaced))).all())
        years = session.scalars(select(Letter.year).where(*numbered).distinct().order_by(Letter.year.desc()))
        return Register(
            Page(tuple(_line(*row, states, numbers) for row in rows), total, number, _SIZE),
            tuple(year for year in years if year is not None),
            _used(session, actor, wanted),
            void or 0,
        )


def _used(session: Session, actor: Actor, wanted: RegisterFilter) -> int:
    query = select(func.coalesce(func.sum(NumberSeries.last), 0)).where(
        NumberSeries.agency_id == actor.agency_id,
        NumberSeries.series.in_([wanted.series] if wanted.series else ["reply", "notice"]),
    )
    if wanted.year:
        query = query.where(NumberSeries.year == wanted.year)
    return session.scalar(query) or 0


def _letter(session: Session, actor: Actor, letter_id: int) -> Letter:
    letter = session.get(Letter, letter_id)
    if letter is None:
        raise NotFound("没有找到这份文书，或者您无权查看。")
    find_case(session, actor, letter.case_id)
    return letter


def _line(
    letter: Letter, case: Case, issued_by: str, states: dict[int, FileState], numbers: dict[int, str | None]
) -> RegisterLine:
    return RegisterLine(
        letter_id=letter.id,
        number=letter.number or "",
        dated_on=letter.dated_on,
        name=letter.name,
        addressee=letter.addressee,
        case_id=case.id,
        case_number=case.number,
        subject=case.subject,
        issued_by=issued_by,
        issued_at=letter.issued_at,
        voided_at=letter.voided_at,
        void_reason=letter.void_reason,
        served=states[letter.id].served,
        replaces=numbers.get(letter.replaces_id or 0) or "",
    )

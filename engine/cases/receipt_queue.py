"""Receipts (接收回执) that wait to be printed: after a pile of letters has been registered, all of them in one go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from engine.cases.access import open_to, visible
from engine.cases.definitions import reply_types
from engine.cases.desk import Actor, Desk
from engine.cases.errors import Refusal
from engine.cases.letter_files import pdf_possible
from engine.cases.letters_desk import RECEIPT, RECEIPT_PRINTERS, find_letter, issue_receipt, read_letter
from engine.cases.permissions import Permission, permits
from engine.cases.print_batches import ask_batch
from engine.store.tables import Account, Case, Letter, ReceiptPrint

# Requests received longer ago have had their receipt by other means, or need none any more.
_DAYS = 60
MOST = 100
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request whose receipt has not been printed."""

    case_id: int
    number: str
    applicant: str
    subject: str
    channel: str | None
    received_on: date | None


@dataclass(frozen=True, slots=True)
class Printed:
    """A receipt that was printed, when and by whom."""

    case_id: int
    letter_id: int
    number: str
    applicant: str
    printed_at: datetime
    printed_by: str


@dataclass(frozen=True, slots=True)
class ReceiptQueue:
    """What waits (with `chosen`: the requests chosen in a list, printed before or not) and what was printed last."""

    waiting: tuple[Waiting, ...]
    printed: tuple[Printed, ...]
    more: bool
    pdf: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What printing came to: the letters in order, the numbers that got none with the reason, and the PDF's batch."""

    letter_ids: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]
    batch_id: int | None


def receipt_queue(desk: Desk, actor: Actor, chosen: Collection[int] = ()) -> ReceiptQueue:
    """The receipts that wait, oldest first, or those of the chosen cases; and the last that were printed."""
    actor.needs(*RECEIPT_PRINTERS)
    with desk.reading() as session:
        query = visible(select(Case), actor).where(Case.received_on.is_not(None))
        if chosen:
            query = query.where(Case.id.in_(list(chosen))).order_by(Case.id)
        else:
            query = query.where(*_waits(desk, session)).order_by(Case.received_on, Case.id)
        cases = session.scalars(query.limit(MOST + 1)).all()
        waiting = tuple(
            Waiting(one.id, one.number, one.applicant_name or "", one.subject, one.channel, one.received_on)
            for one in cases[:MOST]
        )
        return ReceiptQueue(waiting, _printed(session, desk, actor), len(cases) > MOST, pdf_possible(desk))


def _waits(desk: Desk, session: Session) -> tuple[ColumnElement[bool], ...]:
    given = exists().where(Letter.case_id == Case.id, Letter.code == RECEIPT, Letter.voided_at.is_(None))
    return (
        Case.received_on >= desk.today() - timedelta(days=_DAYS),
        Case.case_type.in_(reply_types(desk, session)),
        Case.applicant_name.is_not(None),
        Case.closed_at.is_(None),
        Case.replied_on.is_(None),
        Case.clock_status != "waiting",
        ~given,
        ~exists().where(ReceiptPrint.case_id == Case.id),
    )


def _printed(session: Session, desk: Desk, actor: Actor) -> tuple[Printed, ...]:
    rows = session.execute(
        select(ReceiptPrint, Case.number, Case.applicant_name, Account.name)
        .join(Case, Case.id == ReceiptPrint.case_id)
        .join(Account, Account.id == ReceiptPrint.printed_by)
        .where(ReceiptPrint.agency_id == actor.agency_id, open_to(ReceiptPrint.case_id, actor))
        .order_by(ReceiptPrint.id.desc())
        .limit(_SHOWN)
    )
    return tuple(
        Printed(row.case_id, row.letter_id, number, applicant or "", desk.local(row.printed_at), name)
        for row, number, applicant, name in rows
    )


def print_receipts(desk: Desk, actor: Actor, case_ids: Sequence[int], *, as_pdf: bool) -> Done:
    """Make the receipt of each case, or take the one made before, and note that it was printed.

    Each case by itself: one that cannot have a receipt yet says why. With `as_pdf` the letters become one PDF, put
    together by the scheduler. Raises Refusal when nothing was chosen or nothing could be printed.
    """
    actor.needs(*RECEIPT_PRINTERS)
    ids = list(dict.fromkeys(case_ids))[:MOST]
    if not ids:
        raise Refusal("请先勾选要打印回执的申请。")
    with desk.reading() as session:
        seen = session.scalars(visible(select(Case).where(Case.id.in_(ids)), actor))
        numbers = {case.id: case.number for case in seen}
    letters, refused = [], []
    for case_id in ids:
        try:
            letters.append(issue_receipt(desk, actor, case_id))
        except Refusal as refusal:
            refused.append((numbers.get(case_id, ""), str(refusal)))
    batch = None
    if letters and as_pdf and pdf_possible(desk) and permits(actor, Permission.LETTERS_FILE_MAKE):
        batch = ask_batch(desk, actor, letters)
    return Done(tuple(letters), tuple(refused), batch)


def receipts(desk: Desk, actor: Actor, letter_ids: Sequence[int]) -> tuple[tuple[str, bytes], ...]:
    """Receipts in the order given, as (case number, .docx), to print from a page. Raises NotFound."""
    actor.needs(*RECEIPT_PRINTERS)
    found = []
    for letter_id in list(dict.fromkeys(letter_ids))[:MOST]:
        letter, case = find_letter(desk, actor, letter_id)
        if letter.code == RECEIPT:
            found.append((case.number, read_letter(desk, actor, letter_id)[1]))
    return tuple(found)

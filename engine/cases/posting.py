"""What goes out: letters to choose from for printing, sealing and posting, and the list for the post office."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, open_to
from engine.cases.audit import record_case_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import Refusal
from engine.cases.letter_files import FileState, file_states, readable
from engine.cases.permissions import Permission, require
from engine.cases.register_export import safe_text
from engine.cases.sealing import seal_port, seal_requests
from engine.statute.said import said
from engine.store.tables import Case, CaseItem, Letter, Party

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_SHOWN = 200
_MOST = 200
_WIDTHS = (6, 20, 44, 10, 16, 44, 22, 14, 18)
_HEADS = ("序号", "收件人", "地址", "邮编", "电话", "内件", "邮件号", "重量（克）", "备注")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter that may go out. `sealing`: where it stands with the seal: empty, `sent`, or a fault's sentence."""

    letter_id: int
    case_id: int
    case_number: str
    name: str
    number: str
    addressee: str
    dated_on: date
    files: FileState
    sealing: str


def outgoing(desk: Desk, actor: Actor, *, case_id: int | None = None) -> tuple[Outgoing, ...]:
    """The newest valid letters of the office, or those of one case that the actor may see, newest first."""
    if case_id is None:
        require(actor, Permission.LETTERS_FILE_MAKE)
    with desk.reading() as session:
        if case_id is not None:
            find_case(session, actor, case_id)
        query = (
            select(Letter, Case.number)
            .join(Case, Case.id == Letter.case_id)
            .where(Letter.agency_id == actor.agency_id, Letter.voided_at.is_(None), open_to(Letter.case_id, actor))
            .order_by(Letter.id.desc())
            .limit(_SHOWN)
        )
        rows = session.execute(query if case_id is None else query.where(Letter.case_id == case_id)).all()
        ids = [letter.id for letter, _number in rows]
        states, seals = file_states(session, ids), seal_requests(session, ids)
        lines = []
        for letter, number in rows:
            seal = seals.get(letter.id)
            waiting = seal is not None and seal.returned_at is None
            lines.append(
                Outgoing(
                    letter_id=letter.id,
                    case_id=letter.case_id,
                    case_number=number,
                    name=letter.name,
                    number=letter.number or "",
                    addressee=letter.addressee,
                    dated_on=letter.dated_on,
                    files=states[letter.id],
                    sealing=(seal.fault or "sent") if seal is not None and waiting else "",
                )
            )
        return tuple(lines)


def sealing_possible(desk: Desk) -> bool:
    """Whether a sealing platform is configured."""
    return seal_port(desk) is not None


def posting_list(desk: Desk, actor: Actor, letter_ids: Sequence[int]) -> bytes:
    """The list of letters handed over to the post office (交寄清单) as a spreadsheet, in the order given.

    It shows addresses, so making it needs the permission to reveal them and is recorded with every case concerned.
    Raises Refusal naming a letter without an address, NotFound.
    """
    require(actor, Permission.CASES_PERSONAL_REVEAL)
    chosen = list(dict.fromkeys(letter_ids))
    if not chosen or len(chosen) > _MOST:
        raise Refusal(said("请勾选 1 至 %(most)s 份要交寄的文书。", most=_MOST))
    return desk.write(lambda session: _list(session, desk, actor, chosen))


def _list(session: Session, desk: Desk, actor: Actor, chosen: list[int]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has one sheet"
    sheet.title = "交寄清单"
    office = desk.settings.office
    sheet.append([f"交寄清单　{office.organ}　{desk.today()}　共 {len(chosen)} 件"])
    sheet.append(list(_HEADS))
    for place, letter_id in enumerate(chosen, start=1):
        letter = readable(session, actor, letter_id)
        case = session.get_one(Case, letter.case_id)
        name, address, postcode, phone = _recipient(session, letter)
        if not address:
            raise Refusal(
                said(
                    "《%(name)s》%(value)s的收件人没有登记地址，请先补充地址或者去掉这一件。",
                    name=letter.name,
                    value=letter.number or "",
                )
            )
        inside = f"{letter.name}（{letter.number}）" if letter.number else letter.name
        texts = (name, address, postcode, phone, inside)
        sheet.append([place, *(safe_text(text) for text in texts), "", "", ""])
        data = {"code": "posting_list", "name": "交寄清单", "letter": letter.id}
        record_case_event(session, case, actor.author, desk.now(), "paper", data=data)
    sheet.append([])
    sheet.append(["交寄人：", "", "", "", "", "", "邮政企业收寄人（日戳）："])
    _style(sheet)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _recipient(session: Session, letter: Letter) -> tuple[str, str, str, str]:
    """Name, address, postcode and telephone of whom the letter is for."""
    item = session.get(CaseItem, letter.item_id) if letter.item_id else None
    if item is not None and "addressee" not in letter.fields:
        address, postcode, contact = (str(item.data.get(key) or "") for key in ("address", "postcode", "contact"))
        return letter.addressee, address, postcode, contact
    party = session.scalar(select(Party).where(Party.case_id == letter.case_id, Party.part == "applicant"))
    if party is None:
        return letter.addressee, "", "", ""
    return letter.addressee or party.name, party.address or "", party.postcode or "", party.phone or ""


def _style(sheet: "Worksheet") -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.properties import PageSetupProperties

    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "2:2"

"""The register of document numbers (文号登记簿) as a spreadsheet."""

import io
from typing import Any

from engine.cases.desk import Actor, Desk
from engine.cases.letters_desk import RegisterFilter, RegisterLine, letters_register
from engine.cases.permissions import Permission, require

_HEADS = (
    ("文号", 22), ("日期", 12), ("文书", 36), ("收件人", 24), ("登记编号", 14), ("申请内容", 48), ("出具人", 12),
    ("出具时间", 18), ("送达所用文件", 14), ("作废时间", 18), ("作废原因", 30),
)  # fmt: skip
# A cell that begins so would be taken for a formula by the programs that people open the file with.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST = 20_000


def safe_text(value: str) -> str:
    """Text for a cell that no spreadsheet program takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def register_xlsx(desk: Desk, actor: Actor, wanted: RegisterFilter) -> bytes:
    """Every line that the filter finds, newest number first, at most 20 000."""
    from openpyxl import Workbook

    require(actor, Permission.CASES_EXPORT_MAKE)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("文号登记簿")
    for place, (_title, width) in enumerate(_HEADS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, title) for title, _width in _HEADS])
    number, written = 1, 0
    while written < _MOST:
        page = letters_register(desk, actor, wanted, number).page
        for line in page.rows:
            sheet.append(_row(desk, line))
            written += 1
        if number >= page.last:
            break
        number += 1
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _head(sheet: Any, title: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    # Any: the stubs of the library do not know write-only sheets and their cells.
    cell = WriteOnlyCell(sheet, value=title)
    cell.font = Font(bold=True)
    return cell


def _row(desk: Desk, line: RegisterLine) -> list[object]:
    texts = (line.number, line.name, line.addressee, line.case_number, line.subject, line.issued_by)
    number, name, addressee, case_number, subject, issued_by = (safe_text(text) for text in texts)
    return [
        number,
        line.dated_on,
        name,
        addressee,
        case_number,
        subject,
        issued_by,
        desk.local(line.issued_at).replace(tzinfo=None),
        {"stamped": "盖章件", "pdf": "PDF"}.get(line.served, "docx"),
        desk.local(line.voided_at).replace(tzinfo=None) if line.voided_at else None,
        safe_text(line.void_reason or ""),
    ]

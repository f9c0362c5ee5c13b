"""Severance (区分处理, Art. 37) of a document of a case: mark, black out, prove, keep the record.

Marks are gathered on the original, which is restricted from then on; finishing makes a copy without text, a record of
what was withheld where and on which ground, and rows that the draft of a partial disclosure opens with.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.audit import record_case_event
from engine.cases.desk import Actor, Desk
from engine.cases.documents import read_document
from engine.cases.errors import NotFound, Refusal
from engine.cases.permissions import Permission, require
from engine.statute.decisions import DECISIONS, REFUSALS_RECONSIDERED_FIRST
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Account, Case, Document, FormRecord, Severance
from letters import render
from letters.catalog import load
from letters.fields import collect
from letters.pdf_text import Box, UnreadablePdf, page_count
from letters.redaction import PAGE_LIMIT, RedactionFault, burn, clipped, find_words, has_text, leftovers, page_picture

RECORD = "F-07"
SEVERED = "severed"
GROUNDS = REFUSALS_RECONSIDERED_FIRST
_MARKS = 2000
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Mark:
    """An area to black out, in fractions of its page, with what stands there, the ground (R1 … R7) and the reason."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    what: str
    ground: str
    why: str

    @property
    def told(self) -> tuple[str, str, str]:
        """What it says: content, ground, reason."""
        return self.what, self.ground, self.why

    @property
    def box(self) -> Box:
        """The area alone."""
        return Box(self.page, self.left, self.top, self.right, self.bottom)


@dataclass(frozen=True, slots=True)
class SeveranceView:
    """A severance as its page shows it. `searchable`: the original has text, so that words can be searched."""

    id: int
    case: Case
    document: Document
    pages: int
    marks: tuple[Mark, ...]
    searchable: bool
    opened_by: str
    finished_at: datetime | None
    result: Document | None
    record: Document | None


def open_severance(desk: Desk, actor: Actor, document_id: int) -> int:
    """Begin severing a PDF of a case, or go on with one that is open; returns its id. The original becomes restricted.

    Raises NotFound, and Refusal for what is no readable PDF or too long.
    """
    require(actor, Permission.CASES_SEVERANCE_MAKE)
    document, content = read_document(desk, actor, document_id)
    if document.media_type != "application/pdf":
        raise Refusal(
            said(
                "“%(filename)s”不是 PDF。请先另存为 PDF，或者扫描成 PDF，上传后再作区分处理。",
                filename=document.filename,
            )
        )
    if document.kind == SEVERED:
        raise Refusal("这已经是区分处理后的文件；需要重做的，请从原件开始。")
    pages = _readable(page_count, content)
    if pages > PAGE_LIMIT:
        raise Refusal(
            said(
                "“%(filename)s”有 %(pages)s 页，超过 %(page_limit)s 页的上限，请拆分后处理。",
                filename=document.filename,
                pages=pages,
                page_limit=PAGE_LIMIT,
            )
        )

    def work(session: Session) -> int:
        case = find_case(session, actor, document.case_id)
        if case.archived_at is not None:
            raise Refusal("该件已归档，不能再作区分处理。")
        unfinished = select(Severance).where(Severance.document_id == document_id, Severance.finished_at.is_(None))
        going_on = session.scalar(unfinished.order_by(Severance.id).limit(1))
        if going_on is not None:
            return going_on.id
        row = Severance(
            case_id=case.id, document_id=document_id, pages=pages, marks=[], opened_at=desk.now(), opened_by=actor.id
        )
        session.add(row)
        session.get_one(Document, document_id).restricted = True
        session.flush()
        data = {"severance": row.id, "document": document_id, "filename": document.filename}
        record_case_event(session, case, actor.author, desk.now(), "severance_opened", data=data)
        return row.id

    return desk.write(work)


def severance(desk: Desk, actor: Actor, severance_id: int) -> SeveranceView:
    """A severance of a case that the actor may see. Raises NotFound, NotPermitted."""
    require(actor, Permission.CASES_SEVERANCE_MAKE)
    with desk.reading() as session:
        row, case = _found(session, actor, severance_id)
        document = session.get_one(Document, row.document_id)
        return SeveranceView(
            id=row.id,
            case=case,
            document=document,
            pages=row.pages,
            marks=_marks(row),
            searchable=_readable(has_text, FileStore(desk.files).read(document.sha256)),
            opened_by=session.scalar(select(Account.name).where(Account.id == row.opened_by)) or "",
            finished_at=desk.local(row.finished_at) if row.finished_at else None,
            result=session.get(Document, row.result_id) if row.result_id else None,
            record=session.get(Document, row.record_id) if row.record_id else None,
        )


def severance_picture(desk: Desk, actor: Actor, severance_id: int, page: int) -> bytes:
    """A page of the original as PNG, with the marks shown on it. Raises NotFound."""
    require(actor, Permission.CASES_SEVERANCE_MAKE)
    with desk.reading() as session:
        row, _case = _found(session, actor, severance_id)
        content = FileStore(desk.files).read(session.get_one(Document, row.document_id).sha256)
        boxes = [mark.box for mark in _marks(row)]
    try:
        return page_picture(content, page, boxes)
    except (RedactionFault, UnreadablePdf) as error:
        raise NotFound(f"{error}。") from error


def add_mark(desk: Desk, actor: Actor, severance_id: int, mark: Mark) -> None:
    """Add one area. Raises Refusal for an area off the page or without what, ground and reason."""
    _add(desk, actor, severance_id, [_checked(mark)])


def add_found(desk: Desk, actor: Actor, severance_id: int, words: str, told: Mark) -> int:
    """Mark every place where the words stand; what, ground and reason are those of `told`. Returns how many areas.

    Raises Refusal when they stand nowhere.
    """
    if len(words.strip()) < 2:
        raise Refusal("请输入至少两个字的词。")
    view = severance(desk, actor, severance_id)
    if not view.searchable:
        raise Refusal("这份文件是扫描件，没有可以检索的文字，请在页面上划定遮盖区域。")
    content = FileStore(desk.files).read(view.document.sha256)
    boxes = _readable(lambda data: find_words(data, words.strip()), content)
    marks = [_checked(Mark(*_place(box), told.what, told.ground, told.why)) for box in boxes]
    if not marks:
        raise Refusal(said("没有找到“%(words)s”。请核对文字，或者在页面上划定遮盖区域。", words=words.strip()))
    _add(desk, actor, severance_id, marks)
    return len(marks)


def _place(box: Box) -> tuple[int, float, float, float, float]:
    return box.page, box.left, box.top, box.right, box.bottom


def remove_marks(desk: Desk, actor: Actor, severance_id: int, places: Sequence[int], like: Sequence[int] = ()) -> None:
    """Take marks away, by their places in the list, counted from 0; of those in `like` all others that say the same."""

    def work(session: Session) -> None:
        row = _open_row(session, actor, severance_id)
        gone, known = set(places), _marks(row)
        alike = {known[place].told for place in like if 0 <= place < len(known)}
        row.marks = [raw for place, raw in enumerate(row.marks) if place not in gone and known[place].told not in alike]

    require(actor, Permission.CASES_SEVERANCE_MAKE)
    desk.write(work)


def finish_severance(desk: Desk, actor: Actor, severance_id: int) -> int:
    """Black out the marks, read the result again to prove it, and file copy and record; returns the copy's document id.

    Raises Refusal, and files nothing, without marks or when the proof fails.
    """
    view = severance(desk, actor, severance_id)
    if view.finished_at is not None:
        raise Refusal("这次区分处理已经完成。需要重做的，请从原件重新开始。")
    if not view.marks:
        raise Refusal("还没有划定遮盖区域。")
    boxes = [mark.box for mark in view.marks]
    original = FileStore(desk.files).read(view.document.sha256)
    copy = _readable(lambda data: burn(data, boxes), original)
    faults = _readable(lambda data: leftovers(data, boxes, view.pages), copy)
    if faults:
        raise Refusal(said("核验没有通过，没有保存：%(names)s。请报告系统管理员。", names="；".join(faults)))
    return desk.write(lambda session: _file(session, desk, actor, view, copy))


def _file(session: Session, desk: Desk, actor: Actor, view: SeveranceView, copy: bytes) -> int:
    row = _open_row(session, actor, view.id)
    if _marks(row) != view.marks:
        raise Refusal("遮盖区域刚刚被改动，请重新打开本页核对后再完成。")
    files, case = FileStore(desk.files), session.get_one(Case, row.case_id)
    stem = view.document.filename.removesuffix(".pdf")
    result = _document(case, SEVERED, f"{stem[:100]}（区分处理）.pdf", "application/pdf", files.keep(copy), len(copy))
    record = _record(desk, actor, view, result)
    filed = _document(
        case, "redaction_record", f"区分处理记录-{stem[:90]}.docx", _DOCX, files.keep(record), len(record)
    )
    for document in (result, filed):
        document.uploaded_at, document.uploaded_by = desk.now(), actor.id
        session.add(document)
    session.flush()
    row.finished_at, row.finished_by = desk.now(), actor.id
    row.result_id, row.record_id = result.id, filed.id
    session.add(
        FormRecord(
            case_id=case.id,
            element="severance",
            form="severance",
            answers={"severance": _earlier_rows(session, case, view) + _rows_of_draft(view)},
            filled_at=desk.now(),
            filled_by=actor.id,
        )
    )
    data = {
        "severance": row.id,
        "document": result.id,
        "sha256": result.sha256,
        "of": view.document.sha256,
        "marks": len(view.marks),
    }
    record_case_event(session, case, actor.author, desk.now(), "severance_finished", data=data)
    return result.id


def _document(case: Case, kind: str, filename: str, media_type: str, sha256: str, size: int) -> Document:
    return Document(case_id=case.id, kind=kind, filename=filename, media_type=media_type, sha256=sha256, size=size)


def _record(desk: Desk, actor: Actor, view: SeveranceView, result: Document) -> bytes:
    """The severance record as .docx."""
    sources = {
        "office.organ": desk.settings.office.organ,
        "case.number": view.case.number,
        "severed.name": view.document.filename,
        "severed.pages": view.pages,
        "severed.result": result.filename,
        "severed.by": actor.name,
        "severed.on": desk.today(),
        "severed.from_hash": view.document.sha256,
        "severed.hash": result.sha256,
        "severed.rows": [
            {"page": str(page), "what": what, "ground": ground_title(ground), "why": why, "count": count}
            for (page, what, ground, why), count in _grouped(view.marks).items()
        ],
    }
    return render.render(RECORD, collect(load()[RECORD], sources), load())


def ground_title(code: str) -> str:
    """A ground in words, with its article."""
    row = DECISIONS[code]
    return f"{row.basis}（{row.title.removeprefix('不予公开：')}）"


def _grouped(marks: Sequence[Mark]) -> dict[tuple[int, str, str, str], int]:
    """Marks of one page that say the same, counted, in the order of the pages."""
    found: dict[tuple[int, str, str, str], int] = {}
    for mark in sorted(marks, key=lambda one: (one.page, one.top)):
        key = (mark.page, mark.what, mark.ground, mark.why)
        found[key] = found.get(key, 0) + 1
    return found


def _rows_of_draft(view: SeveranceView) -> list[dict[str, str]]:
    """The rows that the draft of a partial disclosure opens with: file and pages, reason, manner."""
    pages: dict[tuple[str, str, str], list[int]] = {}
    for page, what, ground, why in _grouped(view.marks):
        pages.setdefault((what, ground, why), []).append(page)
    return [
        {
            "part": f"《{view.document.filename.removesuffix('.pdf')[:80]}》第{'、'.join(map(str, found))}页：{what}"[
                :200
            ],
            "why": f"{ground_title(ground)}：{why}"[:200],
            "how": "遮盖（页面图像，不含文字）",
        }
        for (what, ground, why), found in pages.items()
    ]


def _earlier_rows(session: Session, case: Case, view: SeveranceView) -> list[dict[str, str]]:
    """Rows of other documents severed before; those of an earlier try at this document are replaced."""
    last = session.scalar(
        select(FormRecord.answers)
        .where(FormRecord.case_id == case.id, FormRecord.form == "severance")
        .order_by(FormRecord.id.desc())
        .limit(1)
    )
    own = f"《{view.document.filename.removesuffix('.pdf')[:80]}》"
    return [row for row in (last or {}).get("severance", []) if not row["part"].startswith(own)]


def _checked(mark: Mark) -> Mark:
    what, why = " ".join(mark.what.split())[:100], " ".join(mark.why.split())[:150]
    if mark.ground not in GROUNDS:
        raise Refusal("请选择不予公开的依据。")
    if not what or not why:
        raise Refusal("请写明遮盖的是什么内容和不予公开的理由。")
    try:
        box = clipped(mark.box)
    except RedactionFault as error:
        raise Refusal(f"{error}。") from error
    return Mark(*_place(box), what, mark.ground, why)


def _add(desk: Desk, actor: Actor, severance_id: int, marks: Sequence[Mark]) -> None:
    require(actor, Permission.CASES_SEVERANCE_MAKE)

    def work(session: Session) -> None:
        row = _open_row(session, actor, severance_id)
        if any(not 1 <= mark.page <= row.pages for mark in marks):
            raise Refusal(said("页码不对，这份文件共 %(pages)s 页。", pages=row.pages))
        known = list(row.marks)
        new = [raw for mark in marks if (raw := _raw(mark)) not in known]
        if len(known) + len(new) > _MARKS:
            raise Refusal(said("一份文件最多划定 %(marks)s 处；需要遮盖这么多的，应当考虑整页不予公开。", marks=_MARKS))
        row.marks = [*known, *new]

    desk.write(work)


def _raw(mark: Mark) -> dict[str, Any]:
    return {key: round(value, 5) if isinstance(value, float) else value for key, value in asdict(mark).items()}


def _marks(row: Severance) -> tuple[Mark, ...]:
    return tuple(Mark(**raw) for raw in row.marks)


def _found(session: Session, actor: Actor, severance_id: int) -> tuple[Severance, Case]:
    row = session.get(Severance, severance_id)
    if row is None:
        raise NotFound("没有找到这次区分处理，或者您无权查看。")
    return row, find_case(session, actor, row.case_id)


def _open_row(session: Session, actor: Actor, severance_id: int) -> Severance:
    row, case = _found(session, actor, severance_id)
    if row.finished_at is not None:
        raise Refusal("这次区分处理已经完成，不能再改动。")
    if case.archived_at is not None:
        raise Refusal("该件已归档，不能再作区分处理。")
    return row


def _readable(read: Any, content: bytes) -> Any:
    """Run a reading function of the letters floor; what it cannot read becomes a refusal."""
    try:
        return read(content)
    except (UnreadablePdf, RedactionFault) as error:
        raise Refusal(f"{error}。") from error

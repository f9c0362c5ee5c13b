"""PDF and stamped files of issued letters: each added once, with its own event, and never changed afterwards.

PDFs are made by the scheduler (`convert_letters`), because LibreOffice takes seconds; pages only ask for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.audit import SYSTEM, Author, record_case_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Case, Letter, LetterConversion, LetterFile
from letters.pdf import Converted, PdfFault, convert, find_program

NO_PROGRAM = "本机没有安装 LibreOffice，不能生成 PDF。请下载 .docx，用 Word 或者 WPS 打印。"
KINDS = {"pdf": "PDF", "stamped": "盖章件"}
_BATCH = 10
_ATTEMPTS = 3
# Longer than a conversion may take: whoever took a letter and died gives it back by itself.
_TERM = timedelta(minutes=3)

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class FileState:
    """What there is of a letter beside its .docx.

    Attributes:
        kinds: `pdf`, `stamped`.
        served: the kind that goes out: `stamped`, else `pdf`, else `docx`.
        substitutes: fonts that stood in for those of the template in the PDF.
        waiting: a PDF has been asked for and is not there yet.
        fault: why there is none.
    """

    kinds: frozenset[str] = frozenset()
    served: str = "docx"
    substitutes: str = ""
    waiting: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be added to a letter; its bytes are in the store already."""

    kind: str
    sha256: str
    size: int
    substitutes: str = ""


def file_states(session: Session, letter_ids: Sequence[int]) -> dict[int, FileState]:
    """The state of each letter."""
    files = session.scalars(select(LetterFile).where(LetterFile.letter_id.in_(letter_ids))).all()
    asked = session.scalars(select(LetterConversion).where(LetterConversion.letter_id.in_(letter_ids))).all()
    states = {}
    for letter_id in letter_ids:
        own = {one.kind: one for one in files if one.letter_id == letter_id}
        job = next((one for one in asked if one.letter_id == letter_id), None)
        open_job = job is not None and job.done_at is None
        states[letter_id] = FileState(
            kinds=frozenset(own),
            served=next((kind for kind in ("stamped", "pdf") if kind in own), "docx"),
            substitutes=(own["pdf"].substitutes or "") if "pdf" in own else "",
            waiting=open_job and job is not None and job.dead_at is None,
            fault=(job.error or "") if job is not None and job.dead_at is not None else "",
        )
    return states


def letter_states(desk: Desk, actor: Actor, case_id: int) -> dict[int, FileState]:
    """The state of every letter of a case. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        return file_states(session, list(session.scalars(select(Letter.id).where(Letter.case_id == case.id))))


def pdf_possible(desk: Desk) -> bool:
    """Whether LibreOffice is installed here."""
    return find_program(desk.settings.letters.libreoffice) is not None


def ask_pdf(desk: Desk, actor: Actor, letter_ids: Sequence[int]) -> int:
    """Have PDFs made of letters that have none; returns how many were asked for. Raises Refusal without LibreOffice."""
    require(actor, Permission.LETTERS_FILE_MAKE)
    if not pdf_possible(desk):
        raise Refusal(NO_PROGRAM)

    def work(session: Session) -> int:
        return sum(ask_in(session, desk, actor, letter_id) for letter_id in letter_ids)

    return desk.write(work)


def ask_in(session: Session, desk: Desk, actor: Actor, letter_id: int) -> int:
    """As `ask_pdf`, for one letter inside a transaction; 1 if it was asked for, 0 if it has one or waits already."""
    letter = readable(session, actor, letter_id)
    if letter.voided_at is not None or file_states(session, [letter_id])[letter_id].kinds:
        return 0
    job = session.get(LetterConversion, letter_id)
    if job is None:
        job = LetterConversion(letter_id=letter_id, asked_at=desk.now(), asked_by=actor.id, due_at=desk.now())
        session.add(job)
        return 1
    if job.done_at is None and job.dead_at is None:
        return 0
    job.asked_at, job.asked_by, job.due_at = desk.now(), actor.id, desk.now()
    job.attempts, job.error, job.done_at, job.dead_at = 0, None, None, None
    return 1


def convert_letters(desk: Desk, stop: Stop = lambda: False) -> int:
    """Make the PDFs that wait, some at a time; returns how many were made. Harmless when run twice at once."""
    with desk.reading() as session:
        if session.scalar(select(LetterConversion.letter_id).where(*_waiting(desk)).limit(1)) is None:
            return 0
    made = 0
    while not stop():
        taken = desk.write(lambda session: _take(session, desk))
        if not taken:
            return made
        made += _convert(desk, taken)
    return made


def _waiting(desk: Desk) -> tuple[ColumnElement[bool], ...]:
    return (
        LetterConversion.due_at <= desk.now(),
        LetterConversion.done_at.is_(None),
        LetterConversion.dead_at.is_(None),
    )


def _take(session: Session, desk: Desk) -> list[int]:
    due = select(LetterConversion).where(*_waiting(desk)).order_by(LetterConversion.due_at)
    taken = []
    for row in session.scalars(due.limit(_BATCH)):
        row.attempts += 1
        row.due_at = desk.now() + _TERM
        taken.append(row.letter_id)
    return taken


def _convert(desk: Desk, letter_ids: list[int]) -> int:
    documents, faults = {}, {}
    files = FileStore(desk.files)
    with desk.reading() as session:
        for letter in session.scalars(select(Letter).where(Letter.id.in_(letter_ids)).order_by(Letter.id)):
            try:
                documents[str(letter.id)] = files.read(letter.docx_sha256)
            except (FileNotFoundError, ValueError):
                faults[letter.id] = "文书的存储文件缺失或被改动"
    made = {}
    try:
        made = convert_here(desk, documents) if documents else {}
    except PdfFault as fault:
        faults.update({int(key): str(fault) for key in documents})
    for letter_id in letter_ids:
        done = made.get(str(letter_id))
        if done is None:
            _failed(desk, letter_id, faults.get(letter_id, "LibreOffice 没有给出结果"))
            continue
        file = NewFile("pdf", files.keep(done.content), len(done.content), "、".join(done.substitutes))
        desk.write(partial(add_file, desk=desk, author=SYSTEM, letter_id=letter_id, file=file))
    return len(made)


def convert_here(desk: Desk, documents: dict[str, bytes]) -> dict[str, Converted]:
    """Convert with the office's settings: its fonts lie in `fonts`, LibreOffice works in `pdf` of the data folder."""
    data, settings = Path(desk.settings.data_dir), desk.settings.letters
    return convert(
        documents,
        work=data / "pdf",
        fonts=data / "fonts",
        command=settings.libreoffice,
        seconds=settings.pdf_seconds,
    )


def add_file(session: Session, desk: Desk, author: Author, letter_id: int, file: NewFile) -> bool:
    """Add a file to a letter, once for each kind; False when there is one already, which stays."""
    letter = session.get_one(Letter, letter_id)
    job = session.get(LetterConversion, letter_id)
    if job is not None and file.kind == "pdf":
        job.done_at, job.error = job.done_at or desk.now(), None
    known = select(LetterFile.id).where(LetterFile.letter_id == letter_id, LetterFile.kind == file.kind)
    if session.scalar(known) is not None:
        return False
    row = LetterFile(
        letter_id=letter_id,
        kind=file.kind,
        sha256=file.sha256,
        size=file.size,
        substitutes=file.substitutes[:500] or None,
        added_at=desk.now(),
        added_by=author.id,
    )
    session.add(row)
    data = {"letter": letter_id, "number": letter.number, "kind": file.kind, "sha256": file.sha256}
    record_case_event(session, session.get_one(Case, letter.case_id), author, desk.now(), "letter_file", data=data)
    return True


def _failed(desk: Desk, letter_id: int, why: str) -> None:
    def work(session: Session) -> None:
        job = session.get(LetterConversion, letter_id)
        if job is None or job.done_at is not None:
            return
        job.error = why
        if job.attempts >= _ATTEMPTS:
            job.dead_at = desk.now()
        else:
            job.due_at = desk.now() + timedelta(minutes=job.attempts)

    desk.write(work)


def readable(session: Session, actor: Actor, letter_id: int) -> Letter:
    """The letter, if the actor may see its case. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None:
        raise NotFound("没有找到这份文书，或者您无权查看。")
    find_case(session, actor, letter.case_id)
    return letter


def read_letter_file(desk: Desk, actor: Actor, letter_id: int, kind: str) -> tuple[Letter, bytes]:
    """A letter and its file of that kind, byte for byte as it was added. Raises NotFound."""
    with desk.reading() as session:
        letter = readable(session, actor, letter_id)
        sha256 = session.scalar(
            select(LetterFile.sha256).where(LetterFile.letter_id == letter_id, LetterFile.kind == kind)
        )
        if sha256 is None:
            raise NotFound(said("《%(name)s》还没有%(name_2)s。", name=letter.name, name_2=KINDS.get(kind, "这种文件")))
        try:
            return letter, FileStore(desk.files).read(sha256)
        except (FileNotFoundError, ValueError) as error:
            raise NotFound(
                said("《%(name)s》的存储文件缺失或被改动，请联系系统管理员核查备份。", name=letter.name)
            ) from error

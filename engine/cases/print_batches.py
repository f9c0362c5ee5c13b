"""A chosen set of letters as one PDF, in order, behind a cover list; put together by the scheduler."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.letter_files import NO_PROGRAM, ask_in, convert_here, file_states, pdf_possible
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Account, Letter, LetterFile, PrintBatch
from letters import render
from letters.catalog import load
from letters.fields import collect
from letters.pdf import PdfFault
from letters.pdf_text import UnreadablePdf, merged, page_count

COVER = "F-06"
_MOST = 200
_ATTEMPTS = 3
_SHOWN = 20

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A print batch in the list: `ready` to download, `failed` for good, else still in the making."""

    id: int
    asked_at: datetime
    asked_by: str
    letters: int
    pages: int | None
    ready: bool
    failed: bool
    note: str


def ask_batch(desk: Desk, actor: Actor, letter_ids: Sequence[int]) -> int:
    """Have the letters printed as one PDF in this order; returns the batch's id. Raises Refusal, NotFound."""
    require(actor, Permission.LETTERS_FILE_MAKE)
    chosen = list(dict.fromkeys(letter_ids))
    if not chosen:
        raise Refusal("请先勾选要打印的文书。")
    if len(chosen) > _MOST:
        raise Refusal(said("一次最多打印 %(most)s 份文书，请分批。", most=_MOST))
    if not pdf_possible(desk):
        raise Refusal(NO_PROGRAM)

    def work(session: Session) -> int:
        for letter_id in chosen:
            ask_in(session, desk, actor, letter_id)
        batch = PrintBatch(agency_id=actor.agency_id, letter_ids=chosen, asked_at=desk.now(), asked_by=actor.id)
        session.add(batch)
        session.flush()
        return batch.id

    return desk.write(work)


def batches(desk: Desk, actor: Actor) -> tuple[BatchLine, ...]:
    """The newest batches of the office."""
    require(actor, Permission.LETTERS_FILE_MAKE)
    with desk.reading() as session:
        rows = session.execute(
            select(PrintBatch, Account.name)
            .join(Account, Account.id == PrintBatch.asked_by)
            .where(PrintBatch.agency_id == actor.agency_id)
            .order_by(PrintBatch.id.desc())
            .limit(_SHOWN)
        )
        return tuple(
            BatchLine(
                id=row.id,
                asked_at=desk.local(row.asked_at),
                asked_by=name,
                letters=len(row.letter_ids),
                pages=row.pages,
                ready=row.done_at is not None,
                failed=row.dead_at is not None,
                note=row.note or "",
            )
            for row, name in rows
        )


def read_batch(desk: Desk, actor: Actor, batch_id: int) -> tuple[PrintBatch, bytes]:
    """A finished batch and its PDF. Raises NotFound."""
    require(actor, Permission.LETTERS_FILE_MAKE)
    with desk.reading() as session:
        batch = session.get(PrintBatch, batch_id)
        if batch is None or batch.agency_id != actor.agency_id or batch.sha256 is None:
            raise NotFound("没有找到这一批打印文件，或者还没有生成好。")
        try:
            return batch, FileStore(desk.files).read(batch.sha256)
        except (FileNotFoundError, ValueError) as error:
            raise NotFound("这一批打印文件缺失或被改动，请重新生成。") from error


def build_batches(desk: Desk, stop: Stop = lambda: False) -> int:
    """Put together the batches whose letters all have their PDF (or never will); returns how many."""
    with desk.reading() as session:
        open_now = select(PrintBatch).where(PrintBatch.done_at.is_(None), PrintBatch.dead_at.is_(None))
        waiting = [batch for batch in session.scalars(open_now.order_by(PrintBatch.id)) if _settled(session, batch)]
    built = 0
    for batch in waiting:
        if stop():
            break
        built += _build(desk, batch)
    return built


def _settled(session: Session, batch: PrintBatch) -> bool:
    return not any(state.waiting for state in file_states(session, batch.letter_ids).values())


def _build(desk: Desk, batch: PrintBatch) -> int:
    try:
        content, pages, note = _whole(desk, batch)
    except (PdfFault, UnreadablePdf) as fault:
        why = str(fault)

        def failed(session: Session) -> None:
            row = session.get_one(PrintBatch, batch.id)
            row.attempts, row.note = row.attempts + 1, why
            row.dead_at = desk.now() if row.attempts >= _ATTEMPTS else None

        desk.write(failed)
        return 0
    sha256 = FileStore(desk.files).keep(content)

    def done(session: Session) -> None:
        row = session.get_one(PrintBatch, batch.id)
        row.sha256, row.pages, row.note, row.done_at = sha256, pages, note or None, desk.now()

    desk.write(done)
    return 1


def _whole(desk: Desk, batch: PrintBatch) -> tuple[bytes, int, str]:
    """The PDF of a batch, its number of pages, and a note on letters that are missing in it."""
    files = FileStore(desk.files)
    with desk.reading() as session:
        states = file_states(session, batch.letter_ids)
        chosen = [session.get_one(Letter, letter_id) for letter_id in batch.letter_ids]
        stored = {
            (letter_id, kind): sha256
            for letter_id, kind, sha256 in session.execute(
                select(LetterFile.letter_id, LetterFile.kind, LetterFile.sha256).where(
                    LetterFile.letter_id.in_(batch.letter_ids)
                )
            )
        }
    printed = [letter for letter in chosen if states[letter.id].served != "docx"]
    missing = [letter.number or letter.name for letter in chosen if states[letter.id].served == "docx"]
    if not printed:
        raise PdfFault("所选文书都没有生成 PDF，请下载 .docx 打印")
    parts = [files.read(stored[letter.id, states[letter.id].served]) for letter in printed]
    counts = [page_count(part) for part in parts]
    length = 1
    while True:
        cover = _cover(desk, printed, counts, length)
        if page_count(cover) <= length:
            break
        length = page_count(cover)
    whole = merged([cover, *parts], two_sided=True)
    note = f"没有 PDF、请另行打印：{'、'.join(missing)}" if missing else ""
    return whole, page_count(whole), note


def _cover(desk: Desk, printed: list[Letter], counts: list[int], length: int) -> bytes:
    """The list of what follows; `length` is how many pages it takes itself, so that the page numbers are right."""
    rows, page = [], length + length % 2 + 1
    for letter, count in zip(printed, counts, strict=True):
        told = {"number": letter.number or "", "name": letter.name, "addressee": letter.addressee}
        rows.append({**told, "first": str(page), "pages": str(count)})
        page += count + count % 2
    sources = {
        "office.organ": desk.settings.office.organ,
        "print.on": desk.today(),
        "print.count": len(printed),
        "print.rows": rows,
    }
    entry = load()[COVER]
    document = render.render(COVER, collect(entry, sources), load())
    made = convert_here(desk, {COVER: document}).get(COVER)
    if made is None:
        raise PdfFault("打印清单没有转换成功")
    return made.content

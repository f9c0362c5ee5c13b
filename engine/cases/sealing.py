"""The seal (电子印章) comes from the sealing platform of the province or city; this is the way there and back.

`SealPort` is what a platform has to offer; `FolderPort` is the one that is built in: a PDF is put into a folder, and
the stamped PDF is taken from another one. No seal is ever drawn here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import SYSTEM, record_case_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import Refusal
from engine.cases.letter_files import NewFile, add_file, file_states, readable
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Case, Letter, LetterFile, SealRequest
from letters.pdf_text import UnreadablePdf, page_count, text_of

Stop = Callable[[], bool]
_LIMIT = 50_000_000
_NAME = re.compile(r"(?P<letter>[0-9]{1,18})-(?P<hash>[0-9a-f]{12})")


class SealPort(Protocol):
    """A sealing platform: takes PDFs, gives them back stamped under the same name."""

    def send(self, filename: str, content: bytes) -> None:
        """Hand over a PDF. Raises OSError when the platform cannot be reached."""

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents of PDFs that have come back."""

    def taken(self, filename: str, *, good: bool) -> None:
        """A PDF that came back was taken in, or refused: it is not offered again."""


@dataclass(frozen=True, slots=True)
class FolderPort:
    """Two folders shared with the platform; what was dealt with moves into `taken` or `refused` beside it."""

    outgoing: Path
    incoming: Path

    def send(self, filename: str, content: bytes) -> None:
        """Write beside its place and rename, so that the platform never sees half a file."""
        self.outgoing.mkdir(parents=True, exist_ok=True)
        part = self.outgoing / f".{filename}.part"
        part.write_bytes(content)
        part.replace(self.outgoing / filename)

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """Complete PDFs of reasonable size, by name; one that is still being written is left for the next time."""
        if not self.incoming.is_dir():
            return
        for path in sorted(self.incoming.glob("*.pdf")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= _LIMIT:
                content = path.read_bytes()
                if b"%%EOF" in content[-2048:]:
                    yield path.name, content

    def taken(self, filename: str, *, good: bool) -> None:
        """Move it out of the way."""
        folder = self.incoming / ("taken" if good else "refused")
        folder.mkdir(exist_ok=True)
        (self.incoming / filename).replace(folder / filename)


def seal_port(desk: Desk) -> SealPort | None:
    """The platform that the configuration names, if any."""
    settings = desk.settings.letters
    if settings.seal_outgoing is None or settings.seal_incoming is None:
        return None
    return FolderPort(Path(settings.seal_outgoing), Path(settings.seal_incoming))


def request_seal(desk: Desk, actor: Actor, letter_id: int) -> str:
    """Send a letter's PDF to be sealed; returns its file name there. Raises Refusal, NotFound."""
    require(actor, Permission.LETTERS_FILE_MAKE)
    port = seal_port(desk)
    if port is None:
        raise Refusal("没有配置电子印章平台的交换文件夹（config.toml 的 [letters] 一节），请打印后加盖实物印章。")
    with desk.reading() as session:
        letter = readable(session, actor, letter_id)
        state = file_states(session, [letter_id])[letter_id]
        pdf = session.scalar(
            select(LetterFile.sha256).where(LetterFile.letter_id == letter_id, LetterFile.kind == "pdf")
        )
    if letter.voided_at is not None:
        raise Refusal(said("《%(name)s》已经作废，不能送去盖章。", name=letter.name))
    if "stamped" in state.kinds:
        raise Refusal(said("《%(name)s》已经有盖章件，不能再次盖章。", name=letter.name))
    if pdf is None:
        raise Refusal(said("《%(name)s》还没有 PDF，请先生成 PDF。", name=letter.name))
    filename = f"{letter_id}-{pdf[:12]}.pdf"
    content = FileStore(desk.files).read(pdf)

    def work(session: Session) -> None:
        if session.get(SealRequest, letter_id) is None:
            _sent(session, desk, actor, letter_id, filename, pdf)
            session.flush()
        # Last: what cannot be handed over is not recorded, and handing over twice does no harm.
        port.send(filename, content)

    try:
        desk.write(work)
    except OSError as error:
        raise Refusal(
            said("不能写入电子印章平台的文件夹：%(value)s。请联系系统管理员。", value=error.strerror or error)
        ) from error
    return filename


def _sent(session: Session, desk: Desk, actor: Actor, letter_id: int, filename: str, pdf: str) -> None:
    letter = session.get_one(Letter, letter_id)
    row = SealRequest(letter_id=letter_id, filename=filename, pdf_sha256=pdf, sent_at=desk.now(), sent_by=actor.id)
    session.add(row)
    data = {"letter": letter_id, "number": letter.number, "filename": filename, "sha256": pdf}
    record_case_event(session, session.get_one(Case, letter.case_id), actor.author, desk.now(), "seal_sent", data=data)


def take_stamped(desk: Desk, stop: Stop = lambda: False) -> int:
    """Take in what came back from the platform; returns how many stamped letters were added."""
    port = seal_port(desk)
    if port is None:
        return 0
    added = 0
    for filename, content in port.waiting():
        if stop():
            break
        request = _request(desk, filename)
        fault = _fault(desk, request, content) if request is not None else "不是送去盖章的文件"
        if request is not None:
            added += desk.write(partial(_take, desk=desk, letter_id=request.letter_id, content=content, fault=fault))
        port.taken(filename, good=fault is None)
    return added


def _request(desk: Desk, filename: str) -> SealRequest | None:
    """The request that a name belongs to; platforms like to add something at its end."""
    match = _NAME.match(filename)
    if match is None:
        return None
    with desk.reading() as session:
        found = session.get(SealRequest, int(match["letter"]))
    return found if found is not None and found.pdf_sha256.startswith(match["hash"]) else None


def _fault(desk: Desk, request: SealRequest, content: bytes) -> str | None:
    """Why this is not the letter that was sent, stamped; None when it is."""
    sent = FileStore(desk.files).read(request.pdf_sha256)
    try:
        if content == sent:
            return "退回的文件没有变化，没有加盖印章"
        if page_count(content) != page_count(sent):
            return "盖章件的页数与送去的 PDF 不同"
        before, after = _words(sent), _words(content)
    except UnreadablePdf as error:
        return str(error)
    # A platform may turn pages into pictures; where there is text, it has to be the text that was sent.
    same = not any(after) or all(page in stamped for page, stamped in zip(before, after, strict=True))
    return None if same else "盖章件的文字与送去的 PDF 不同"


def _words(content: bytes) -> list[str]:
    return ["".join(page.split()) for page in text_of(content)]


def _take(session: Session, desk: Desk, letter_id: int, content: bytes, fault: str | None) -> int:
    row = session.get_one(SealRequest, letter_id)
    row.fault = fault
    if fault is not None:
        return 0
    row.returned_at = desk.now()
    file = NewFile("stamped", FileStore(desk.files).keep(content), len(content))
    return int(add_file(session, desk, SYSTEM, letter_id, file))


def seal_requests(session: Session, letter_ids: list[int]) -> dict[int, SealRequest]:
    """The request of each letter that was sent to be sealed."""
    rows = session.scalars(select(SealRequest).where(SealRequest.letter_id.in_(letter_ids)))
    return {row.letter_id: row for row in rows}

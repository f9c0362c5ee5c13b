"""Attachments: type checked by content, stored by hash outside the web root, handed out under a safe name."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.audit import record_case_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.in_force import newest_version
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Case, Document

RESTRICTED_TO = frozenset({"intake", "handler", "legal", "disclosure_head"})
"""Roles that may open restricted documents."""

_CHUNK = 1 << 20
_HEAD = 8192

# What an office receives: media type by ending, with the first bytes that such a file must have (None: text).
_TYPES: dict[str, tuple[str, tuple[bytes, ...] | None]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "tif": ("image/tiff", (b"II*\0", b"MM\0*")),
    "tiff": ("image/tiff", (b"II*\0", b"MM\0*")),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK\x03\x04",)),
    "ofd": ("application/ofd", (b"PK\x03\x04",)),
    "zip": ("application/zip", (b"PK\x03\x04",)),
    "doc": ("application/msword", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    "xls": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    "et": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04")),
    "wps": ("application/vnd.ms-works", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    "mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3")),
    "eml": ("message/rfc822", None),
    "txt": ("text/plain", None),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: its name at the sender's and a stream of its bytes."""

    filename: str
    stream: IO[bytes]


Uploads = Mapping[str, list[Upload]]
"""The files of a form, by the name of the field they answer."""


def safe_name(filename: str) -> str:
    """The last part of a file name without control, path and reserved characters, at most 120 characters."""
    name = unicodedata.normalize("NFC", PurePath(filename.replace("\\", "/")).name)
    name = "".join(mark for mark in name if unicodedata.category(mark)[0] != "C")
    name = re.sub(r'[<>:"/\\|?*]+', "_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:120] or "附件"
    return f"{stem[: 119 - len(ending)] or '附件'}.{ending}"


def _checked(upload: Upload, allowed: frozenset[str]) -> tuple[str, str, bytes]:
    name = safe_name(upload.filename)
    ending = name.rpartition(".")[2].lower()
    if ending not in _TYPES or ending not in allowed:
        wanted = "、".join(sorted(allowed & _TYPES.keys()))
        raise Refusal(said("附件“%(name)s”的类型不能接收。可以上传：%(wanted)s。", name=name, wanted=wanted))
    media_type, magic = _TYPES[ending]
    # A command that lost a race runs again from the start, so the stream does too.
    upload.stream.seek(0)
    head = upload.stream.read(_HEAD)
    if not head:
        raise Refusal(said("附件“%(name)s”是空文件，请重新选择。", name=name))
    if magic is not None and not head.startswith(magic):
        raise Refusal(
            said(
                "附件“%(name)s”的内容不是 %(ending)s 文件（可能改过扩展名），请核对后重新上传。",
                name=name,
                ending=ending,
            )
        )
    if magic is None and (b"\0" in head or head.startswith((b"MZ", b"\x7fELF"))):
        raise Refusal(said("附件“%(name)s”的内容不是文本，请核对后重新上传。", name=name))
    return name, media_type, head


def put_file(desk: Desk, upload: Upload) -> tuple[str, str, str, int]:
    """Check an uploaded file and store its bytes: safe name, media type, SHA-256, size. Raises Refusal."""
    settings = desk.settings.attachments
    name, media_type, head = _checked(upload, frozenset(settings.types))

    def chunks() -> Iterator[bytes]:
        size = len(head)
        yield head
        while chunk := upload.stream.read(_CHUNK):
            size += len(chunk)
            if size > settings.max_mb * (1 << 20):
                raise Refusal(
                    said("附件“%(name)s”超过 %(max_mb)s MB，请压缩或拆分后上传。", name=name, max_mb=settings.max_mb)
                )
            yield chunk

    sha256, size = FileStore(desk.files).put(chunks())
    return name, media_type, sha256, size


def store_uploads(
    desk: Desk,
    session: Session,
    case: Case,
    actor_id: int | None,
    uploads: list[Upload],
    kind: str,
    item_id: int | None = None,
) -> list[Document]:
    """Check and keep uploaded files for a case, or for one list member, as the newest version of their kind.

    Raises Refusal naming the file and the reason, also where the version in force has been made public.
    """
    before = newest_version(session, case.id, kind, item_id)
    if any(one.published_at is not None for one in before):
        raise Refusal(
            said("“%(filename)s”已经公布，不能再更换。需要改正的，应当另行发文。", filename=before[0].filename)
        )
    version = before[0].version + 1 if before else 1
    stored = []
    for upload in uploads:
        name, media_type, sha256, size = put_file(desk, upload)
        document = Document(
            case_id=case.id,
            kind=kind,
            filename=name,
            media_type=media_type,
            size=size,
            sha256=sha256,
            restricted=kind == "id_copy",
            item_id=item_id,
            version=version,
            uploaded_at=desk.now(),
            uploaded_by=actor_id,
        )
        session.add(document)
        stored.append(document)
    session.flush()
    return stored


def add_documents(desk: Desk, actor: Actor, case_id: int, uploads: list[Upload], kind: str) -> list[Document]:
    """Attach files to a case outside of any step."""

    def work(session: Session) -> list[Document]:
        case = find_case(session, actor, case_id)
        if case.archived_at is not None:
            raise Refusal("该件已归档，不能再添加附件。")
        documents = store_uploads(desk, session, case, actor.id, uploads, kind)
        for document in documents:
            data = {"document": document.id, "filename": document.filename, "sha256": document.sha256, "kind": kind}
            record_case_event(session, case, actor.author, desk.now(), "document", data=data)
        return documents

    return desk.write(work)


def may_read(actor: Actor, document: Document) -> bool:
    """Whether somebody who sees the case may open this paper of it too."""
    return not document.restricted or not actor.roles.isdisjoint(RESTRICTED_TO)


def read_document(desk: Desk, actor: Actor, document_id: int) -> tuple[Document, bytes]:
    """A document's row and bytes, if the actor may see its case. Raises NotFound, NotPermitted."""
    with desk.reading() as session:
        document = session.get(Document, document_id)
        if document is None:
            raise NotFound("没有找到这个附件。")
        find_case(session, actor, document.case_id)
        if not may_read(actor, document):
            if document.kind == "id_copy":
                raise NotPermitted("身份证明材料只有经办人员可以查看。")
            raise NotPermitted("这份材料限制查看，只有收件、经办、法制人员和公开机构负责人可以打开。")
        try:
            return document, FileStore(desk.files).read(document.sha256)
        except (FileNotFoundError, ValueError) as error:
            raise NotFound(
                said("附件“%(filename)s”的存储文件缺失或被改动，请联系系统管理员核查备份。", filename=document.filename)
            ) from error


def documents_of(session: Session, case_id: int) -> list[Document]:
    """All documents of a case in the order they came."""
    return list(session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id)))

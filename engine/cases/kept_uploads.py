"""Files chosen in a form that is not handed in yet: a refused form or a closed browser does not lose them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.documents import Upload, Uploads, put_file
from engine.cases.errors import Refusal
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import KeptUpload

_TERM = timedelta(days=30)
_MOST = 60  # files of one form


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file: the field it answers, its name and its size in bytes."""

    id: int
    field: str
    filename: str
    size: int


def keep_uploads(desk: Desk, actor: Actor, form: str, uploads: Uploads) -> dict[str, str]:
    """Keep the files for the form (its name as it was opened).

    Returns what is wrong with those that are not kept, by field: a sentence for the last of each.
    """
    good, faults = [], {}
    for field, files in uploads.items():
        for upload in files:
            try:
                name, _media_type, sha256, size = put_file(desk, upload)
            except Refusal as refusal:
                faults[field] = str(refusal)
            else:
                good.append({"field": field, "filename": name, "sha256": sha256, "size": size})

    def work(session: Session) -> None:
        mine = KeptUpload.account_id == actor.id
        session.execute(delete(KeptUpload).where(mine, KeptUpload.kept_at < desk.now() - _TERM))
        known = {(one.field, one.filename, one.sha256) for one in _rows(session, actor, form)}
        room = _MOST - (session.scalar(select(func.count()).where(mine, KeptUpload.form == form)) or 0)
        fresh = [one for one in good if (one["field"], one["filename"], one["sha256"]) not in known]
        for one in fresh[:room]:
            session.add(KeptUpload(account_id=actor.id, form=form, kept_at=desk.now(), **one))

    if good:
        desk.write(work)
    return faults


def kept_uploads(desk: Desk, actor: Actor, form: str) -> list[Kept]:
    """What is kept for the form, in the order the files came."""
    with desk.reading() as session:
        return [Kept(one.id, one.field, one.filename, one.size) for one in _rows(session, actor, form)]


def drop_upload(desk: Desk, actor: Actor, upload_id: int) -> None:
    """Give up a kept file; one that is somebody else's or gone stays as it is."""
    own = (KeptUpload.id == upload_id, KeptUpload.account_id == actor.id)
    desk.write(lambda session: session.execute(delete(KeptUpload).where(*own)))


@contextlib.contextmanager
def with_kept(desk: Desk, session: Session, actor: Actor, form: str | None, sent: Uploads) -> Iterator[Uploads]:
    """The files sent together with those kept before, readable inside the block; the kept ones are used up by it.

    A file that was both kept and sent counts once.
    """
    merged = {field: list(files) for field, files in sent.items()}
    with contextlib.ExitStack() as stack:
        for row in _rows(session, actor, form) if form else ():
            files = merged.setdefault(row.field, [])
            path = FileStore(desk.files).path(row.sha256)
            if not path.is_file():
                raise Refusal(said("先前选择的附件“%(name)s”已经不在，请移除后重新选择。", name=row.filename))
            if row.filename not in {one.filename for one in files}:
                files.append(Upload(row.filename, stack.enter_context(path.open("rb"))))
            session.delete(row)
        yield merged


def _rows(session: Session, actor: Actor, form: str) -> list[KeptUpload]:
    mine = (KeptUpload.account_id == actor.id, KeptUpload.form == form)
    return list(session.scalars(select(KeptUpload).where(*mine).order_by(KeptUpload.id)))

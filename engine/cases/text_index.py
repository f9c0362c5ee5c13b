"""What full-text search knows: the texts of requests, letters and attachments, read and indexed off the request path.

Everything that has no row in `searched_text` yet is read, whether it came a minute ago or before the index existed. A
run may be cut off or run twice at once: a text is indexed in the transaction that stores it.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from engine.cases.applicants import name_key
from engine.cases.definitions import definition_then, load_definition
from engine.cases.desk import Desk
from engine.cases.identity import mask_email, mask_id, mask_phone
from engine.cases.letters_desk import RECEIPT
from engine.cases.postings import Entry, half_width, pairs, post
from engine.cases.reading_files import LONGEST, Reader, Reading, reader
from engine.cases.texts import lines_of
from engine.process import Definition, Form
from engine.store.files import FileStore
from engine.store.tables import Case, Document, FormRecord, Letter, ProcessDefinition, SearchedText

PORTION = 50
"""Texts of one transaction."""
SECONDS = 20
"""After so long the scheduler's other jobs have their turn."""

# Rows get their ids before they are committed: one with a smaller id may still appear behind the newest indexed one.
_LOOK_BACK = 1000

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Source:
    """A paper whose text is wanted."""

    case_id: int
    place: str
    id: int
    row: Any


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index is: texts by place, papers without text by reason."""

    texts: dict[str, int]
    faults: dict[str, int]


def index_texts(desk: Desk, stop: Stop = lambda: False, seconds: float | None = SECONDS) -> int:
    """Read and index what is new; returns how many papers. `seconds`: None goes on until nothing is left."""
    began, done = time.monotonic(), 0
    with reader() as files:
        for place in ("request", "reply", "attachment"):
            while not stop() and (seconds is None or time.monotonic() - began < seconds):
                with desk.reading() as session:
                    waiting = _PENDING[place](desk, session)
                if not waiting:
                    break
                texts = [(one, _text(desk, one, files)) for one in waiting]
                done += desk.write(partial(_store, desk, texts))
    return done


def progress(desk: Desk) -> Progress:
    """What has been indexed so far."""
    with desk.reading() as session:
        rows = session.execute(
            select(SearchedText.place, SearchedText.fault, func.count()).group_by(
                SearchedText.place, SearchedText.fault
            )
        ).all()
    texts: dict[str, int] = {}
    faults: dict[str, int] = {}
    for place, fault, count in rows:
        counted, key = (texts, place) if fault is None else (faults, fault)
        counted[key] = counted.get(key, 0) + count
    return Progress(texts, faults)


def _new(session: Session, model: Any, place: str) -> Any:
    """Rows of a table that have no text yet, in their order; only the newest end of the table is looked at."""
    newest = session.scalar(select(func.max(SearchedText.source_id)).where(SearchedText.place == place)) or 0
    known = exists().where(SearchedText.place == place, SearchedText.source_id == model.id)
    return select(model).where(model.id > newest - _LOOK_BACK, ~known).order_by(model.id).limit(PORTION)


def _requests(desk: Desk, session: Session) -> list[_Source]:
    """Filled-in forms that say what is asked for: those that keep the subject of the case."""
    digests = session.scalars(select(ProcessDefinition.digest)).all()
    versions = [load_definition(session, desk.library, digest) for digest in digests]
    names = {form.name for one in versions for form in one.forms.values() if _asks(form)}
    rows = session.scalars(_new(session, FormRecord, "request").where(FormRecord.form.in_(names))).all()
    cases = {one.id: one for one in session.scalars(select(Case).where(Case.id.in_({row.case_id for row in rows})))}
    found = []
    for row in rows:
        then = definition_then(session, desk.library, cases[row.case_id])(row.filled_at)
        found.append(_Source(row.case_id, "request", row.id, "\n".join(_answers(row, then))))
    return found


def _asks(form: Form) -> bool:
    return "case.subject" in form.keep.values()


def _answers(record: FormRecord, definition: Definition) -> Iterator[str]:
    """What was written about the matter; what was written about the person is left out."""
    form = definition.forms.get(record.form)
    personal = {name for name, target in form.keep.items() if target.startswith("party.")} if form else set()
    for one in form.fields if form else ():
        if one.type in {"line", "text"} and one.name not in personal and isinstance(record.answers.get(one.name), str):
            yield record.answers[one.name]


def _letters(_desk: Desk, session: Session) -> list[_Source]:
    # A receipt says nothing that the request did not say.
    rows = session.scalars(_new(session, Letter, "reply").where(Letter.code != RECEIPT)).all()
    return [_Source(one.case_id, "reply", one.id, one) for one in rows]


def _documents(_desk: Desk, session: Session) -> list[_Source]:
    rows = session.scalars(_new(session, Document, "attachment").where(Document.kind != "id_copy")).all()
    return [_Source(one.case_id, "attachment", one.id, one) for one in rows]


_PENDING: dict[str, Callable[[Desk, Session], list[_Source]]] = {
    "request": _requests,
    "reply": _letters,
    "attachment": _documents,
}


def _text(desk: Desk, source: _Source, files: Reader) -> Reading:
    store = FileStore(desk.files)
    if source.place == "request":
        return Reading(source.row)
    if source.place == "attachment":
        return files.read(store.path(source.row.sha256), source.row.filename.rpartition(".")[2].lower())
    try:
        lines = lines_of("letter.docx", store.read(source.row.docx_sha256))
    except (OSError, ValueError):
        return Reading(fault="missing")
    return Reading(fault="broken") if lines is None else Reading("\n".join(lines))


def _store(desk: Desk, texts: Sequence[tuple[_Source, Reading]], session: Session) -> int:
    place = texts[0][0].place
    ids = [source.id for source, _text in texts]
    known = set(
        session.scalars(
            select(SearchedText.source_id).where(SearchedText.place == place, SearchedText.source_id.in_(ids))
        )
    )
    fresh = [(source, found) for source, found in texts if source.id not in known]
    entries = []
    for source, found in fresh:
        text = without_personal_numbers(_clean(found.text))[:LONGEST]
        session.add(
            SearchedText(
                case_id=source.case_id,
                place=place,
                source_id=source.id,
                text=text,
                fault=found.fault,
                read_at=desk.now(),
            )
        )
        entries.append(Entry(source.case_id, place, pairs(text)))
    if place == "request":
        entries += _names(session, {source.case_id for source, _text in fresh})
    session.flush()
    post(session, entries)
    return len(fresh)


def _names(session: Session, case_ids: set[int]) -> Iterator[Entry]:
    """Applicant and number of the cases; cases from before names were normalised get that, too."""
    rows = session.execute(
        select(Case.id, Case.number, Case.applicant_name, Case.applicant_name_key).where(Case.id.in_(case_ids))
    ).all()
    for case_id, number, name, key in rows:
        if name and key is None:
            session.execute(update(Case).where(Case.id == case_id).values(applicant_name_key=name_key(name)))
        yield Entry(case_id, "name", [*pairs(name or ""), *pairs(number)])


def _clean(text: str) -> str:
    """Without marks that a database does not take, and in letters and digits of the usual width."""
    return half_width(re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", text))


_ID = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[0-9]{15,21}(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9][0-9]{9}(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def without_personal_numbers(text: str) -> str:
    """Identity, bank account and mobile numbers and addresses of e-mail masked as lists mask them."""
    for pattern, mask in ((_ID, mask_id), (_ACCOUNT, mask_id), (_PHONE, mask_phone), (_EMAIL, mask_email)):
        text = pattern.sub(partial(_masked, mask), text)
    return text


def _masked(mask: Callable[[str], str], hit: re.Match[str]) -> str:
    return mask(hit[0])

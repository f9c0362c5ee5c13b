"""Proof of every stored letter: its files, its number, its template and what the audit trail says of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.store.files import FileStore
from engine.store.tables import CaseEvent, Letter, LetterFile, LetterTemplate, NumberSeries
from letters.catalog import load
from letters.numbering import parse

_KINDS = {"pdf": "PDF", "stamped": "盖章件"}


@dataclass(frozen=True, slots=True)
class LetterProof:
    """How many letters and files were proved, and what is wrong, one Chinese sentence each."""

    letters: int
    files: int
    faults: tuple[str, ...]


def verify_letters(session: Session, files: FileStore) -> LetterProof:
    """Check every letter of the database against the file store, the number register and the audit trail."""
    checked = _Check(session, files)
    faults = tuple(checked.faults())
    return LetterProof(checked.letters, checked.files_seen, faults)


class _Check:
    def __init__(self, session: Session, files: FileStore) -> None:
        self._session = session
        self._files = files
        self._intact: dict[str, bool] = {}
        self.letters = 0
        self.files_seen = 0

    def faults(self) -> Iterator[str]:
        recorded = self._recorded()
        rows = self._session.scalars(select(Letter).order_by(Letter.id).execution_options(yield_per=500))
        for letter in rows:
            self.letters += 1
            where = f"文书 {letter.id} {letter.number or letter.name}"
            yield from self._file(where, letter.docx_sha256)
            if recorded.pop(("letter", letter.id, ""), None) != letter.docx_sha256:
                yield f"{where}：与审计记录中出具时的校验值不一致"
            if not self._stored(letter.template_sha256):
                yield f"{where}：出具时使用的模板缺失或被改动"
            yield from _number(where, letter)
            self._session.expunge(letter)
        for added in self._session.scalars(select(LetterFile).order_by(LetterFile.id)):
            where = f"文书 {added.letter_id} 的{_KINDS.get(added.kind, added.kind)}"
            yield from self._file(where, added.sha256)
            if recorded.pop(("letter_file", added.letter_id, added.kind), None) != added.sha256:
                yield f"{where}：与审计记录中的校验值不一致"
        for kind, letter_id, _part in recorded:
            yield f"审计记录中的文书 {letter_id} 在登记簿里找不到（{kind}）"
        for row in self._session.scalars(select(LetterTemplate).order_by(LetterTemplate.id)):
            yield from self._file(f"模板 {row.code} 第 {row.id} 版", row.sha256)
        yield from self._gaps()

    def _recorded(self) -> dict[tuple[str, int, str], str]:
        """What the audit trail says was issued and added: hash by action, letter and kind of file."""
        events = self._session.execute(
            select(CaseEvent.action, CaseEvent.data).where(CaseEvent.action.in_(["letter", "letter_file"]))
        )
        found = {}
        for action, raw in events:
            data = json.loads(raw)
            found[(action, int(data["letter"]), str(data.get("kind", "")))] = str(data["sha256"])
        return found

    def _stored(self, sha256: str) -> bool:
        if sha256 not in self._intact:
            self._intact[sha256] = self._files.intact(sha256)
        return self._intact[sha256]

    def _file(self, where: str, sha256: str) -> Iterator[str]:
        self.files_seen += 1
        if not self._files.path(sha256).is_file():
            yield f"{where}：存储文件缺失（{sha256}）"
        elif not self._stored(sha256):
            yield f"{where}：存储文件被改动（{sha256}）"

    def _gaps(self) -> Iterator[str]:
        """Every number from 1 to the last of its series and year stands in the register once."""
        known = set(load().series)
        for series in self._session.scalars(select(NumberSeries).where(NumberSeries.series.in_(known))):
            used = (Letter.agency_id == series.agency_id, Letter.series == series.series, Letter.year == series.year)
            count, last = self._session.execute(select(func.count(), func.max(Letter.serial)).where(*used)).one()
            if (count, last or 0) != (series.last, series.last):
                yield (
                    f"文号 {series.series} {series.year} 年：已编到 {series.last} 号，登记簿中有 {count} 件、"
                    f"最大 {last or 0} 号，有缺号"
                )


def _number(where: str, letter: Letter) -> Iterator[str]:
    if letter.series is None:
        return
    try:
        number = parse(letter.number or "")
    except ValueError as error:
        yield f"{where}：{error}"
        return
    if (number.year, number.n) != (letter.year, letter.serial) or letter.dated_on.year != letter.year:
        yield f"{where}：文号与登记簿的年份、序号不一致（{letter.year} 年 {letter.serial} 号）"

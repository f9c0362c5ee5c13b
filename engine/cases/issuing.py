"""Issue a letter: collect its fields, take its number, fix its file; all inside the step's transaction."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.cases.answer_words import Words, fields_by_name
from engine.cases.errors import Refusal
from engine.cases.evidence import latest_answers
from engine.cases.flow import Turn
from engine.cases.in_force import newest_version
from engine.cases.numbers import take_number
from engine.cases.own_letters import catalog_for
from engine.cases.signing import replaced, signatures_of
from engine.cases.template_versions import template_in_use
from engine.statute.calendar import StatutoryDate
from engine.statute.clock import fold
from engine.statute.decisions import DecisionError, RemedyType
from engine.statute.events import Event, LedgerError
from engine.statute.fees import FeeError, FeeResult, Mode, fee
from engine.statute.remedies import Forum, remedy_type
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Case, CaseItem, Document, Letter, Party
from letters import render
from letters.catalog import CatalogFault, Entry, load
from letters.fields import FieldFault, collect, present
from letters.lint import lint_words
from letters.numbering import document_number
from letters.remedies_text import NOTICE, REPLY, paragraphs
from letters.templates import TemplateFault
from letters.wording import ClockDate

# Fields that name who a letter is for.
_ADDRESSEES = ("addressee", "consultee", "unit_name", "recipient")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def letter_entry(turn: Turn, code: str) -> Entry:
    """The catalogue entry for a letter code; `decision` means the letter of the case's decision. Raises Refusal."""
    try:
        if code != "decision":
            return catalog_for(turn.desk, turn.definition, code)[code]
        if turn.case.decision is None:
            raise Refusal("还没有拟定处理决定，不能出具答复书。")
        return load().letter_for(turn.case.decision, turn.case.ground)
    except (CatalogFault, DecisionError) as error:
        raise Refusal(f"{error}。") from error


def printed_name(turn: Turn, letter: Letter) -> str:
    """The name an issued letter bears: without the topic, which no envelope and no public notice may tell."""
    return letter_entry(turn, letter.code).name


def letter_day(turn: Turn, entry: Entry) -> date:
    """The day a letter bears: a reply that of the legal event entered with it (a reply on the spot may be entered on
    a later day than it was signed), every other letter today's.
    """
    dated = turn.ledger.last("reply_dated") if entry.series == "reply" else None
    return dated.on if dated is not None and dated.recorded_at == turn.at else turn.today


def issue_step_letter(turn: Turn, code: str, item: CaseItem | None) -> Letter:
    """The letter that a step issues (`decision`: the one of the case's decision)."""
    return issue(turn, letter_entry(turn, code), item)


def issue(
    turn: Turn,
    entry: Entry,
    item: CaseItem | None = None,
    replaces: Letter | None = None,
    given: Mapping[str, object] | None = None,
) -> Letter:
    """Render, number and store a letter. Raises Refusal naming what is missing; then no number is used up.

    `given`: values by source that the case does not know, over those it does.
    """
    session, case, desk = turn.session, turn.case, turn.desk
    template = template_in_use(session, case.agency_id, entry, FileStore(desk.files))
    values, day = letter_values(turn, entry, item, given), letter_day(turn, entry)
    serial: int | None = None
    number: str | None = None
    if entry.series is not None:
        series = f"drill:{entry.series}" if case.drill else entry.series
        serial = take_number(session, case.agency_id, series, day.year)
        number = document_number(_mark(turn, entry.series), day.year, serial)
        if case.drill:
            number = f"（模拟测试）{number}"
    values |= {field.name: number or "" for field in entry.fields if field.source == render.NUMBER}
    remedy = _remedy(turn, entry, values)
    try:
        _refuse_wrong_remedies(turn, entry, present(entry, values), remedy)
        content = render.render(entry.code, values, catalog_for(turn.desk, turn.definition, entry.code), template)
    except TemplateFault as error:
        raise _unusable(entry, error) from error
    except FieldFault as error:
        raise Refusal(str(error)) from error
    files = FileStore(desk.files)
    sha256, _size = files.put([content])
    files.keep(template)
    letter = Letter(
        agency_id=case.agency_id,
        case_id=case.id,
        item_id=item.id if item else None,
        code=entry.code,
        name=entry.title,
        addressee=next((str(values[name]) for name in _ADDRESSEES if values.get(name)), ""),
        series=None if case.drill else entry.series,
        year=day.year if entry.series and not case.drill else None,
        serial=serial if entry.series and not case.drill else None,
        number=number,
        decision=case.decision if entry.serves else None,
        remedy=str(remedy),
        template_sha256=hashlib.sha256(template).hexdigest(),
        fields=_stored(values),
        docx_sha256=sha256,
        dated_on=day,
        issued_at=turn.at,
        issued_by=turn.author.id,
        replaces_id=replaces.id if replaces else None,
    )
    session.add(letter)
    session.flush()
    _remember_told_date(case, values)
    turn.record(
        "letter",
        data={"letter": letter.id, "code": letter.code, "number": letter.number, "sha256": sha256},
    )
    return letter


def file_letter(turn: Turn, letter: Letter, kind: str) -> Document:
    """Put an issued letter on file as a paper of this kind, so that it is signed and published with the others."""
    before = newest_version(turn.session, turn.case.id, kind, letter.item_id)
    if any(one.published_at is not None for one in before):
        raise Refusal(said("“%(filename)s”已经公布，不能再更换。", filename=before[0].filename))
    document = Document(
        case_id=turn.case.id,
        kind=kind,
        filename=f"{letter.name}.docx",
        media_type=_DOCX,
        size=len(FileStore(turn.desk.files).read(letter.docx_sha256)),
        sha256=letter.docx_sha256,
        item_id=letter.item_id,
        version=before[0].version + 1 if before else 1,
        uploaded_at=turn.at,
        uploaded_by=turn.author.id,
    )
    turn.session.add(document)
    turn.session.flush()
    replaced(turn, {kind})
    return document


def preview(turn: Turn, code: str, item: CaseItem | None = None) -> bytes:
    """The letter as it would go out now, marked as a preview and without a number. Raises Refusal."""
    entry = letter_entry(turn, code)
    values = letter_values(turn, entry, item)
    try:
        catalog = catalog_for(turn.desk, turn.definition, entry.code)
        template = template_in_use(turn.session, turn.case.agency_id, entry, FileStore(turn.desk.files))
        return render.preview(entry.code, values, catalog, template)
    except TemplateFault as error:
        raise _unusable(entry, error) from error
    except FieldFault as error:
        raise Refusal(str(error)) from error


def _refuse_wrong_remedies(turn: Turn, entry: Entry, words: Mapping[str, object], remedy: RemedyType) -> None:
    # Who is led vertically, and a justice bureau, may name a superior department (行政复议法 Arts. 27, 28).
    vertical = turn.desk.settings.office.organ_kind in {"vertical_organ", "justice_bureau"}
    found = lint_words(words, entry, remedy=remedy, dated=letter_day(turn, entry), vertical=vertical)
    if found:
        why = "；".join(str(one) for one in found)
        raise Refusal(
            said("《%(name)s》没有出具：%(why)s。请改正后再出具；复议机关由系统管理员设定。", name=entry.name, why=why)
        )


def _unusable(entry: Entry, fault: TemplateFault) -> Refusal:
    """The template is broken: whoever issues is told which one, and who can help."""
    return Refusal(
        said(
            "《%(name)s》的模板 %(name_2)s 不能使用：%(fault)s。请法制人员换用完好的模板。",
            name=entry.name,
            name_2=entry.template.name,
            fault=fault,
        )
    )


def _mark(turn: Turn, series: str) -> str:
    office = turn.desk.settings.office
    return {"reply": office.mark, "notice": office.notice_mark}.get(series, office.mark)


def letter_values(
    turn: Turn, entry: Entry, item: CaseItem | None, given: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """The values of every field the letter prints, by field name, from wherever the catalogue says."""
    wanted = {field.source for field in entry.fields}
    sources = case_sources(turn, item, wanted) | {"issue.date": letter_day(turn, entry)} | dict(given or {})
    values = collect(entry, sources)
    if "remedies" in wanted:
        values["remedies"] = _remedies(turn, entry, values)
    return values


def case_sources(turn: Turn, item: CaseItem | None, wanted: set[str]) -> dict[str, object]:
    """What the case, its office and its clock know, keyed by source; only `wanted` ones that cost something."""
    case, office = turn.case, turn.desk.settings.office
    applicant = turn.session.scalar(select(Party).where(Party.case_id == case.id, Party.part == "applicant"))
    answers = latest_answers(turn.session, case.id, item.id if item else None)
    corrected = turn.ledger.last("corrected_received")
    found: dict[str, object] = {
        **{f"office.{name}": value for name, value in office.model_dump().items()},
        "case.number": case.number,
        "case.subject": case.subject,
        "case.receipt_on": turn.ledger.ruling().receipt or case.arrived_on,
        "case.corrected_on": corrected.on if corrected else None,
        "case.channel": case.channel,
        "case.form_requested": case.form_requested,
        "case.query_code": case.query_code,
        "case.decision": case.decision,
        "case.ground": case.ground,
        "issue.date": turn.today,
    }
    if applicant is not None:
        found["party.applicant.name"] = applicant.name
        found["party.applicant.kind"] = applicant.kind
    found.update({f"answer.{name}": value for name, value in answers.items()})
    if item is not None:
        found.update({f"item.{name}": value for name, value in item.data.items()})
        found["item.consult_kind"] = item.kind
        sent = next((row for row in reversed(turn.ledger.live) if row.data.get("id") == item.public_id), None)
        found["item.sent_on"] = sent.on if sent else None
    if any(source.startswith(("words.", "signatures", "papers")) for source in wanted):
        found.update(_file_sources(turn, wanted, answers))
    found["clock.ruling"] = _clock_date(turn.ledger.ruling().reply_due)
    found["clock.reply"] = _clock_date(turn.ledger.clock().reply_due)
    if "clock.reply_after_extension" in wanted:
        found["clock.reply_after_extension"] = _after_extension(turn, answers)
    if any(source.startswith("fee.") for source in wanted):
        found.update(_fee(turn, answers))
    return {source: value for source, value in found.items() if value is not None}


def _file_sources(turn: Turn, wanted: set[str], answers: Mapping[str, Any]) -> dict[str, object]:
    """Answers in words (`words.<field>`), signatures that stand, and the papers they cover."""
    fields, words = fields_by_name(turn.definition), Words(turn.session, turn.case.agency_id)
    found: dict[str, object] = {}
    for source in wanted:
        name = source.removeprefix("words.")
        if source.startswith("words.") and name in fields:
            asked, value = fields[name], answers.get(name)
            found[source] = words.rows(asked, value) if asked.type == "rows" else words.say(asked, value) or None
    standing = [one for one in signatures_of(turn.session, turn.case.id) if one.superseded_at is None]
    found["signatures"] = [
        {
            "step": one.step,
            "person": one.signer_name,
            "at": turn.desk.local(one.signed_at).strftime("%Y年%-m月%-d日 %H:%M"),
            "words": one.words,
        }
        for one in standing
    ]
    found["papers"] = [
        {
            "title": paper["title"],
            "filename": paper["filename"],
            "version": paper["version"],
            "sha256": paper["sha256"],
        }
        for paper in (standing[-1].papers if standing else ())
    ]
    return found


def _clock_date(due: StatutoryDate | None) -> ClockDate | None:
    return ClockDate(due.value, not due.firm, due.missing_years) if due is not None else None


def _after_extension(turn: Turn, answers: dict[str, Any]) -> ClockDate | None:
    """The date the applicant is told: what the ledger gives with the extension notified today (Art. 33(2))."""
    days = answers.get("extension_days")
    if not isinstance(days, int):
        return None
    events = [*turn.ledger.events(), Event("extension", turn.today, {"days": days})]
    try:
        result = fold(events, turn.calendar, turn.desk.settings.policy())
    except LedgerError as error:
        raise Refusal(said("不能延期：%(error)s。", error=error)) from error
    if not result.extensions or not result.extensions[-1].valid:
        why = result.extensions[-1].why if result.extensions else "期限未在计算"
        raise Refusal(said("不能延期：%(why)s。", why=why))
    return _clock_date(result.reply_due)


def fee_of(turn: Turn, answers: Mapping[str, Any]) -> tuple[int, FeeResult]:
    """The quantity charged and the fee, line by line, for what the handler has entered (国办函〔2020〕109号)."""
    tiers = turn.desk.settings.fee_tiers()
    try:
        if answers.get("fee_mode") == Mode.PER_PAGE:
            pages = int(answers.get("fee_pages") or 0)
            return pages, fee(Mode.PER_PAGE, pages, tiers=tiers)
        total, already = int(answers.get("fee_items_in_month") or 0), int(answers.get("fee_items_already") or 0)
        return total - already, fee(Mode.PER_ITEM, total, already=already, tiers=tiers)
    except FeeError as error:
        raise Refusal(f"{error}。") from error


def _fee(turn: Turn, answers: dict[str, Any]) -> dict[str, object]:
    quantity, charged = fee_of(turn, answers)
    unit = "页" if answers.get("fee_mode") == Mode.PER_PAGE else "件"
    lines = [
        {
            "range": f"第{line.first}{unit}以上" if line.last is None else f"第{line.first}至{line.last}{unit}",
            "rate": line.rate,
            "count": line.count,
            "amount": line.amount,
        }
        for line in charged.lines
    ]
    return {"fee.quantity": quantity, "fee.lines": lines, "fee.total": charged.total}


def _remedy(turn: Turn, entry: Entry, fields: Mapping[str, Any]) -> RemedyType:
    """The remedy type the letter states: by the law's table, its date and the office's own settings."""
    case, remedies = turn.case, turn.desk.settings.remedies
    if case.decision is None or entry.remedy(case.decision) is RemedyType.NONE or not entry.serves:
        return entry.remedy(None, fields)
    return remedy_type(case.decision, letter_day(turn, entry), ground=case.ground, overrides=remedies.overrides())


def _remedies(turn: Turn, entry: Entry, fields: Mapping[str, Any]) -> list[str]:
    office = turn.desk.settings.office
    forum = Forum(office.authority, office.court, office.online_channel)
    return list(paragraphs(_remedy(turn, entry, fields), forum, REPLY if entry.code.startswith("A-") else NOTICE))


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, ClockDate):
            return {"date": value.date.isoformat(), "provisional": value.provisional}
        if isinstance(value, date):
            return value.isoformat()
        return value

    return {name: plain(value) for name, value in values.items()}


def _remember_told_date(case: Case, values: dict[str, Any]) -> None:
    for name in ("reply_due", "extended_due", "new_due"):
        told = values.get(name)
        if isinstance(told, ClockDate) and not told.provisional:
            case.told_due_on = told.date
        elif isinstance(told, str):
            case.told_due_on = date.fromisoformat(told)

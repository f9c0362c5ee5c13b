"""What the internal papers state: flow record, searches, service, the files of the case, the clock line by line."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.cases.calendars import active_notices
from engine.cases.definitions import definition_then
from engine.cases.flow import Turn, account_name
from engine.cases.identity import mask_id
from engine.cases.issuing import case_sources, letter_entry, printed_name
from engine.process import Field
from engine.statute.decisions import DECISIONS
from engine.statute.events import EVENT_TYPES
from engine.statute.receipt import RECEIPT_RULES, Channel
from engine.store.tables import CaseItem, Document, FormRecord, Letter, Party, Unit, WorkItem
from letters.wording import chinese_date

# Order of a case file: what the request brought, procedure, review and sign-off, reply and service, the rest.
_LETTER_PLACE = {"L-02": 1, "L-03": 2, "L-04": 3, "L-13": 3, "L-11": 4, "L-05": 10, "L-12": 10}
_KIND_PLACE = {
    "request": 0, "id_copy": 0, "identity": 0, "confirmation": 1, "correction": 2, "correction_service_proof": 2,
    "reasons_requested": 3, "search_record": 4, "found": 4, "consultation_record": 5, "classification_basis": 6,
    "conference_minutes": 6, "draft": 7, "supplied": 8, "redaction_record": 8, "severed": 8, "service_proof": 9,
    "fee_service_proof": 10,
}  # fmt: skip
_CONSULTING = 5
_REPLY = 8
_REST = 11
_SIGNOFFS = ("first_signoff", "secrecy_review", "legal_review", "leader_signoff")


def paper_sources(turn: Turn, letter: Letter | None) -> dict[str, object]:
    """Every value that a paper of the case may print, keyed by source. `letter`: the one to be served or posted."""
    item = turn.session.get(CaseItem, letter.item_id) if letter is not None and letter.item_id else None
    records = list(
        turn.session.scalars(select(FormRecord).where(FormRecord.case_id == turn.case.id).order_by(FormRecord.id))
    )
    found: dict[str, object] = case_sources(turn, None, set())
    found.update(_case(turn))
    found.update(_applicant(turn))
    found.update(_flow(turn, records))
    found.update(_clock(turn))
    found.update(_file(turn, records))
    if letter is not None:
        found.update(_letter(turn, letter, item))
        found.update(_service(turn, records, letter))
    return {source: value for source, value in found.items() if value not in (None, "", [])}


def _case(turn: Turn) -> dict[str, object]:
    case = turn.case
    decision = DECISIONS.get(case.decision or "")
    ground = decision.grounds.get(case.ground or "") if decision else None
    words = f"{decision.title}（{decision.basis}）" if decision else None
    return {
        "case.arrived_on": case.arrived_on,
        "case.registered_by": account_name(turn.session, case.registered_by),
        "case.registered_on": turn.desk.local(case.registered_at).date(),
        "case.decision_words": f"{words}：{ground.title}" if ground else words,
        "case.decision_letter": letter_entry(turn, "decision").title if decision and _letter_known(turn) else None,
        "file.title": f"{case.applicant_name or '申请人'}申请公开{case.subject.rstrip('。')}案",
    }


def _letter_known(turn: Turn) -> bool:
    decision = DECISIONS[turn.case.decision or ""]
    return not decision.grounds or turn.case.ground in decision.grounds


def _applicant(turn: Turn) -> dict[str, object]:
    party = turn.session.scalar(select(Party).where(Party.case_id == turn.case.id, Party.part == "applicant"))
    if party is None:
        return {}
    kinds = {"id_card": "居民身份证", "passport": "护照", "credit_code": "统一社会信用代码"}
    shown = kinds.get(party.id_kind or "", "其他证件") if party.id_kind else ""
    return {
        "party.applicant.identity": f"{shown}（{mask_id(party.id_number)}）" if party.id_number else shown,
        **{
            f"party.applicant.{name}": getattr(party, name)
            for name in ("contact_person", "phone", "email", "postcode", "address", "assistance")
        },
    }


def _label(turn: Turn, record: FormRecord, name: str) -> str:
    """An answer as people read it: the label of a code, else the text itself."""
    form = definition_then(turn.session, turn.desk.library, turn.case)(record.filled_at).forms.get(record.form)
    asked: Field | None = next((one for one in form.fields if one.name == name), None) if form else None
    value = str(record.answers.get(name) or "")
    return dict(asked.choices).get(value, value) if asked else value


def _flow(turn: Turn, records: list[FormRecord]) -> dict[str, object]:
    work = turn.session.scalars(
        select(WorkItem).where(WorkItem.case_id == turn.case.id, WorkItem.status == "done").order_by(WorkItem.id)
    ).all()
    drafted = next((one for one in reversed(work) if one.element == "draft"), None)
    secrecy = next((one for one in reversed(records) if one.element == "secrecy_review"), None)
    local = turn.desk.local
    return {
        "flow.drafted_by": account_name(turn.session, drafted.done_by) if drafted else None,
        "flow.drafted_on": local(drafted.done_at).date() if drafted and drafted.done_at else None,
        "flow.secrecy_reviewer": account_name(turn.session, secrecy.filled_by) if secrecy else None,
        "flow.secrecy_on": local(secrecy.filled_at).date() if secrecy else None,
        "flow.secrecy_note": (secrecy.answers.get("signoff_note") or secrecy.answers.get("return_reason"))
        if secrecy
        else None,
        "flow.signoffs": [
            {
                "step": one.name,
                "opinion": one.outcome or "",
                "note": one.note or _note(records, one),
                "person": account_name(turn.session, one.done_by),
                "on": chinese_date(local(one.done_at).date()) if one.done_at else "",
            }
            for one in work
            if one.element in _SIGNOFFS
        ],
        "flow.searches": [_search(turn, record) for record in records if record.form == "search"],
    }


def _note(records: list[FormRecord], work: WorkItem) -> str:
    filled = next((one for one in records if one.element == work.element and one.filled_at == work.done_at), None)
    return str((filled.answers.get("signoff_note") if filled else "") or "")


def _search(turn: Turn, record: FormRecord) -> dict[str, str]:
    item = turn.session.get(CaseItem, record.item_id) if record.item_id else None
    unit = turn.session.get(Unit, item.unit_id) if item is not None and item.unit_id else None
    found = str(record.answers.get("found_items") or "").strip().replace("\n", "；")
    result = _label(turn, record, "search_result")
    return {
        "unit": unit.name if unit else account_name(turn.session, record.filled_by),
        "scope": "；".join(str(record.answers.get("search_scope") or "").split("\n")),
        "words": "；".join(str(record.answers.get(name) or "") for name in ("search_words", "search_dates")),
        "result": f"{result}：{found}" if found else result,
        "persons": "、".join(str(record.answers.get(name) or "") for name in ("searcher", "second_searcher")),
    }


def _clock(turn: Turn) -> dict[str, object]:
    result = turn.ledger.clock()
    names = {
        item.public_id: str(item.data.get("name") or item.public_id)
        for item in turn.session.scalars(select(CaseItem).where(CaseItem.case_id == turn.case.id))
    }
    years = {day.year for each in result.explain for day in (each.first, each.last)}
    imported = active_notices(turn.session, turn.case.agency_id)
    notes = [f"{row.year}年放假安排依据{row.paper}。" for row in imported if row.year in years]
    if result.must_flag:
        notes.append(f"{result.must_flag}。")
    notes.append("期间开始之日不计算在内；周六、周日和放假安排中的休息日不计为工作日，调休上班日计为工作日。")
    return {
        "clock.events": [
            {
                "on": chinese_date(row.on),
                "title": EVENT_TYPES[row.type].title,
                "details": "；".join(_details(row.data, names)),
            }
            for row in turn.ledger.live
        ],
        "clock.segments": [
            {
                "span": f"{chinese_date(each.first)}至{chinese_date(each.last)}",
                "days": each.working_days,
                "counts": "是" if each.counts else "否",
                "reason": each.reason,
                "basis": each.basis,
            }
            for each in result.explain
        ],
        "clock.notes": notes,
    }


def _details(data: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    if data.get("channel") in set(Channel):
        yield RECEIPT_RULES[Channel(data["channel"])].title
    if data.get("id"):
        yield f"对象：{names.get(str(data['id']), data['id'])}"
    for key, words in (("days", "{}个工作日"), ("period_working_days", "期限{}个工作日"), ("signed_by", "签收人：{}")):
        if data.get(key):
            yield words.format(data[key])


def _file(turn: Turn, records: list[FormRecord]) -> dict[str, object]:
    case, session, local = turn.case, turn.session, turn.desk.local
    documents = list(session.scalars(select(Document).where(Document.case_id == case.id).order_by(Document.id)))
    issued = session.scalars(
        select(Letter).where(Letter.case_id == case.id, Letter.voided_at.is_(None)).order_by(Letter.id)
    ).all()
    organ, applicant = turn.desk.settings.office.organ, case.applicant_name or ""
    registered = local(case.registered_at).date()
    rows = [(1, registered, {"number": "", "author": organ, "title": "政府信息公开申请登记表", "note": ""})]
    for one in issued:
        place = _REPLY if one.decision else _LETTER_PLACE.get(one.code, _CONSULTING)
        told = {"number": one.number or "", "author": organ, "title": one.name, "note": ""}
        rows.append((place, one.dated_on, told))
    for each in documents:
        place = _KIND_PLACE.get(each.kind, _REST)
        told = {
            "number": "",
            "author": applicant if place == 0 else organ,
            "title": each.filename,
            "note": "另存" if each.restricted else "",
        }
        rows.append((place, local(each.uploaded_at).date(), told))
    rows += [(7, at, told) for at, told in _sheets(turn, records)]
    rows.append((_REST, turn.today, {"number": "", "author": organ, "title": "期限计算说明", "note": ""}))
    rows.sort(key=lambda row: (row[0], row[1]))
    answers = {name: value for record in records for name, value in record.answers.items()}
    return {
        "file.request_papers": [each.filename for each in documents if each.kind in {"request", "id_copy"}],
        "file.information": [
            *(str(row.get("name", "")) for row in answers.get("files") or ()),
            *(each.filename for each in documents if each.kind in {"supplied", "severed"}),
        ],
        "file.entries": [{**told, "on": chinese_date(on)} for _place, on, told in rows],
        "file.count": len(rows),
        "file.first_on": case.arrived_on or registered,
        "file.last_on": max(on for _place, on, _told in rows),
    }


def _sheets(turn: Turn, records: list[FormRecord]) -> Iterator[tuple[date, dict[str, str]]]:
    """The internal papers that the case has come to, dated by the newest record behind each."""
    for element, title in (
        ("search", "检索记录"),
        ("conference", "疑难问题会商纪要"),
        ("secrecy_review", "保密审查表"),
        ("leader_signoff", "答复审签单"),
    ):
        last = next((one for one in reversed(records) if one.element == element), None)
        if last is not None:
            organ = turn.desk.settings.office.organ
            yield (
                turn.desk.local(last.filled_at).date(),
                {"number": "", "author": organ, "title": title, "note": ""},
            )


def _letter(turn: Turn, letter: Letter, item: CaseItem | None) -> dict[str, object]:
    party = turn.session.scalar(select(Party).where(Party.case_id == turn.case.id, Party.part == "applicant"))
    to_applicant = item is None or letter.fields.get("addressee") is not None
    return {
        "letter.name": printed_name(turn, letter),
        "letter.number": letter.number,
        "letter.dated_on": letter.dated_on,
        "letter.recipient": letter.addressee,
        "letter.address": (party.address if party else None) if to_applicant else (item and item.data.get("address")),
        "letter.postcode": party.postcode if party and to_applicant else None,
    }


def _service(turn: Turn, records: list[FormRecord], letter: Letter) -> dict[str, object]:
    """How the letter was sent and received, from the first service form filled in after it was issued."""
    later = [one for one in records if one.filled_at >= letter.issued_at and one.item_id == letter.item_id]
    sent = [one for one in later if "mode" in one.answers]
    if not sent:
        return {}
    first = sent[0]
    served = next((value for name, value in first.answers.items() if name.endswith("_served_on")), None)
    gone = first.answers.get("posted_on") or first.answers.get("sent_on") or first.answers.get("told_on")
    received = [
        (one, value)
        for one in later
        for name in ("delivered_on", "signed_on", "reached_on", "deemed_on", "consult_received_on")
        if (value := one.answers.get(name))
    ]
    notes = [
        f"{chinese_date(_day(one.answers['returned_on']))}退回：{one.answers.get('returned_why') or '未注明原因'}"
        for one in later
        if one.answers.get("returned_on")
    ]
    return {
        "service.mode": _label(turn, first, "mode"),
        "service.tracking_no": first.answers.get("tracking_no"),
        "service.posted_on": gone or (served if first.answers.get("mode") == "postal" else None),
        "service.delivered_on": received[-1][1] if received else served,
        "service.delivered_to": next(
            (
                one.answers[name]
                for one, _ in received
                for name in ("delivered_to", "signed_by")
                if one.answers.get(name)
            ),
            None,
        ),
        "service.notes": notes,
    }


def _day(value: Any) -> date:
    return date.fromisoformat(str(value))

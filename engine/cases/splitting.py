"""一事一申请: a request that asks for several things is split into parts, each registered as a case of its own.

A part begins with what the whole says of applicant and arrival and with the papers it came with, is linked to it, and
is as confidential as it is. The day of receipt is the same: it is one letter that the office received (Art. 31).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.audit import record_case_event
from engine.cases.definitions import current_definition
from engine.cases.desk import Actor, Desk
from engine.cases.documents import Uploads, may_read
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.in_force import newest_version
from engine.cases.links import join
from engine.cases.permissions import Permission, permits, require
from engine.process import Definition, Form
from engine.statute.said import said
from engine.store.tables import Case, CaseLink, CaseNamed, Document, FormRecord

SPLITTERS = (Permission.CASES_CASE_REGISTER, Permission.CASES_LINK_MANAGE)
"""Whoever registers a part needs both."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The request that a part is split from.

    `files`: file field -> names of the papers that come along where no others are uploaded.
    """

    case_id: int
    number: str
    subject: str
    files: Mapping[str, tuple[str, ...]]


def may_split(actor: Actor, case: Case, definition: Definition) -> bool:
    """Whether the actor could register parts of this case: it has an applicant and is not concluded.

    It is up to whoever registers such cases, and to the handler of this one, who finds that it asks for several things.
    """
    if case.applicant_name is None or case.closed_at is not None or not all(permits(actor, one) for one in SPLITTERS):
        return False
    step = definition.steps[definition.case_type.start]
    return case.handler_id == actor.id or not actor.roles.isdisjoint(step.role)


def whole_request(desk: Desk, actor: Actor, case_id: int, case_type: str) -> Whole:
    """The case that a part is split from. Raises NotPermitted, NotFound, Refusal."""
    with desk.reading() as session:
        case = find_whole(desk, session, actor, case_id, case_type)
        papers = _papers(session, actor, case, _form(desk, session, case_type))
        names = {field: tuple(one.filename for one in found) for field, found in papers.items()}
        return Whole(case.id, case.number, case.subject, names)


def first_answers(desk: Desk, actor: Actor, case_id: int, case_type: str) -> Mapping[str, Any]:
    """What the form of a part opens with; only its name is left to be thought of.

    The applicant's data are in it in full, so the audit trail keeps who saw them. Raises as `whole_request`.
    """

    def work(session: Session) -> Mapping[str, Any]:
        case = find_whole(desk, session, actor, case_id, case_type)
        form = _form(desk, session, case_type)
        given = _answers(session, case.id, form)
        reason = "登记由本件拆分出的申请"
        record_case_event(session, case, actor.author, desk.now(), "reveal", data={"reason": reason})
        own = {name for name, target in form.keep.items() if target == "case.subject"}
        return {one.name: given[one.name] for one in form.fields if one.name in given and one.name not in own}

    return desk.write(work)


def find_whole(desk: Desk, session: Session, actor: Actor, case_id: int, case_type: str) -> Case:
    """The case that a part is to be split from. Raises NotPermitted, NotFound, Refusal."""
    for one in SPLITTERS:
        require(actor, one)
    case = find_case(session, actor, case_id)
    if case.case_type != case_type or case.applicant_name is None:
        raise Refusal(said("%(number)s 不是同一类申请，不能由它拆分。", number=case.number))
    if case.closed_at is not None:
        raise Refusal(said("%(number)s 已经办结，不能再拆分。另有申请的，请另行登记后关联。", number=case.number))
    if not may_split(actor, case, current_definition(session, desk.library, case_type)):
        raise NotPermitted("只有收件人员和本件的经办人可以登记拆分件。")
    return case


def papers_of_whole(
    session: Session, actor: Actor, whole: Case, form: Form, sent: Uploads
) -> dict[str, list[Document]]:
    """The papers that come along with a part: of every file field for which nothing was sent."""
    return {name: found for name, found in _papers(session, actor, whole, form).items() if not sent.get(name)}


def attach(desk: Desk, session: Session, actor: Actor, whole: Case, part: Case, papers: list[Document]) -> None:
    """Make a case that has just been registered a part of `whole`."""
    part.confidential = whole.confidential
    now = desk.now()
    for named in session.scalars(select(CaseNamed.account_id).where(CaseNamed.case_id == whole.id)):
        session.add(CaseNamed(case_id=part.id, account_id=named, named_at=now, named_by=actor.id))
    for one in papers:
        session.add(
            Document(
                case_id=part.id,
                kind=one.kind,
                filename=one.filename,
                media_type=one.media_type,
                size=one.size,
                sha256=one.sha256,
                restricted=one.restricted,
                version=1,
                uploaded_at=now,
                uploaded_by=actor.id,
            )
        )
    join(session, actor, whole, part, "split", now)


def confirmed_with_whole(session: Session, case: Case, form: Form) -> Mapping[str, Any]:
    """What a form that confirms the receipt with the applicant opens with: of a part, what was confirmed of the whole.

    Art. 31: the day both sides confirm is the day of receipt; one letter is confirmed once.
    """
    if all(rule.type != "confirm" for rule in form.events):
        return {}
    whole = select(CaseLink.case_id).where(
        CaseLink.other_id == case.id, CaseLink.kind == "split", CaseLink.removed_at.is_(None)
    )
    case_id = session.scalar(whole)
    given = _answers(session, case_id, form) if case_id is not None else {}
    return {one.name: given[one.name] for one in form.fields if one.type != "file" and one.name in given}


def _form(desk: Desk, session: Session, case_type: str) -> Form:
    """The form that cases of this type are registered by."""
    definition = current_definition(session, desk.library, case_type)
    return definition.forms[definition.steps[definition.case_type.start].form]


def _answers(session: Session, case_id: int, form: Form) -> Mapping[str, Any]:
    filled = select(FormRecord.answers).where(FormRecord.case_id == case_id, FormRecord.form == form.name)
    return session.scalar(filled.order_by(FormRecord.id.desc()).limit(1)) or {}


def _papers(session: Session, actor: Actor, whole: Case, form: Form) -> dict[str, list[Document]]:
    found = {}
    for one in form.fields:
        if one.type == "file":
            held = newest_version(session, whole.id, one.kind or "attachment", None)
            if papers := [document for document in held if may_read(actor, document)]:
                found[one.name] = papers
    return found

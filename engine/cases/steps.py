"""Complete a step of a case: one transaction from the permission check to the next wait."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, undefer

from engine.cases.access import came_to, find_case
from engine.cases.answers import Scope, check, shown
from engine.cases.audit import Author
from engine.cases.calendars import calendar_of
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.documents import Uploads, store_uploads
from engine.cases.doers import may_do, still_open
from engine.cases.errors import NotFound, Refusal, Stale
from engine.cases.evidence import needs_evidence
from engine.cases.flow import Turn, apply
from engine.cases.in_force import newest_version
from engine.cases.issuing import file_letter, issue_step_letter
from engine.cases.kept_uploads import with_kept
from engine.cases.ledger import Ledger
from engine.cases.payments import needs_exact_payment
from engine.cases.search import grams, reindex
from engine.cases.signing import needs_papers, publish, refuse_changed, replaced, sign
from engine.process import Form, Step, complete
from engine.statute.said import said
from engine.store.tables import Account, Case, CaseItem, FormRecord, Letter, Party, SpotItem, Unit, WorkItem
from engine.store.unit_of_work import append

# Statements that every step issues are built once: building one costs as much as running it.
_WORK = (
    select(WorkItem, Case)
    .join(Case, Case.id == WorkItem.case_id)
    .where(WorkItem.id == bindparam("work_item_id"))
    .options(undefer(Case.state))
)

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepDone:
    """What completing a step led to: the letter it issued, if any, and the work items now open."""

    case_id: int
    number: str
    letter_id: int | None = None
    next_steps: tuple[str, ...] = field(default=())


def open_turn(desk: Desk, session: Session, case: Case, author: Author) -> Turn:
    """Everything a command needs to work on a case, read inside its transaction."""
    definition = load_definition(session, desk.library, case.definition_digest)
    calendar = calendar_of(session, case.agency_id, desk.settings)
    ledger = Ledger(session, case, definition.case_type, calendar, desk.settings.policy())
    return Turn(desk, session, case, definition, calendar, ledger, author, desk.now())


def office_scope(session: Session, agency_id: int, form: Form, today: date, not_before: date | None) -> Scope:
    """What answers given to a form at this office are checked against; only what the form asks for is read."""
    asked = {one.type for field in form.fields for one in (field, *field.columns)}
    units: Iterable[int] = ()
    people: Iterable[int] = ()
    spot: Iterable[str] = ()
    if asked & {"unit", "units"}:
        units = session.scalars(select(Unit.id).where(Unit.agency_id == agency_id, Unit.active))
    if "person" in asked:
        people = session.scalars(select(Account.id).where(Account.agency_id == agency_id, Account.active))
    if "listed" in asked:
        spot = session.scalars(select(SpotItem.title).where(SpotItem.agency_id == agency_id, SpotItem.active))
    return Scope(today, not_before, frozenset(units), frozenset(people), {"spot": frozenset(spot)})


def scope_of(turn: Turn, form: Form) -> Scope:
    """What the answers of this case are checked against."""
    return office_scope(turn.session, turn.case.agency_id, form, turn.today, turn.case.arrived_on)


def complete_step(
    desk: Desk,
    actor: Actor,
    work_item_id: int,
    answers: Answers,
    uploads: Uploads | None = None,
    seen: str | None = None,
    kept: str | None = None,
) -> StepDone:
    """Complete a work item.

    `seen`: the papers that the page of a signing step showed (StepForm.seen). `kept`: the name under which files chosen
    before were kept (engine/cases/kept_uploads.py).

    Either everything it entails is stored (form, ledger, letter, process state, next work items, due dates, audit,
    messages) or nothing. Raises NotPermitted, Stale (PapersChanged: with the differences), AnswerErrors or another
    Refusal; then nothing has changed.
    """

    def work(session: Session) -> StepDone:
        item, case = load_work(session, actor, work_item_id)
        turn = open_turn(desk, session, case, actor.author)
        step = turn.definition.steps.get(item.element)
        if step is not None and step.signs and seen is not None:
            # Asked first: the change may have recalled this very step, and the signer is told what changed.
            refuse_changed(turn, step, seen)
        still_open(desk, session, item)
        assert step is not None, "a step that waits is in the version its case runs on"
        person = may_do(session, actor, item, step, turn.performers(step.apart_from) if step.apart_from else None)
        turn.author = actor.author_for(person)
        form = turn.definition.forms[step.form]
        # Everything is written in one go at the end; what has to be read back meanwhile is flushed where it is read.
        with with_kept(desk, session, actor, kept, uploads or {}) as files, session.no_autoflush:
            clean = check(form, answers, scope_of(turn, form), file_counts(turn, form, files, item.item_id))
            letter = _carry_out(turn, item, step, form, clean, files, seen)
            told = _close_item(turn, item, form, clean)
            outcome = complete(turn.definition, _state(case), item.token, routing(form, clean), turn.ledger.facts())
            apply(turn, outcome, "complete", item.element, told)
        return done(turn, letter)

    return desk.write(work)


def load_work(session: Session, actor: Actor, work_item_id: int) -> tuple[WorkItem, Case]:
    """A work item with its case, if the actor may see the case. Raises NotFound."""
    found = session.execute(_WORK, {"work_item_id": work_item_id}).one_or_none()
    if found is None:
        raise NotFound("没有找到这项工作。")
    item, case = found
    if not came_to(actor, item, case):
        find_case(session, actor, case.id)
    return item, case


def file_counts(turn: Turn, form: Form, uploads: Uploads, item_id: int | None) -> dict[str, int]:
    """How many files each file field has: those sent now, else, where the field carries, those in force."""
    counts = {name: len(files) for name, files in uploads.items()}
    for one in form.fields:
        if one.type == "file" and one.carry and not counts.get(one.name):
            kind = one.kind or "attachment"
            counts[one.name] = len(newest_version(turn.session, turn.case.id, kind, item_id))
    return counts


def _state(case: Case) -> bytes:
    if case.state is None:
        raise Stale("该件的流程已经结束，不需要再办理。")
    return case.state


def done(turn: Turn, letter: Letter | None = None) -> StepDone:
    """What the person is told after a step."""
    names = tuple(one.name for one in turn.open_items)
    return StepDone(turn.case.id, turn.case.number, letter.id if letter else None, names)


def routing(form: Form, clean: Answers) -> dict[str, str | int | bool | None]:
    """The scalars that the diagram decides on: routing fields and the sizes of item lists."""
    variables: dict[str, str | int | bool | None] = {
        one.name: clean.get(one.name) for one in form.fields if one.routing
    }
    for rule in form.items:
        variables[rule.count] = len(clean.get(rule.rows, []))
    return variables


def _carry_out(
    turn: Turn, work: WorkItem, step: Step, form: Form, clean: dict[str, Any], uploads: Uploads, seen: str | None
) -> Letter | None:
    """Everything that completing a step does apart from moving the process."""
    case_item = turn.session.get(CaseItem, work.item_id) if work.item_id else None
    outcome = str(clean.get("outcome", ""))
    needs_exact_payment(turn, form, clean)
    fill_in(turn, work.element, form, clean, uploads, case_item)
    wants_evidence = step.evidence and (not step.evidence_when or outcome in step.evidence_when)
    wants_papers = bool(step.needs) and (not step.needs_when or outcome in step.needs_when)
    signs = bool(step.signs) and (not step.signs_when or outcome in step.signs_when)
    issues = step.letter is not None and (not step.letter_when or outcome in step.letter_when)
    if wants_evidence:
        needs_evidence(turn, clean)
    if wants_papers or signs or step.publishes or issues:
        turn.session.flush()
    if wants_papers:
        needs_papers(turn, step, step.needs)
    if signs:
        refuse_changed(turn, step, seen)
        sign(turn, step, words_signed(form, clean))
    if step.publishes:
        publish(turn, step)
    if step.letter is None or not issues:
        return None
    letter = issue_step_letter(turn, step.letter, case_item)
    if step.letter_as is not None:
        file_letter(turn, letter, step.letter_as)
    return letter


def words_signed(form: Form, clean: Answers) -> str:
    """The words that a signature stands under: the form's title, the outcome in words, and the opinion written."""
    labels = {code: label for one in form.fields if one.name == "outcome" for code, label in one.choices}
    words = [form.title, labels.get(str(clean.get("outcome")), ""), str(clean.get("opinion", ""))]
    return "：".join(word for word in words if word)


def fill_in(
    turn: Turn,
    element: str,
    form: Form,
    clean: dict[str, Any],
    uploads: Uploads,
    case_item: CaseItem | None = None,
) -> None:
    """Store a form's answers, files, list members and legal events, and what it keeps on the case."""
    session, case = turn.session, turn.case
    for name, files in uploads.items():
        wanted = next((one for one in form.fields if one.name == name and one.type == "file"), None)
        if wanted is not None and files and shown(wanted, clean):
            kind, item_id = wanted.kind or "attachment", case_item.id if case_item else None
            stored = store_uploads(turn.desk, session, case, turn.author.id, files, kind, item_id)
            clean[name] = [document.id for document in stored]
            replaced(turn, {kind})
    append(
        session,
        FormRecord,
        case_id=case.id,
        element=element,
        form=form.name,
        item_id=case_item.id if case_item else None,
        answers=clean,
        filled_at=turn.at,
        filled_by=turn.author.id,
    )
    _keep(turn, form, clean)
    _open_items(turn, form, clean)
    for rule in form.events:
        if not all(str(clean.get(name, "")) in wanted for name, wanted in rule.when.items()):
            continue
        on = clean.get(rule.date) if rule.date else turn.today.isoformat()
        if not on:
            continue
        data = {key: _value(source, clean, case_item, case) for key, source in rule.with_.items()}
        data = {key: value for key, value in data.items() if value not in (None, "")}
        turn.ledger.append(rule.type, date.fromisoformat(str(on)), data, turn.at, turn.author.id)
        turn.record("legal_event", element=element, data={"type": rule.type, "on": str(on), **data})


def _value(source: Any, clean: Answers, item: CaseItem | None, case: Case) -> Any:
    """A value for a key of an event: the answer of a field, something of the item or case, or a fixed value."""
    if not isinstance(source, str):
        return source
    if source == "$item":
        return item.public_id if item else None
    if source.startswith("$item."):
        return item.data.get(source.removeprefix("$item.")) if item else None
    if source.startswith("$case."):
        return getattr(case, source.removeprefix("$case."))
    if source == "=true":
        return True
    if source.startswith("="):
        return source[1:]
    return clean.get(source)


_CASE_COLUMNS = frozenset({"subject", "channel", "decision", "ground", "drill", "form_requested"})
_PARTY_COLUMNS = frozenset(
    {
        "kind", "category", "name", "id_kind", "id_number", "contact_person", "phone", "email", "address", "postcode",
        "assistance",
    }
)  # fmt: skip


def _keep(turn: Turn, form: Form, clean: Answers) -> None:
    case, session = turn.case, turn.session
    if not form.keep:
        return
    subject, found_by = case.subject, grams(case)
    for name, target in form.keep.items():
        asked = next(one for one in form.fields if one.name == name)
        if not shown(asked, clean):
            continue
        value = clean.get(name)
        table, _, column = target.rpartition(".")
        if table == "case" and column in _CASE_COLUMNS:
            if column == "drill":
                value = bool(value)
            if column == "subject" and not value:
                continue
            setattr(case, column, value)
        elif table == "party.applicant" and column in _PARTY_COLUMNS:
            party = session.scalar(select(Party).where(Party.case_id == case.id, Party.part == "applicant"))
            if party is None:
                party = Party(case_id=case.id, part="applicant", name="")
                session.add(party)
            setattr(party, column, value)
            session.flush()
        else:
            raise Refusal(
                said("表单“%(name)s”要保存到未知的位置 %(target)s，请联系系统管理员。", name=form.name, target=target)
            )
    if subject:  # a new case is indexed as a whole once it is registered
        reindex(session, case, found_by)


def _open_items(turn: Turn, form: Form, clean: Answers) -> None:
    session, case = turn.session, turn.case
    for rule in form.items:
        rows = clean.get(rule.rows, [])
        if not rows:
            continue
        seq, round_ = session.execute(
            select(func.coalesce(func.max(CaseItem.seq), 0), func.coalesce(func.max(CaseItem.round), 0)).where(
                CaseItem.case_id == case.id, CaseItem.kind == rule.kind
            )
        ).one()
        total = session.scalar(select(func.count()).select_from(CaseItem).where(CaseItem.case_id == case.id)) or 0
        for index, row in enumerate(rows, start=1):
            data = row if isinstance(row, dict) else {"unit": row}
            unit_id = data.get("unit")
            session.add(
                CaseItem(
                    case_id=case.id,
                    kind=rule.kind,
                    seq=seq + index,
                    round=round_ + 1,
                    public_id=f"c{total + index}",
                    data=data,
                    unit_id=unit_id if isinstance(unit_id, int) else None,
                )
            )
        session.flush()


def _close_item(turn: Turn, work: WorkItem, form: Form, clean: Answers) -> dict[str, object]:
    outcome = clean.get("outcome")
    labels = {code: label for one in form.fields if one.name == "outcome" for code, label in one.choices}
    turn.open_items = [one for one in turn.open_items if one.id != work.id]
    work.status = "done"
    work.done_at = turn.at
    work.done_by = turn.author.id
    in_place_of = turn.author.behalf or turn.author
    work.done_for = in_place_of.id if turn.author.behalf else None
    work.assignee_id = work.assignee_id or in_place_of.id
    work.outcome = labels.get(str(outcome), None if outcome is None else str(outcome))
    # What the person said in so many words: the reason of a return, else the form's own note (`…_note`).
    notes = [one.name for one in form.fields if one.name == "return_reason" or one.name.endswith("note")]
    work.note = clean.get("return_reason") or next((clean[name] for name in notes if clean.get(name)), None)
    if turn.case.handler_id is None and "handler" in work.role.split():
        turn.case.handler_id = in_place_of.id
    return {"work_item": work.id, "name": work.name, "outcome": work.outcome}

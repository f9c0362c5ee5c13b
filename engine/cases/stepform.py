"""The form of a step as it opens: its fields, what is carried over, and what belongs beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.answers import check
from engine.cases.definitions import current_definition, definition_then
from engine.cases.desk import Actor, Desk
from engine.cases.doers import may_do, still_open
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.evidence import latest_answers, missing_evidence
from engine.cases.flow import Turn
from engine.cases.frequency import FILLS
from engine.cases.in_force import in_force, newest_version
from engine.cases.issuing import fee_of, letter_entry, preview
from engine.cases.paper_view import PaperView, papers_of_step
from engine.cases.payments import payments_of
from engine.cases.signing import seen_code
from engine.cases.splitting import confirmed_with_whole, find_whole
from engine.cases.steps import fill_in, open_turn, scope_of
from engine.process import Form, Step
from engine.statute.decisions import EVIDENCE_TITLES
from engine.statute.said import said
from engine.store.tables import Account, Case, CaseItem, SpotItem, Unit, WorkItem


@dataclass(frozen=True, slots=True)
class Options:
    """What a form's selections offer: (id, name) pairs, and for `listed` fields titles by the field's kind."""

    units: tuple[tuple[int, str], ...]
    people: tuple[tuple[int, str], ...]
    listed: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class StepForm:
    """A form ready to be shown.

    Attributes:
        values: what the fields open with (defaults, carried answers).
        options: what `unit`, `person` and `listed` fields offer.
        letter: title of the letter the step issues, if any; missing: evidence not yet on file, in Chinese.
        item: data of the list member the step is about.
        kept: file field -> names of the files in force, which stay unless others are uploaded.
        papers: what the step signs or compares, to be read beside the form; seen: what a signing page carries along.
        limit_percent: share of repeated sentences from which on a paper counts as an excerpt.
    """

    case: Case | None
    step: Step | None
    form: Form
    values: Mapping[str, Any]
    options: Options
    letter: str | None = None
    letter_problem: str | None = None
    missing: tuple[str, ...] = ()
    item: Mapping[str, Any] | None = None
    work_item_id: int | None = None
    fee: str | None = None
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    papers: tuple[PaperView, ...] = ()
    seen: str | None = None
    limit_percent: int = 0


def _options(session: Session, agency_id: int) -> Options:
    units = session.execute(
        select(Unit.id, Unit.name).where(Unit.agency_id == agency_id, Unit.active).order_by(Unit.id)
    )
    people = session.execute(
        select(Account.id, Account.name).where(Account.agency_id == agency_id, Account.active).order_by(Account.name)
    )
    spot = session.scalars(
        select(SpotItem.title).where(SpotItem.agency_id == agency_id, SpotItem.active).order_by(SpotItem.id)
    )
    return Options(tuple(units), tuple(people), {"spot": tuple(spot)})


def registration_form(desk: Desk, actor: Actor, case_type: str, whole: int | None = None) -> StepForm:
    """The empty form of a new case, or of a part of the case `whole`. Raises NotPermitted, NotFound, Refusal."""
    with desk.reading() as session:
        definition = current_definition(session, desk.library, case_type)
        step = definition.steps[definition.case_type.start]
        if whole is not None:
            find_whole(desk, session, actor, whole, case_type)
        elif actor.roles.isdisjoint(step.role):
            raise NotPermitted(said("“%(name)s”不属于您的岗位职责。", name=step.name))
        form = definition.forms[step.form]
        options = _options(session, actor.agency_id)
        return StepForm(None, step, form, _defaults(form), options)


def asked_form(desk: Desk, actor: Actor, work_item_id: int) -> StepForm:
    """The form of a work item whether it still waits or not, so that nothing typed into it is lost. Raises NotFound."""
    with desk.reading() as session:
        work = session.get(WorkItem, work_item_id)
        if work is None:
            raise NotFound("没有找到这项工作。")
        case = find_case(session, actor, work.case_id)
        definition = definition_then(session, desk.library, case)(work.done_at or desk.now())
        step = definition.steps[work.element]
        options = _options(session, actor.agency_id)
        return StepForm(case, step, definition.forms[step.form], {}, options, work_item_id=work.id)


def step_form(desk: Desk, actor: Actor, work_item_id: int) -> StepForm:
    """The form of an open work item that the actor may do. Raises Stale, NotPermitted, NotFound."""
    with desk.reading() as session:
        work, turn = _open(desk, session, actor, work_item_id)
        step = turn.definition.steps[work.element]
        form = turn.definition.forms[step.form]
        item = session.get(CaseItem, work.item_id) if work.item_id else None
        options = _options(session, actor.agency_id)
        letter, problem = _letter(turn, step, form)
        missing: tuple[str, ...] = ()
        if step.evidence and turn.case.decision:
            missing = tuple(EVIDENCE_TITLES[one] for one in missing_evidence(turn))
        answers = latest_answers(session, turn.case.id, item.id if item else None, of_any_item=True)
        return StepForm(
            turn.case,
            step,
            form,
            {
                **_defaults(form),
                **_worked_out(turn, form),
                **confirmed_with_whole(session, turn.case, form),
                **_carried(form, answers),
            },
            options,
            letter,
            problem,
            missing,
            item.data if item else None,
            work.id,
            _fee(turn, step, form, answers),
            _kept(turn, form, work.item_id),
            papers_of_step(turn, step),
            seen_code(in_force(session, turn.case.id, step.signs)) if step.signs else None,
            desk.settings.similarity.percent,
        )


def action_form(desk: Desk, actor: Actor, case_id: int, action_id: str) -> StepForm:
    """The form of an action. Raises NotFound, NotPermitted."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        turn = open_turn(desk, session, case, actor.author)
        action = next((one for one in turn.definition.case_type.actions if one.id == action_id), None)
        if action is None:
            raise NotFound("没有这项操作。")
        if actor.roles.isdisjoint(action.roles):
            raise NotPermitted(said("“%(title)s”不属于您的岗位职责。", title=action.title))
        form = turn.definition.forms[action.form]
        options = _options(session, actor.agency_id)
        return StepForm(case, None, form, _defaults(form), options)


def _open(desk: Desk, session: Session, actor: Actor, work_item_id: int) -> tuple[WorkItem, Turn]:
    work = session.get(WorkItem, work_item_id)
    if work is None:
        raise NotFound("没有找到这项工作。")
    case = find_case(session, actor, work.case_id)
    still_open(desk, session, work)
    turn = open_turn(desk, session, case, actor.author)
    may_do(session, actor, work, turn.definition.steps[work.element])
    return work, turn


def _defaults(form: Form) -> dict[str, Any]:
    return {one.name: one.default for one in form.fields if one.default is not None and one.default not in FILLS}


def _worked_out(turn: Turn, form: Form) -> dict[str, str]:
    return {one.name: FILLS[str(one.default)](turn) for one in form.fields if one.default in FILLS}


def _carried(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The latest answers of the fields that the form says are carried."""
    carried = (one for one in form.fields if one.carry and one.type != "file" and one.name in answers)
    return {one.name: answers[one.name] for one in carried}


def _kept(turn: Turn, form: Form, item_id: int | None) -> dict[str, tuple[str, ...]]:
    """Files in force of the fields that carry."""
    found = {}
    for one in form.fields:
        if one.type == "file" and one.carry:
            held = newest_version(turn.session, turn.case.id, one.kind or "attachment", item_id)
            found[one.name] = tuple(document.filename for document in held)
    return found


def _letter(turn: Turn, step: Step, form: Form) -> tuple[str | None, str | None]:
    # A form that takes the decision itself (a reply on the spot) cannot know its letter before it is filled in.
    if step.letter is None or (step.letter == "decision" and "case.decision" in form.keep.values()):
        return None, None
    try:
        return letter_entry(turn, step.letter).title, None
    except Refusal as refusal:
        return None, str(refusal)


def _fee(turn: Turn, step: Step, form: Form, answers: Mapping[str, Any]) -> str | None:
    if step.letter != "L-12" and all(one.name != "fee_amount" for one in form.fields):
        return None
    made = payments_of(turn) if step.letter != "L-12" else None
    if made is not None and made.paid:
        told = {"charged": made.charged, "paid": made.paid, "rest": made.rest}
        return said("应缴信息处理费 %(charged)s 元，已登记 %(paid)s 元，尚差 %(rest)s 元。", **told)
    quantity, charged = fee_of(turn, answers)
    return said("计费数量 %(quantity)s，应缴信息处理费 %(total)s 元。", quantity=quantity, total=charged.total)


def preview_letter(desk: Desk, actor: Actor, work_item_id: int, answers: Mapping[str, Any] | None = None) -> bytes:
    """The letter of a step as it would go out with these answers; nothing is stored.

    A step that issues none shows the letter of the case's decision, so that whoever drafts, reviews or signs reads it.
    The answers are written in a transaction that is rolled back, so that the preview is made by the very code that
    issues the letter. Raises Refusal.
    """
    with desk.sessions.rehearse() as session:
        work, turn = _open(desk, session, actor, work_item_id)
        step = turn.definition.steps[work.element]
        item = session.get(CaseItem, work.item_id) if work.item_id else None
        if answers is not None:
            form = turn.definition.forms[step.form]
            clean = check(form, answers, scope_of(turn, form), unfinished=True)
            fill_in(turn, work.element, form, clean, {}, item)
            session.flush()
        return preview(turn, step.letter or "decision", item)

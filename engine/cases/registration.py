"""Open a case: the act of registration (登记), with the receipt date following from the channel (Art. 31)."""

import secrets
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.answers import check
from engine.cases.applicants import applicant_key, name_key
from engine.cases.calendars import calendar_of
from engine.cases.definitions import case_types, current_definition
from engine.cases.desk import Actor, Desk
from engine.cases.documents import Uploads
from engine.cases.errors import NotPermitted
from engine.cases.flow import Turn, apply
from engine.cases.kept_uploads import with_kept
from engine.cases.ledger import Ledger
from engine.cases.numbers import take_number
from engine.cases.search import reindex
from engine.cases.splitting import attach, find_whole, papers_of_whole
from engine.cases.steps import Answers, StepDone, done, fill_in, office_scope, routing
from engine.process import Definition, Step, complete, start
from engine.statute.said import said
from engine.store.tables import Case, Party, WorkItem

# Letters and digits that cannot be mistaken for one another on a printed receipt.
_QUERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def register(
    desk: Desk,
    actor: Actor,
    case_type: str,
    answers: Answers,
    uploads: Uploads | None = None,
    *,
    once: str | None = None,
    whole: int | None = None,
) -> StepDone:
    """Register a request as a new case on the current definition of its type.

    `once` names the form as it was opened: handing the same form in a second time gives the first case again, and
    files kept for it (engine/cases/kept_uploads.py) come along.
    `whole`: the case that this one is split from (engine/cases/splitting.py).
    Raises NotPermitted, AnswerErrors or another Refusal; then nothing has been stored and no number is used up.
    """

    def work(session: Session) -> StepDone:
        known = _registered(session, actor, once)
        if known is not None:
            return known
        definition = current_definition(session, desk.library, case_type)
        step = definition.steps[definition.case_type.start]
        origin = find_whole(desk, session, actor, whole, case_type) if whole is not None else None
        if origin is None and actor.roles.isdisjoint(step.role):
            raise NotPermitted(said("“%(name)s”不属于您的岗位职责。", name=step.name))
        with with_kept(desk, session, actor, once, uploads or {}) as files:
            form = definition.forms[step.form]
            counts = {name: len(found) for name, found in files.items()}
            papers = papers_of_whole(session, actor, origin, form, files) if origin is not None else {}
            counts |= {name: len(found) for name, found in papers.items()}
            clean = check(form, answers, office_scope(session, actor.agency_id, form, desk.today(), None), counts)
            case = _open(desk, session, actor, definition, drill=bool(clean.get("drill")), once=once)
            calendar = calendar_of(session, case.agency_id, desk.settings)
            ledger = Ledger(session, case, definition.case_type, calendar, desk.settings.policy())
            turn = Turn(desk, session, case, definition, calendar, ledger, actor.author, desk.now())
            turn.record("register", element=step.element, data={"number": case.number, "drill": case.drill})
            fill_in(turn, step.element, form, clean, files)
            _index_applicant(session, case)
            if origin is not None:
                attach(desk, session, actor, origin, case, [one for found in papers.values() for one in found])
            reindex(session, case, frozenset())
            begun = start(definition, {}, ledger.facts())
            first = next(wait for wait in begun.waits if wait.element == step.element)
            _done_already(turn, step, first.token)
            outcome = complete(definition, begun.state, first.token, routing(form, clean), ledger.facts())
            apply(turn, replace(outcome, passed=(*begun.passed, *outcome.passed)), "start", step.element)
            return done(turn)

    return desk.write(work)


def is_registered(desk: Desk, actor: Actor, once: str) -> bool:
    """Whether this form of the actor's has already become a case."""
    with desk.reading() as session:
        return _registered(session, actor, once or None) is not None


def _registered(session: Session, actor: Actor, once: str | None) -> StepDone | None:
    """The case that this form has already become; two clicks at once break the unique key and run again to here."""
    if once is None:
        return None
    case = session.scalar(select(Case).where(Case.registered_by == actor.id, Case.once == once))
    return StepDone(case.id, case.number) if case is not None else None


def _open(desk: Desk, session: Session, actor: Actor, definition: Definition, *, drill: bool, once: str | None) -> Case:
    year = desk.today().year
    case_type = definition.case_type
    # A drill (模拟测试) counts in a series of its own: it must leave no gap in the register of requests.
    series = f"{case_type.id}:drill" if drill else case_type.id
    pattern = case_type.drill_number if drill else case_type.number
    serial = take_number(session, actor.agency_id, series, year)
    case = Case(
        agency_id=actor.agency_id,
        case_type=case_type.id,
        number=pattern.format(year=year, seq=serial),
        definition_digest=definition.digest,
        drill=drill,
        subject="",
        query_code="".join(secrets.choice(_QUERY_ALPHABET) for _ in range(8)),
        registered_at=desk.now(),
        registered_by=actor.id,
        once=once,
        event_seq=0,
        event_hash="",
        clock_status="none",
    )
    session.add(case)
    session.flush()
    return case


def _index_applicant(session: Session, case: Case) -> None:
    party = session.scalar(select(Party).where(Party.case_id == case.id, Party.part == "applicant"))
    if party is None:
        return
    case.applicant_name = party.name
    case.applicant_kind = party.kind
    case.applicant_category = party.category
    case.applicant_key = applicant_key(party)
    case.applicant_name_key = name_key(party.name)


def _done_already(turn: Turn, step: Step, token: str) -> None:
    turn.session.add(
        WorkItem(
            agency_id=turn.case.agency_id,
            case_id=turn.case.id,
            token=token,
            element=step.element,
            name=step.name,
            role=" ".join(step.role),
            status="done",
            assignee_id=turn.author.id,
            opened_at=turn.at,
            done_at=turn.at,
            done_by=turn.author.id,
        )
    )


def startable(desk: Desk, actor: Actor) -> list[tuple[str, str]]:
    """The kinds of cases that the actor may register, as (id, title)."""
    with desk.reading() as session:
        return [
            (one.case_type.id, one.case_type.title)
            for one in case_types(session, desk.library)
            if not actor.roles.isdisjoint(one.steps[one.case_type.start].role)
        ]

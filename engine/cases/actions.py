"""What an officer may do at any time while the diagram waits for it: the actions of the case type (messages)."""

from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.answers import check
from engine.cases.desk import Actor, Desk
from engine.cases.documents import Uploads
from engine.cases.errors import NotFound, NotPermitted, Refusal, Stale
from engine.cases.flow import apply
from engine.cases.kept_uploads import with_kept
from engine.cases.steps import Answers, StepDone, done, fill_in, open_turn, routing, scope_of
from engine.process import NotWaiting, send
from engine.statute.events import EVENT_TYPES
from engine.statute.said import said


def take_action(
    desk: Desk,
    actor: Actor,
    case_id: int,
    action_id: str,
    answers: Answers,
    uploads: Uploads | None = None,
    kept: str | None = None,
) -> StepDone:
    """Send a message of the case type (withdrawal, request for an extension) into a running case.

    `kept`: as for complete_step.

    Raises Stale when the case no longer waits for it, NotPermitted, AnswerErrors or another Refusal.
    """

    def work(session: Session) -> StepDone:
        case = find_case(session, actor, case_id)
        turn = open_turn(desk, session, case, actor.author)
        action = next((one for one in turn.definition.case_type.actions if one.id == action_id), None)
        if action is None:
            raise NotFound("没有这项操作。")
        if actor.roles.isdisjoint(action.roles):
            raise NotPermitted(said("“%(title)s”不属于您的岗位职责。", title=action.title))
        if case.state is None:
            raise Refusal(said("该件的流程已经结束，不能再办理“%(title)s”。", title=action.title))
        past = [row for row in turn.ledger.rows if row.voided_at is None and row.type in action.unless]
        if past:
            event = EVENT_TYPES[past[0].type].title
            raise Refusal(said("不能再办理“%(title)s”：已经登记“%(event)s”。", title=action.title, event=event))
        form = turn.definition.forms[action.form]
        with with_kept(desk, session, actor, kept, uploads or {}) as files:
            counts = {name: len(found) for name, found in files.items()}
            clean = check(form, answers, scope_of(turn, form), counts)
            fill_in(turn, f"action:{action.id}", form, clean, files)
        try:
            outcome = send(turn.definition, case.state, action.message, routing(form, clean), turn.ledger.facts())
        except NotWaiting as error:
            raise Stale(
                said("现在不能办理“%(title)s”：当前环节不接受，或者已经有人办理。", title=action.title)
            ) from error
        apply(turn, outcome, "action", action.id, {"title": action.title})
        return done(turn)

    return desk.write(work)

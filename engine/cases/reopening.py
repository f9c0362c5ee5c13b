"""Open a closed case again because a reviewing body ordered a new reply: the same case, the same number, a new period.

The diagram is begun anew with the order in the ledger; its first gateway leads a case that was ordered to reply again
past registration. A case type whose diagram has no such way cannot be opened again.
"""

from datetime import date

from engine.cases.definitions import current_definition
from engine.cases.errors import Refusal
from engine.cases.flow import Turn, apply
from engine.cases.messages import holders, tell
from engine.process import start
from engine.statute.said import said

ORDERED = "ordered_to_reply_again"


def reopen(turn: Turn, ordered_on: date, days: int) -> None:
    """Record the order and begin handling anew, `days` working days from `ordered_on`.

    What the case still waited for is recalled; what was done stays on record. Raises Refusal.
    """
    session, case = turn.session, turn.case
    before = {"closed_at": case.closed_at, "archived_at": case.archived_at, "definition": case.definition_digest}
    turn.ledger.append(ORDERED, ordered_on, {"days": days}, turn.at, turn.author.id)
    definition = current_definition(session, turn.desk.library, case.case_type)
    begun = start(definition, {}, turn.ledger.facts())
    if any(wait.element == definition.case_type.start for wait in begun.waits):
        raise Refusal("这类事项的流程没有重新答复的路径，不能重新办理。请联系系统管理员。")
    case.definition_digest = definition.digest
    case.closed_at = case.archived_at = None
    turn.definition = definition
    told = {name: str(value) for name, value in before.items() if value is not None}
    apply(turn, begun, "reopen", None, {"ordered_on": ordered_on.isoformat(), "days": days, "before": told})
    people = set(holders(session, case.agency_id, ["disclosure_head"]))
    people |= {case.handler_id} if case.handler_id is not None else set(holders(session, case.agency_id, ["handler"]))
    tell(
        session,
        people,
        key=f"reopen:{case.id}:{case.event_seq}",
        text=said("%(number)s：被责令重新答复，期限重新起算，请办理。", number=case.number),
        at=turn.at,
        case=case,
        level="warning",
    )

"""The diagrams of a case, in the version the case runs on."""

from engine.cases.access import find_case
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound


def case_diagram(desk: Desk, actor: Actor, case_id: int, process: str) -> str:
    """The BPMN XML of one level of the case's process. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        found = load_definition(session, desk.library, case.definition_digest).diagrams.get(process)
        if found is None:
            raise NotFound("该件的流程没有这一层。")
        return found

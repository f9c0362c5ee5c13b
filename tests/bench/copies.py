"""A case that the program has really brought to some point, copied a thousand times by rows."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, insert, select, update

from engine.cases.desk import Desk
from engine.store.tables import Case, CaseEvent, FormRecord, LegalEvent, Party, Timer, WorkItem
from tests.office import Office

_PARTS = (Party, LegalEvent, FormRecord, WorkItem, CaseEvent, Timer)


def waiting_for_correction(office: Office) -> int:
    """A case whose applicant has been asked to correct it; a timer waits for the end of his time."""
    case = office.register().case_id
    office.do("completeness", case=case, outcome="correct", missing="请写明文件名称。")
    while "correction_service" not in office.waiting(case):
        office.do(office.waiting(case)[0], case=case, outcome="issue")
    office.do("correction_service", case=case)
    return case


def copies(desk: Desk, original: int, count: int) -> list[int]:
    """Copies of a case with all that a sweep reads or changes; their ids."""
    with desk.sessions.engine.begin() as connection:
        row = connection.execute(select(Case.__table__).where(Case.id == original)).mappings().one()
        first = (connection.scalar(select(func.max(Case.id))) or 0) + 1
        ids = list(range(first, first + count))
        own: Callable[[int], dict[str, Any]] = lambda number: {  # noqa: E731 - one line of a table
            "id": number, "number": f"copy-{number}", "query_code": f"K{number}", "once": None, "counted": None,
        }  # fmt: skip
        connection.execute(insert(Case.__table__), [{**row, **own(number)} for number in ids])
        for model in _PARTS:
            table = model.__table__
            parts = connection.execute(select(table).where(table.c.case_id == original)).mappings().all()
            made = [_part(part, number) for number in ids for part in parts]
            if made:
                connection.execute(insert(table), made)
    return ids


def _part(row: Any, case: int) -> dict[str, Any]:
    part = {name: value for name, value in row.items() if name != "id"} | {"case_id": case}
    return part | {"chain": f"case:{case}"} if "chain" in part else part


def put_off(desk: Desk, original: int) -> None:
    """Nothing of the original itself is due any more."""
    with desk.sessions.engine.begin() as connection:
        connection.execute(update(Timer).where(Timer.case_id == original).values(cancelled_at=desk.now()))

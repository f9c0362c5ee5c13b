"""The ledger of a case as people read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.statute.events import EVENT_TYPES
from engine.store.tables import CaseItem, LegalEvent


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One legal event as people read it."""

    seq: int
    type: str
    title: str
    on: date
    details: tuple[tuple[str, str], ...]
    recorded_at: datetime
    recorded_by: str
    void_reason: str | None


DETAIL_LABELS = {
    "channel": "渠道",
    "by": "方式",
    "signed_by": "签收人",
    "days": "工作日",
    "period_working_days": "期限（工作日）",
    "id": "编号",
    "to": "对象",
    "new_due": "新的答复日",
    "carrier": "寄送单位",
    "decision": "决定",
    "accepted": "逾期接受",
    "with_applicant": "与申请人确认",
}


def ledger_lines(
    rows: Iterable[LegalEvent], names: Mapping[int, str], items: Iterable[CaseItem]
) -> tuple[LedgerLine, ...]:
    """The events in their order; `names`: of accounts by id."""
    members = {item.public_id: str(item.data.get("name", item.public_id)) for item in items}
    return tuple(
        LedgerLine(
            seq=row.seq,
            type=row.type,
            title=EVENT_TYPES[row.type].title,
            on=row.on,
            details=tuple(
                (DETAIL_LABELS.get(key, key), members.get(str(value), str(value)) if key == "id" else str(value))
                for key, value in row.data.items()
            ),
            recorded_at=row.recorded_at,
            recorded_by=names.get(row.recorded_by or 0, "系统"),
            void_reason=row.void_reason,
        )
        for row in rows
    )

"""All tables, imported in one place so that the metadata is complete."""

from engine.store.base import Base
from engine.store.case import Case, CaseItem, Document, FormRecord, LegalEvent, Party, Timer, WorkItem
from engine.store.office import (
    Account,
    AccountRole,
    Agency,
    FormDraft,
    HolidayNotice,
    Lease,
    PasswordHistory,
    ProcessDefinition,
    SpotItem,
    Unit,
)
from engine.store.record import (
    AuditSeal,
    CaseEvent,
    InboxMessage,
    Letter,
    NumberSeries,
    OutboxMessage,
    Signature,
)

__all__ = [
    "Account",
    "AccountRole",
    "Agency",
    "AuditSeal",
    "Base",
    "Case",
    "CaseEvent",
    "CaseItem",
    "Document",
    "FormDraft",
    "FormRecord",
    "HolidayNotice",
    "InboxMessage",
    "Lease",
    "LegalEvent",
    "Letter",
    "NumberSeries",
    "OutboxMessage",
    "Party",
    "PasswordHistory",
    "ProcessDefinition",
    "Signature",
    "SpotItem",
    "Timer",
    "Unit",
    "WorkItem",
]

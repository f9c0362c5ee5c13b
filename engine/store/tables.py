"""All tables, imported in one place so that the metadata is complete."""

from engine.store.after import PublicationTask, Review, ReviewStage
from engine.store.around import CaseComment, CaseLink, CaseNamed, CaseWatcher
from engine.store.base import Base
from engine.store.case import (
    Case,
    CaseGram,
    CaseItem,
    Document,
    FormRecord,
    LegalEvent,
    Party,
)
from engine.store.counts import CaseCount
from engine.store.desks import Leave, ReceiptPrint, SavedFilter
from engine.store.letters import (
    LetterConversion,
    LetterFile,
    LetterTemplate,
    PrintBatch,
    SealRequest,
    Severance,
)
from engine.store.measures import CaseMeasure
from engine.store.office import (
    Account,
    AccountRole,
    Agency,
    FormDraft,
    HolidayNotice,
    KeptUpload,
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
from engine.store.searching import SearchedText, TextGram
from engine.store.supervision import CaseReminder, SupervisionItem
from engine.store.versions import MigratedCase, ProcessMigration
from engine.store.work import DONE, WAITS, Timer, WorkItem

__all__ = [
    "DONE",
    "WAITS",
    "Account",
    "AccountRole",
    "Agency",
    "AuditSeal",
    "Base",
    "Case",
    "CaseComment",
    "CaseCount",
    "CaseEvent",
    "CaseGram",
    "CaseItem",
    "CaseLink",
    "CaseMeasure",
    "CaseNamed",
    "CaseReminder",
    "CaseWatcher",
    "Document",
    "FormDraft",
    "FormRecord",
    "HolidayNotice",
    "InboxMessage",
    "KeptUpload",
    "Lease",
    "Leave",
    "LegalEvent",
    "Letter",
    "LetterConversion",
    "LetterFile",
    "LetterTemplate",
    "MigratedCase",
    "NumberSeries",
    "OutboxMessage",
    "Party",
    "PasswordHistory",
    "PrintBatch",
    "ProcessDefinition",
    "ProcessMigration",
    "PublicationTask",
    "ReceiptPrint",
    "Review",
    "ReviewStage",
    "SavedFilter",
    "SealRequest",
    "SearchedText",
    "Severance",
    "Signature",
    "SpotItem",
    "SupervisionItem",
    "TextGram",
    "Timer",
    "Unit",
    "WorkItem",
]

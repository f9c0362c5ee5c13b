"""What folding a ledger gives: every date of the case, whether it is firm, and why it is what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from engine.statute.calendar import StatutoryDate
from engine.statute.receipt import Channel

INDETERMINATE = "INDETERMINATE"


class ClockState(StrEnum):
    """What the reply clock is doing."""

    NO_RECEIPT = "no_receipt"
    UNCONFIRMED = "unconfirmed"
    RUNNING = "running"
    AWAITING_CORRECTION = "awaiting_correction"
    AWAITING_PAYMENT = "awaiting_payment"
    WITHDRAWN = "withdrawn"


class SegmentKind(StrEnum):
    """Why a stretch of days counts or is left out."""

    BASE = "base"
    EXTENSION = "extension"
    DEFERRAL = "deferral"
    CONSULTATION = "consultation"
    REASONS = "reasons"


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive calendar days of the running period, both ends included; rest days inside count for nothing."""

    first: date
    last: date
    working_days: int
    counts: bool
    kind: SegmentKind
    reason: str
    basis: str

    def as_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "working_days": self.working_days,
            "counts": self.counts,
            "reason": self.reason,
            "basis": self.basis,
        }


@dataclass(frozen=True, slots=True)
class ExtensionOutcome:
    """One extension (Art. 33(2)) and whether it took effect."""

    date: date
    days: int
    valid: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"date": self.date.isoformat(), "days": self.days, "valid": self.valid, "why": self.why}


@dataclass(frozen=True, slots=True)
class ClockResult:
    """Every date of one case. Attributes are None or empty where they do not apply; `as_json` leaves those out.

    Attributes beyond the contract's keys:
        state: what the reply clock is doing.
        channel: how the request came.
        arrived: first touch (Art. 31), also while unconfirmed.
        period_start: the day the running period is counted from, itself not counted.
        period_working_days: length of the running period, extensions included.
        reply_on: the day that governs timeliness, once there is a reply.
        suspensions: stretches (first, last) left out of the running period.
    """

    state: ClockState
    channel: Channel | None = None
    arrived: date | None = None
    receipt: date | None = None
    cautious_reply_due: StatutoryDate | None = None
    correction_notice_due: StatutoryDate | None = None
    correction_notice_late: bool | None = None
    correction_deadline_for_applicant: StatutoryDate | None = None
    deemed_abandoned_from: StatutoryDate | None = None
    original_reply_due: StatutoryDate | None = None
    consult_deadline: Mapping[str, StatutoryDate] = field(default_factory=dict)
    deemed_consent: Mapping[str, StatutoryDate] = field(default_factory=dict)
    suspended_working_days: int | None = None
    extensions: tuple[ExtensionOutcome, ...] = ()
    extension_valid: bool | None = None
    second_extension_valid: bool | None = None
    reply_due_before_extension: StatutoryDate | None = None
    reply_due: StatutoryDate | None = None
    payment_deadline: StatutoryDate | None = None
    fee_notice_valid: bool | None = None
    in_time: bool | None = None
    late_working_days: int | None = None
    overdue_on: date | None = None
    carrier_warning: bool | None = None
    reconsideration_deadline: StatutoryDate | None = None
    litigation_deadline: StatutoryDate | None = None
    answer_due_ordinary: StatutoryDate | None = None
    answer_due_summary: StatutoryDate | None = None
    defence_due: StatutoryDate | None = None
    publish_due: StatutoryDate | None = None
    interpretation_due_3wd: StatutoryDate | None = None
    interpretation_due_5wd: StatutoryDate | None = None
    fallback_due: StatutoryDate | None = None
    explain: tuple[Segment, ...] = ()
    period_start: date | None = None
    period_working_days: int | None = None
    reply_on: date | None = None

    @property
    def suspensions(self) -> tuple[tuple[date, date], ...]:
        """Stretches (first, last) left out of the running period."""
        return tuple((segment.first, segment.last) for segment in self.explain if not segment.counts)

    def expected(self, today: date) -> bool:
        """Whether `reply_due` leaves out days that are still to come (Art. 33(3)): an earlier answer moves it."""
        return self.reply_on is None and any(last > today for _first, last in self.suspensions)

    @property
    def nothing_runs(self) -> bool:
        """A request that was received and for which no reply date stands at present."""
        return self.state in {ClockState.AWAITING_CORRECTION, ClockState.AWAITING_PAYMENT, ClockState.WITHDRAWN}

    @property
    def missing_years(self) -> tuple[int, ...]:
        """Years whose holiday notice some date of this case still needs."""
        years: set[int] = set()
        for key in JSON_KEYS:
            value = getattr(self, key)
            for item in value.values() if isinstance(value, Mapping) else (value,):
                if isinstance(item, StatutoryDate):
                    years.update(item.missing_years)
        return tuple(sorted(years))

    @property
    def must_flag(self) -> str | None:
        """The warning that goes with every provisional date, naming the years."""
        years = self.missing_years
        if not years:
            return None
        named = "、".join(f"{year}年" for year in years)
        return f"{named}放假安排尚未导入，相关日期为暂定（仅扣除法定节假日推算），导入放假通知后须重新计算"

    def as_json(self) -> dict[str, Any]:
        """The object `yishen deadline --json` prints: ISO dates, INDETERMINATE with provisional_ keys beside it."""
        out: dict[str, Any] = {}
        for key in JSON_KEYS:
            value = getattr(self, key)
            if key == "reply_due" and value is None and self.nothing_runs:
                out[key] = None
            elif isinstance(value, StatutoryDate):
                _put_date(out, key, value)
            elif isinstance(value, Mapping):
                _put_dates(out, key, value)
            elif isinstance(value, date):
                out[key] = value.isoformat()
            elif isinstance(value, tuple):
                if value:
                    out[key] = [item.as_json() for item in value]
            elif value is not None:
                out[key] = value
        flag = self.must_flag
        if flag:
            out["must_flag"] = flag
        return out


JSON_KEYS = (
    "receipt",
    "cautious_reply_due",
    "correction_notice_due",
    "correction_notice_late",
    "correction_deadline_for_applicant",
    "deemed_abandoned_from",
    "original_reply_due",
    "consult_deadline",
    "deemed_consent",
    "suspended_working_days",
    "extensions",
    "extension_valid",
    "second_extension_valid",
    "reply_due_before_extension",
    "reply_due",
    "payment_deadline",
    "fee_notice_valid",
    "in_time",
    "late_working_days",
    "overdue_on",
    "carrier_warning",
    "reconsideration_deadline",
    "litigation_deadline",
    "answer_due_ordinary",
    "answer_due_summary",
    "defence_due",
    "publish_due",
    "interpretation_due_3wd",
    "interpretation_due_5wd",
    "fallback_due",
    "explain",
)
"""Keys of the JSON form in order; each is an attribute of ClockResult."""


def _put_date(out: dict[str, Any], key: str, value: StatutoryDate) -> None:
    if value.firm:
        out[key] = value.value.isoformat()
    else:
        out[key] = INDETERMINATE
        out[f"provisional_{key}"] = value.value.isoformat()


def _put_dates(out: dict[str, Any], key: str, values: Mapping[str, StatutoryDate]) -> None:
    if not values:
        return
    out[key] = {name: value.value.isoformat() if value.firm else INDETERMINATE for name, value in values.items()}
    provisional = {name: value.value.isoformat() for name, value in values.items() if not value.firm}
    if provisional:
        out[f"provisional_{key}"] = provisional

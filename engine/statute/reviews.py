"""Reconsideration and suit: the agency's own dates, and table 4 of the annual report (国办公开办函〔2021〕30号)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.clock import fold
from engine.statute.events import Event
from engine.statute.policy import Policy
from engine.statute.remedies import litigation_deadline_after_reconsideration, reconsideration_decision_due


class ReviewKind(StrEnum):
    """The three blocks of table 4."""

    RECONSIDERATION = "reconsideration"
    DIRECT_SUIT = "direct_suit"
    SUIT_AFTER = "suit_after_reconsideration"


REVIEW_TITLES: Mapping[ReviewKind, str] = {
    ReviewKind.RECONSIDERATION: "行政复议",
    ReviewKind.DIRECT_SUIT: "行政诉讼（未经复议直接起诉）",
    ReviewKind.SUIT_AFTER: "行政诉讼（复议后起诉）",
}


class ReviewResult(StrEnum):
    """The columns of a block; `pending` (尚未审结) is a count, never a stored result."""

    MAINTAINED = "maintained"
    CORRECTED = "corrected"
    OTHER = "other"
    PENDING = "pending"


RESULT_TITLES: Mapping[ReviewResult, str] = {
    ReviewResult.MAINTAINED: "结果维持",
    ReviewResult.CORRECTED: "结果纠正",
    ReviewResult.OTHER: "其他结果",
    ReviewResult.PENDING: "尚未审结",
}


class Procedure(StrEnum):
    """How a reconsideration is heard; a disclosure case may go either way (行政复议法 Art. 53(1)(4))."""

    ORDINARY = "ordinary"
    SUMMARY = "summary"
    UNKNOWN = "unknown"


PROCEDURE_TITLES: Mapping[Procedure, str] = {
    Procedure.ORDINARY: "普通程序",
    Procedure.SUMMARY: "简易程序",
    Procedure.UNKNOWN: "通知书没有写明",
}

COPY_EVENTS: Mapping[ReviewKind, str] = {
    ReviewKind.RECONSIDERATION: "reconsideration_copy_received",
    ReviewKind.DIRECT_SUIT: "complaint_copy_received",
    ReviewKind.SUIT_AFTER: "complaint_copy_received",
}
"""The legal event that begins the agency's own period."""


@dataclass(frozen=True, slots=True)
class OwnDate:
    """A date the agency has to keep.

    Attributes:
        clock: `answer`, `defence`, `filing` or `hearing`. title: in words. due: the last day. basis: its source.
        met_by: the stage that settles it.
    """

    clock: str
    title: str
    due: StatutoryDate
    basis: str
    met_by: str


def own_dates(
    kind: ReviewKind,
    procedure: Procedure | None,
    received: date,
    calendar: Calendar,
    policy: Policy,
    filing_working_days: int,
    hearing: date | None = None,
) -> tuple[OwnDate, ...]:
    """What falls due for the agency once it has the copy.

    A reconsideration whose procedure is not known is counted by the shorter period. `filing_working_days`: until the
    competent office must have been told (备案); no national figure exists. `hearing`: the day it is summoned for.
    """
    clock = fold([Event(COPY_EVENTS[kind], received)], calendar, policy)
    filing = calendar.with_extra_rest_days(policy.extra_rest_days).working_days_after(received, filing_working_days)
    filed = OwnDate("filing", "向主管部门备案", filing, "本机关内部规定", "filed")
    rest = [filed]
    if hearing is not None:
        rest.append(OwnDate("hearing", "听证、开庭", StatutoryDate(hearing), "听证通知书、传票", "heard"))
    if kind is ReviewKind.RECONSIDERATION:
        ordinary = procedure is Procedure.ORDINARY
        due = clock.answer_due_ordinary if ordinary else clock.answer_due_summary
        assert due is not None, "the event has just been folded"
        if ordinary:
            basis = "行政复议法第四十八条"
        elif procedure is Procedure.SUMMARY:
            basis = "行政复议法第五十四条"
        else:
            basis = "行政复议法第五十四条（程序未写明，按较短的期限）"
        return (OwnDate("answer", "提出书面答复和证据", due, basis, "answered"), *rest)
    assert clock.defence_due is not None, "the event has just been folded"
    return (
        OwnDate("defence", "提出答辩状和证据", clock.defence_due, "行政诉讼法第三十四条、第六十七条", "answered"),
        *rest,
    )


@dataclass(frozen=True, slots=True)
class OthersDate:
    """A date that somebody else has to keep: `what` in words, the last day, where it comes from."""

    what: str
    due: StatutoryDate
    basis: str


def others_dates(
    kind: ReviewKind, procedure: Procedure | None, accepted: date, decided: date | None, calendar: Calendar
) -> tuple[OthersDate, ...]:
    """What runs for the reviewing body and for the applicant once a reconsideration has been accepted.

    `accepted`: its acceptance, or the day the copy came while that is not known. After the decision the applicant has
    fifteen days for a suit, and as many when none is taken in time.
    """
    if kind is not ReviewKind.RECONSIDERATION:
        return ()
    if decided is not None:
        until = litigation_deadline_after_reconsideration(decided, calendar)
        return (OthersDate("申请人不服复议决定起诉", until, "行政诉讼法第四十五条"),)
    summary = procedure is Procedure.SUMMARY
    due = reconsideration_decision_due(accepted, calendar, summary=summary)
    found = [OthersDate("复议机关作出决定", due, "行政复议法第六十二条，自受理之日起")]
    if not summary:
        longest = reconsideration_decision_due(accepted, calendar, summary=False, extended=True)
        found.append(OthersDate("经批准延长的", longest, "行政复议法第六十二条第一款"))
    silent = litigation_deadline_after_reconsideration(due.value, calendar)
    found.append(OthersDate("逾期不决定，申请人起诉", silent, "行政诉讼法第四十五条、行政复议法第三十四条"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """A reconsideration or suit as table 4 counts it. `reconsidered_first`: a refusal that must go there first."""

    kind: ReviewKind
    received: date
    result: ReviewResult | None
    decided: date | None
    reconsidered_first: bool = False


Table4 = Mapping[ReviewKind, Mapping[ReviewResult, int]]
"""Block -> column -> number; the column 总计 is computed."""


def table4(facts: Iterable[ReviewFact], year: int) -> dict[ReviewKind, dict[ReviewResult, int]]:
    """Table 4 of a year: what came in that year or was still open at its beginning, by how it stood at its end."""
    table = {kind: dict.fromkeys(ReviewResult, 0) for kind in ReviewKind}
    for one in facts:
        column = table4_column(one, year)
        if column is not None:
            table[one.kind][column] += 1
    return table


def table4_column(one: ReviewFact, year: int) -> ReviewResult | None:
    """Under which column a year's table 4 counts it; None when it came later or was concluded before."""
    settled = one.decided is not None and one.result is not None
    if one.received.year > year or (settled and one.decided is not None and one.decided.year < year):
        return None
    if one.result is None or one.decided is None or one.decided.year > year:
        return ReviewResult.PENDING
    return one.result


def block_total(table: Table4, kind: ReviewKind) -> int:
    """总计 of a block: 维持 + 纠正 + 其他 + 尚未审结."""
    return sum(table[kind].values())


def table4_warnings(facts: Iterable[ReviewFact], year: int) -> Sequence[str]:
    """What an inspector would ask about, one Chinese sentence each; empty when nothing stands out."""
    odd = sum(
        1
        for one in facts
        if one.kind is ReviewKind.DIRECT_SUIT
        and one.reconsidered_first
        and one.result in {ReviewResult.MAINTAINED, ReviewResult.CORRECTED}
        and one.decided is not None
        and one.decided.year == year
    )
    if not odd:
        return ()
    told = f"有 {odd} 件未经复议直接起诉的案件针对复议前置的不予公开决定，却有维持或者纠正的结果"
    return (f"{told}，请核对类别和结果（行政复议法第二十三条，行诉解释第五十六条）",)

"""Where an applicant can turn and by when; the wording of the paragraph belongs to the letters.

Since 2024-01-01 a refusal under Arts. 14 to 16 goes to reconsideration first (复议前置), and the office must say so
when it refuses: 行政复议法 Art. 23(1)(4) and (2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.decisions import REFUSALS_RECONSIDERED_FIRST, RemedyType, decision_of

RECONSIDERATION_FIRST_SINCE = date(2024, 1, 1)  # 行政复议法 (rev. 2023) in force
RECONSIDERATION_DAYS = 60  # 行政复议法 Art. 20, calendar days
LITIGATION_MONTHS = 6  # 行政诉讼法 Art. 46
LITIGATION_DAYS_AFTER_RECONSIDERATION = 15  # 行政诉讼法 Art. 45, 行政复议法 Art. 34
NOT_TOLD_MONTHS = 12  # 行政复议法 Art. 20(3), 行诉解释 (2018) Art. 64
INACTION_MONTHS = 6  # 行诉解释 (2018) Art. 66
DECISION_DAYS_ORDINARY, DECISION_DAYS_SUMMARY = 60, 30  # 行政复议法 Art. 62
DECISION_EXTENSION_DAYS = 30  # 行政复议法 Art. 62(1), ordinary procedure


def reconsidered_first(decision: str | None, dated: date) -> bool:
    """Whether the whole decision must go to reconsideration before any suit; a partial disclosure is split instead."""
    return decision in REFUSALS_RECONSIDERED_FIRST and dated >= RECONSIDERATION_FIRST_SINCE


def reconsideration_deadline(delivered: date, calendar: Calendar) -> StatutoryDate:
    """Sixty days from the day the applicant has the decision (行政复议法 Art. 20, 实施条例 Art. 15)."""
    return calendar.days_after(delivered, RECONSIDERATION_DAYS)


def litigation_deadline(delivered: date, calendar: Calendar) -> StatutoryDate:
    """Six months from the day the applicant has the decision (行政诉讼法 Art. 46)."""
    return calendar.months_after(delivered, LITIGATION_MONTHS)


def litigation_deadline_after_reconsideration(received: date, calendar: Calendar) -> StatutoryDate:
    """Fifteen days from receipt of the reconsideration decision (行政诉讼法 Art. 45)."""
    return calendar.days_after(received, LITIGATION_DAYS_AFTER_RECONSIDERATION)


def not_told_deadline(delivered: date, calendar: Calendar) -> StatutoryDate:
    """The latest day for somebody who was not told of the remedy: a year (行政复议法 Art. 20(3), 行诉解释 Art. 64)."""
    return calendar.months_after(delivered, NOT_TOLD_MONTHS)


def inaction_deadline(reply_due: date, calendar: Calendar) -> StatutoryDate:
    """Until when somebody who got no reply may sue: six months after the reply was due (行诉解释 Art. 66)."""
    return calendar.months_after(reply_due, INACTION_MONTHS)


def reconsideration_decision_due(
    accepted: date, calendar: Calendar, *, summary: bool, extended: bool = False
) -> StatutoryDate:
    """When the reviewing body must have decided, in calendar days from acceptance (行政复议法 Art. 62)."""
    days = DECISION_DAYS_SUMMARY if summary else DECISION_DAYS_ORDINARY + extended * DECISION_EXTENSION_DAYS
    return calendar.days_after(accepted, days)


def remedy_type(
    code: str, dated: date, *, ground: str | None = None, overrides: Mapping[str, RemedyType] | None = None
) -> RemedyType:
    """The remedy type of a decision in a letter of a given date.

    Args:
        code: decision code.
        dated: the letter's date.
        ground: for P1 the code of the refusal behind the withheld part.
        overrides: the office's own setting per decision code, such as D2 -> RECONSIDERATION_ONLY.

    Raises:
        DecisionError: no such code.
    """
    decision = decision_of(code)
    remedy = (overrides or {}).get(code, decision.remedy)
    if remedy is RemedyType.SPLIT and ground and ground not in REFUSALS_RECONSIDERED_FIRST:
        remedy = RemedyType.CH  # what is withheld on other grounds is no refusal under Arts. 14-16
    if remedy in {RemedyType.RF, RemedyType.SPLIT} and dated < RECONSIDERATION_FIRST_SINCE:
        return RemedyType.CH
    return remedy


class OrganKind(StrEnum):
    """What kind of agency took the decision; decides who reviews it."""

    COUNTY_GOVERNMENT = "county_government"
    COUNTY_DEPARTMENT = "county_department"
    TOWNSHIP_GOVERNMENT = "township_government"
    SUBDISTRICT_OFFICE = "subdistrict_office"
    CITY_GOVERNMENT = "city_government"
    CITY_DEPARTMENT = "city_department"
    VERTICAL_ORGAN = "vertical_organ"
    JUSTICE_BUREAU = "justice_bureau"


@dataclass(frozen=True, slots=True)
class AuthorityRule:
    """Which authority reviews the decisions of one kind of agency.

    Attributes:
        organ: the kind's Chinese name.
        authority: the reviewing authority, in Chinese, as a rule and not as a name.
        basis: the article of 行政复议法.
    """

    organ: str
    authority: str
    basis: str


RECONSIDERATION_AUTHORITIES: Mapping[OrganKind, AuthorityRule] = {
    OrganKind.COUNTY_GOVERNMENT: AuthorityRule("县级人民政府", "上一级人民政府", "行政复议法第二十四条第一款"),
    # No longer the superior department, as it was until the end of 2023.
    OrganKind.COUNTY_DEPARTMENT: AuthorityRule("县级人民政府工作部门", "本级人民政府", "行政复议法第二十四条第一款"),
    OrganKind.TOWNSHIP_GOVERNMENT: AuthorityRule("乡镇人民政府", "县级人民政府", "行政复议法第二十四条第一款"),
    OrganKind.SUBDISTRICT_OFFICE: AuthorityRule("街道办事处", "设立该派出机关的人民政府", "行政复议法第二十四条"),
    OrganKind.CITY_GOVERNMENT: AuthorityRule("市级人民政府", "上一级人民政府", "行政复议法第二十四条第一款"),
    OrganKind.CITY_DEPARTMENT: AuthorityRule("市级人民政府工作部门", "本级人民政府", "行政复议法第二十四条第一款"),
    OrganKind.VERTICAL_ORGAN: AuthorityRule(
        "实行垂直领导的行政机关、税务和国家安全机关", "上一级主管部门", "行政复议法第二十七条"
    ),
    OrganKind.JUSTICE_BUREAU: AuthorityRule(
        "履行行政复议机构职责的司法行政部门", "本级人民政府或者上一级司法行政部门", "行政复议法第二十八条"
    ),
}


@dataclass(frozen=True, slots=True)
class Forum:
    """Where this office's decisions are challenged, from its configuration.

    Attributes:
        authority: full name of the reconsideration authority.
        court: full name of the court.
        online_channel: where to apply for reconsideration online; must be offered when the letter itself was served
            online (行政复议法 Art. 22(2)).
    """

    authority: str
    court: str
    online_channel: str | None = None

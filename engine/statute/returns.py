"""Table 3 of the annual report (国办公开办函〔2021〕30号): its rows and columns, and where a case falls.

The row follows from the decision code and the column from the kind of applicant fixed at intake; neither is typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.statute.decisions import decision_of
from engine.statute.said import said


class Applicant(StrEnum):
    """The six columns; organisations by category, natural persons without."""

    NATURAL_PERSON = "natural_person"
    COMMERCIAL_ENTERPRISE = "commercial_enterprise"
    RESEARCH_INSTITUTION = "research_institution"
    PUBLIC_WELFARE_ORGANISATION = "public_welfare_organisation"
    LEGAL_SERVICE_ORGANISATION = "legal_service_organisation"
    OTHER_ORGANISATION = "other_organisation"


APPLICANT_TITLES: Mapping[Applicant, str] = {
    Applicant.NATURAL_PERSON: "自然人",
    Applicant.COMMERCIAL_ENTERPRISE: "商业企业",
    Applicant.RESEARCH_INSTITUTION: "科研机构",
    Applicant.PUBLIC_WELFARE_ORGANISATION: "社会公益组织",
    Applicant.LEGAL_SERVICE_ORGANISATION: "法律服务机构",
    Applicant.OTHER_ORGANISATION: "其他",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of table 3.

    Attributes:
        key: code name.
        label: official place, such as 三（三）4.
        title: official Chinese wording.
        is_result: counts towards the total of results, row 三（七）.
    """

    key: str
    label: str
    title: str
    is_result: bool = True


TABLE3_ROWS: tuple[Row, ...] = (
    Row("received", "一", "本年新收政府信息公开申请数量", is_result=False),
    Row("carried_in", "二", "上年结转政府信息公开申请数量", is_result=False),
    Row("granted", "三（一）", "予以公开"),
    Row("partial", "三（二）", "部分公开（区分处理的，只计这一情形，不计其他情形）"),
    Row("refused_1", "三（三）1", "属于国家秘密"),
    Row("refused_2", "三（三）2", "其他法律行政法规禁止公开"),
    Row("refused_3", "三（三）3", "危及“三安全一稳定”"),
    Row("refused_4", "三（三）4", "保护第三方合法权益"),
    Row("refused_5", "三（三）5", "属于三类内部事务信息"),
    Row("refused_6", "三（三）6", "属于四类过程性信息"),
    Row("refused_7", "三（三）7", "属于行政执法案卷"),
    Row("refused_8", "三（三）8", "属于行政查询事项"),
    Row("unavailable_1", "三（四）1", "本机关不掌握相关政府信息"),
    Row("unavailable_2", "三（四）2", "没有现成信息需要另行制作"),
    Row("unavailable_3", "三（四）3", "补正后申请内容仍不明确"),
    Row("not_processed_1", "三（五）1", "信访举报投诉类申请"),
    Row("not_processed_2", "三（五）2", "重复申请"),
    Row("not_processed_3", "三（五）3", "要求提供公开出版物"),
    Row("not_processed_4", "三（五）4", "无正当理由大量反复申请"),
    Row("not_processed_5", "三（五）5", "要求行政机关确认或重新出具已获取信息"),
    Row("other_1", "三（六）1", "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    Row("other_2", "三（六）2", "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    Row("other_3", "三（六）3", "其他"),
    Row("total", "三（七）", "总计", is_result=False),
    Row("carried_out", "四", "结转下年度继续办理", is_result=False),
)

ROW_BY_KEY: Mapping[str, Row] = {row.key: row for row in TABLE3_ROWS}

Table3 = Mapping[str, Mapping[Applicant, int]]
"""Row key -> column -> number of requests; a missing cell is 0. The row of results and the column 总计 are computed."""


def table3_row(decision: str) -> Row:
    """The row of a decision code.

    Raises:
        DecisionError: no such code.
    """
    return ROW_BY_KEY[decision_of(decision).row]


def applicant_column(kind: str, category: str | None = None) -> Applicant:
    """The column of an applicant: `natural_person`, or `organisation` with its category (Chinese title or code name).

    Raises:
        ValueError: an unknown kind or category; a Chinese sentence.
    """
    if kind == Applicant.NATURAL_PERSON:
        return Applicant.NATURAL_PERSON
    if kind == "organisation":
        for column, title in APPLICANT_TITLES.items():
            if column is not Applicant.NATURAL_PERSON and category in {column.value, title}:
                return column
    choices = "、".join(title for column, title in APPLICANT_TITLES.items() if column is not Applicant.NATURAL_PERSON)
    raise ValueError(said("申请人类别不对：应为自然人，或者法人、其他组织（%(choices)s）", choices=choices))


def results_total(table: Table3, column: Applicant) -> int:
    """Row 三（七） of one column: the sum of all result rows."""
    return sum(table.get(row.key, {}).get(column, 0) for row in TABLE3_ROWS if row.is_result)


def row_total(table: Table3, key: str) -> int:
    """Column 总计 of one row."""
    if key == "total":
        return sum(results_total(table, column) for column in Applicant)
    return sum(table.get(key, {}).values())


def table3_faults(table: Table3, carried_out_last_year: Mapping[Applicant, int] | None = None) -> Sequence[str]:
    """What is wrong with a table, one Chinese sentence each; empty when it adds up.

    Checks per column: received + carried in = results + carried out; no negative number; carried in = what last year
    carried out.
    """
    faults = []
    for column in Applicant:
        title = APPLICANT_TITLES[column]

        def cell(key: str, column: Applicant = column) -> int:
            return table.get(key, {}).get(column, 0)

        incoming = cell("received") + cell("carried_in")
        outgoing = results_total(table, column) + cell("carried_out")
        if incoming != outgoing:
            faults.append(
                said(
                    "“%(title)s”一栏：新收加结转为 %(incoming)s，办理结果加结转下年为 %(outgoing)s，两者应相等",
                    title=title,
                    incoming=incoming,
                    outgoing=outgoing,
                )
            )
        faults.extend(
            said("“%(title)s”一栏 %(label)s 为负数 %(cell)s", title=title, label=row.label, cell=cell(row.key))
            for row in TABLE3_ROWS
            if cell(row.key) < 0
        )
        expected = cell("carried_in") if carried_out_last_year is None else carried_out_last_year.get(column, 0)
        if cell("carried_in") != expected:
            faults.append(
                said(
                    "“%(title)s”一栏：上年结转为 %(cell)s，与上年度报告的 %(expected)s 不一致",
                    title=title,
                    cell=cell("carried_in"),
                    expected=expected,
                )
            )
    return faults

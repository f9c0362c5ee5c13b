"""Decisions on a disclosure request: one row each, from which letter, annual-return row and remedies follow.

Sources: Arts. 13-17, 30, 32, 34-39 and the row labels of 国办公开办函〔2021〕30号. Reconsideration first (复议前置):
行政复议法 Art. 23(1)(4) with 法释〔2025〕8号, refusals under Arts. 14-16.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class RemedyType(StrEnum):
    """What the applicant can do against the decision.

    RF: reconsideration first, suit only against its result. CH: choice of reconsideration or suit. SPLIT: RF for the
    refused part and CH for the rest. RECONSIDERATION_ONLY: an office's own setting for rows that courts do not hear.
    NONE: nothing to attack.
    """

    RF = "RF"
    CH = "CH"
    SPLIT = "SPLIT"
    RECONSIDERATION_ONLY = "RO"
    NONE = "NONE"


class Evidence(StrEnum):
    """What must be on file before the letter may be signed (burden of proof lies with the office)."""

    SEARCH_RECORD = "search_record"
    CLASSIFICATION_BASIS = "classification_basis"
    CONSULTATION_RECORD = "consultation_record"
    REDACTION_RECORD = "redaction_record"
    LEGAL_PROVISION = "legal_provision"
    REASONS = "reasons"
    CORRECTION_SERVICE_PROOF = "correction_service_proof"
    CORRECTION_HISTORY = "correction_history"
    FEE_SERVICE_PROOF = "fee_service_proof"
    EARLIER_REPLY = "earlier_reply"
    RESPONSIBLE_AGENCY = "responsible_agency"
    REASONS_REQUESTED = "reasons_requested"


EVIDENCE_TITLES: Mapping[Evidence, str] = {
    Evidence.SEARCH_RECORD: "检索记录（检索范围、关键词、人员、日期、结果，两人签字）",
    Evidence.CLASSIFICATION_BASIS: "定密依据",
    Evidence.CONSULTATION_RECORD: "征求意见记录",
    Evidence.REDACTION_RECORD: "区分处理记录",
    Evidence.LEGAL_PROVISION: "所依据的具体条款",
    Evidence.REASONS: "理由说明",
    Evidence.CORRECTION_SERVICE_PROOF: "补正告知书及送达证明",
    Evidence.CORRECTION_HISTORY: "补正经过",
    Evidence.FEE_SERVICE_PROOF: "收费通知书及送达证明",
    Evidence.EARLIER_REPLY: "此前答复的文号和日期",
    Evidence.RESPONSIBLE_AGENCY: "负责公开的行政机关名称和联系方式",
    Evidence.REASONS_REQUESTED: "数量、频次统计及要求说明理由的记录",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason within a decision that chooses its letter.

    `basis` and `evidence` replace the decision's own when the ground narrows them.
    """

    title: str
    letter: str
    basis: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One way to answer or close a request.

    Attributes:
        code: G1 to O3.
        title: Chinese name on screens and in lists.
        basis: the articles, as a letter cites them.
        row: key of the row of table 3 (engine.statute.returns).
        remedy: remedy type by default.
        letter: letter code; empty when a ground must choose it.
        evidence: what must be on file before sign-off.
        grounds: ground key -> Ground, where one must be named.
        part_grounds: codes of the refusals a partial disclosure may rest on.
        letter_states_remedy: whether the letter carries the remedies paragraph.
    """

    code: str
    title: str
    basis: str
    row: str
    remedy: RemedyType
    letter: str
    evidence: tuple[Evidence, ...] = ()
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    part_grounds: tuple[str, ...] = ()
    letter_states_remedy: bool = True


_E = Evidence
_REFUSED = RemedyType.RF
_CHOICE = RemedyType.CH
_CONSULTED = (_E.CONSULTATION_RECORD, _E.REASONS)

REFUSALS_RECONSIDERED_FIRST = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")
"""Refusals under Arts. 14, 15 and 16; R8 is counted as a refusal but is none (Art. 36(7))."""

_ROWS = (
    Decision("G1", "予以公开（提供信息）", "条例第三十六条第（二）项", "granted", _CHOICE, "A-02"),
    Decision("G2", "已主动公开，告知获取方式", "条例第三十六条第（一）项", "granted", _CHOICE, "A-01"),
    Decision(
        "G3", "予以公开（告知方式、途径和时间）", "条例第三十六条第（二）项、第四十条", "granted", _CHOICE, "A-03"
    ),
    Decision(
        "P1",
        "部分公开",
        "条例第三十七条",
        "partial",
        RemedyType.SPLIT,
        "A-04",
        (_E.REDACTION_RECORD, _E.REASONS),
        part_grounds=REFUSALS_RECONSIDERED_FIRST,
    ),
    Decision(
        "R1", "不予公开：国家秘密", "条例第十四条", "refused_1", _REFUSED, "A-05", (_E.CLASSIFICATION_BASIS, _E.REASONS)
    ),
    Decision(
        "R2",
        "不予公开：法律、行政法规禁止公开",
        "条例第十四条",
        "refused_2",
        _REFUSED,
        "A-06",
        (_E.LEGAL_PROVISION, _E.REASONS),
    ),
    Decision("R3", "不予公开：危及“三安全一稳定”", "条例第十四条", "refused_3", _REFUSED, "A-07", (_E.REASONS,)),
    Decision(
        "R4",
        "不予公开：保护第三方合法权益",
        "条例第十五条、第三十二条",
        "refused_4",
        _REFUSED,
        "",
        _CONSULTED,
        grounds={
            "trade_secret": Ground("商业秘密", "A-08", "条例第十五条、第三十二条", _CONSULTED),
            "privacy": Ground("个人隐私", "A-09", "条例第十五条、第三十二条", _CONSULTED),
        },
    ),
    Decision("R5", "不予公开：内部事务信息", "条例第十六条第一款", "refused_5", _REFUSED, "A-10", (_E.REASONS,)),
    Decision("R6", "不予公开：过程性信息", "条例第十六条第二款", "refused_6", _REFUSED, "A-11", (_E.REASONS,)),
    Decision("R7", "不予公开：行政执法案卷信息", "条例第十六条第二款", "refused_7", _REFUSED, "A-12", (_E.REASONS,)),
    Decision(
        "R8",
        "不予公开：属于行政查询事项",
        "条例第三十六条第（七）项",
        "refused_8",
        _CHOICE,
        "A-13",
        (_E.LEGAL_PROVISION,),
    ),
    Decision(
        "N1",
        "无法提供：本机关不掌握相关信息",
        "条例第三十六条第（四）项、第（五）项",
        "unavailable_1",
        _CHOICE,
        "",
        grounds={
            "not_found": Ground("经检索信息不存在", "A-14", "条例第三十六条第（四）项", (_E.SEARCH_RECORD,)),
            "other_agency": Ground(
                "不属于本机关负责公开", "A-15", "条例第三十六条第（五）项", (_E.RESPONSIBLE_AGENCY,)
            ),
        },
    ),
    Decision(
        "N2", "无法提供：没有现成信息需要另行制作", "条例第三十八条", "unavailable_2", _CHOICE, "A-16", (_E.REASONS,)
    ),
    Decision(
        "N3",
        "无法提供：补正后申请内容仍不明确",
        "条例第三十条",
        "unavailable_3",
        _CHOICE,
        "A-17",
        (_E.CORRECTION_HISTORY,),
    ),
    Decision("D1", "不予处理：信访举报投诉类申请", "条例第三十九条第一款", "not_processed_1", _CHOICE, "A-19"),
    Decision(
        "D2", "不予处理：重复申请", "条例第三十六条第（六）项", "not_processed_2", _CHOICE, "A-18", (_E.EARLIER_REPLY,)
    ),
    Decision("D3", "不予处理：要求提供公开出版物", "条例第三十九条第二款", "not_processed_3", _CHOICE, "A-20"),
    Decision(
        "D4",
        "不予处理：无正当理由大量反复申请",
        "条例第三十五条",
        "not_processed_4",
        _CHOICE,
        "A-21",
        (_E.REASONS_REQUESTED, _E.REASONS),
    ),
    # The statute has no article of its own for D5; the letter shares A-18 with repeated requests.
    Decision(
        "D5",
        "不予处理：要求确认或重新出具已获取信息",
        "条例第三十六条第（六）项",
        "not_processed_5",
        _CHOICE,
        "A-18",
        (_E.EARLIER_REPLY,),
    ),
    # No decision is taken when a request lapses uncorrected: the letter is a note for the file.
    Decision(
        "O1",
        "其他处理：逾期不补正，不再处理",
        "条例第三十条",
        "other_1",
        _CHOICE,
        "L-14",
        (_E.CORRECTION_SERVICE_PROOF,),
        letter_states_remedy=False,
    ),
    Decision(
        "O2",
        "其他处理：逾期不缴费，不再处理",
        "国办函〔2020〕109号第六条",
        "other_2",
        _CHOICE,
        "L-14",
        (_E.FEE_SERVICE_PROOF,),
    ),
    Decision(
        "O3",
        "其他处理：撤回、合并等其他情形",
        "",
        "other_3",
        RemedyType.NONE,
        "L-14",
        (_E.REASONS,),
        letter_states_remedy=False,
    ),
)

DECISIONS: Mapping[str, Decision] = {decision.code: decision for decision in _ROWS}


class DecisionError(ValueError):
    """No such decision, or its ground is missing or wrong; a Chinese sentence for people."""


def decision_of(code: str) -> Decision:
    """The row of a code.

    Raises:
        DecisionError: no such code.
    """
    try:
        return DECISIONS[code]
    except KeyError:
        raise DecisionError(f"没有办理结果代码“{code}”，应为 {'、'.join(DECISIONS)} 之一") from None


def grounds_of(code: str) -> tuple[str, ...]:
    """The grounds one of which must be named with the decision; empty when none is needed or the code is unknown."""
    decision = DECISIONS.get(code)
    return (*decision.grounds, *decision.part_grounds) if decision else ()


def ground_title(ground: str) -> str:
    """What a ground is called: one of a decision's own, or the refusal that a partial disclosure rests on."""
    own = next((one.grounds[ground] for one in DECISIONS.values() if ground in one.grounds), None)
    if own is not None:
        return own.title
    refusal = DECISIONS.get(ground)
    return refusal.title if refusal is not None else ground


def _ground_of(decision: Decision, ground: str | None) -> Ground | None:
    if not decision.grounds:
        return None
    if ground is None or ground not in decision.grounds:
        choices = "、".join(f"{key}（{row.title}）" for key, row in decision.grounds.items())
        raise DecisionError(f"“{decision.title}”须选定具体情形：{choices}")
    return decision.grounds[ground]


def letter_code(code: str, ground: str | None = None) -> str:
    """The letter a decision goes out with, such as A-08 for R4 on `trade_secret`.

    Raises:
        DecisionError: no such code, or the decision needs a ground and has none.
    """
    decision = decision_of(code)
    chosen = _ground_of(decision, ground)
    return chosen.letter if chosen else decision.letter


def decision_basis(code: str, ground: str | None = None) -> str:
    """The articles the letter cites. Raises DecisionError as letter_code does."""
    decision = decision_of(code)
    chosen = _ground_of(decision, ground)
    return chosen.basis if chosen else decision.basis


def evidence_required(code: str, ground: str | None = None) -> tuple[Evidence, ...]:
    """What must be on file before sign-off, in the order shown.

    For a partial disclosure `ground` names the refusal of the withheld part, whose evidence is needed too.

    Raises:
        DecisionError: no such code, or a ground is missing or not one this decision may rest on.
    """
    decision = decision_of(code)
    if decision.part_grounds:
        if ground not in decision.part_grounds:
            raise DecisionError(
                f"“{decision.title}”须写明不公开部分的理由，应为 {'、'.join(decision.part_grounds)} 之一"
            )
        return tuple(dict.fromkeys((*decision.evidence, *DECISIONS[ground].evidence)))
    chosen = _ground_of(decision, ground)
    return chosen.evidence if chosen else decision.evidence

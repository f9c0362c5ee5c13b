"""The dates of a case as a table for people, in Chinese, with the explanation under it."""

from collections.abc import Mapping
from datetime import date

from engine.cli.table import table
from engine.statute.calendar import StatutoryDate
from engine.statute.receipt import RECEIPT_RULES
from engine.statute.result import ClockResult, ClockState

STATE_TITLES = {
    ClockState.NO_RECEIPT: "没有收到申请的记录",
    ClockState.UNCONFIRMED: "尚未与申请人确认",
    ClockState.RUNNING: "期限进行中",
    ClockState.AWAITING_CORRECTION: "等待补正，期限未在计算",
    ClockState.AWAITING_PAYMENT: "等待缴费，期限未在计算",
    ClockState.WITHDRAWN: "申请人已撤回",
}

_LABELS = {
    "receipt": "收到申请之日",
    "cautious_reply_due": "审慎答复日（自到达起算）",
    "correction_notice_due": "补正告知期限",
    "correction_notice_late": "补正告知是否逾期",
    "correction_deadline_for_applicant": "申请人补正期限",
    "deemed_abandoned_from": "视为放弃申请之日",
    "original_reply_due": "原答复期限",
    "consult_deadline": "征求意见期限",
    "deemed_consent": "视为同意公开之日",
    "suspended_working_days": "征求意见不计入的工作日",
    "extension_valid": "延期是否有效",
    "second_extension_valid": "再次延期是否有效",
    "reply_due_before_extension": "延期前的答复期限",
    "reply_due": "答复期限",
    "payment_deadline": "缴费期限",
    "fee_notice_valid": "收费通知是否有效",
    "in_time": "是否按期",
    "late_working_days": "逾期工作日",
    "overdue_on": "自此日起超期",
    "carrier_warning": "邮寄提醒",
    "reconsideration_deadline": "申请行政复议期限",
    "litigation_deadline": "提起行政诉讼期限",
    "answer_due_ordinary": "复议答复期限（普通程序）",
    "answer_due_summary": "复议答复期限（简易程序）",
    "defence_due": "诉讼答辩期限",
    "publish_due": "主动公开期限",
    "interpretation_due_3wd": "政策解读期限（3个工作日）",
    "interpretation_due_5wd": "政策解读期限（5个工作日）",
    "fallback_due": "更正答复的参照期限",
}


def report(result: ClockResult) -> str:
    """The table, the warning if there is one, and the stretches of the running period."""
    # An answered period has its dates still, but nothing is running any more.
    rows = [("状态", "已答复" if result.reply_on else STATE_TITLES[result.state])]
    if result.channel:
        rule = RECEIPT_RULES[result.channel]
        rows.append(("提交方式", f"{rule.title}（{rule.basis}：{rule.explanation}）"))
    for key, label in _LABELS.items():
        rows.extend(_rows(key, label, getattr(result, key)))
    parts = [table(rows)]
    parts.extend(f"延期 {one.date}，{one.days} 个工作日：{one.why}" for one in result.extensions)
    if result.must_flag:
        parts.append(f"注意：{result.must_flag}。")
    if result.explain:
        lines = [
            (
                str(segment.first),
                str(segment.last),
                f"{segment.working_days}",
                "计入" if segment.counts else "不计",
                segment.reason,
                segment.basis,
            )
            for segment in result.explain
        ]
        parts.append("\n期限说明\n" + table(lines, ("自", "至", "工作日", "计算", "理由", "依据")))
    return "\n".join(parts)


def _rows(key: str, label: str, value: object) -> list[tuple[str, str]]:
    if value is None:
        return []
    if key == "carrier_warning":
        return [(label, "快递企业不得寄递国家机关公文，应交邮政企业（邮政法第五十五条）")]
    if isinstance(value, Mapping):
        return [(f"{label}（{name}）", _shown(one)) for name, one in value.items()]
    return [(label, _shown(value))]


def _shown(value: object) -> str:
    if isinstance(value, StatutoryDate):
        return str(value.value) if value.firm else f"{value.value}（暂定）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)

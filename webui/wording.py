"""Chinese words for codes that the engine keeps in English."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

# The roles of engine.cases.permissions.ROLES, for readers of either language.
ROLE_TITLES = {
    "intake": _l("收件员"),
    "handler": _l("经办人"),
    "unit": _l("协办科室"),
    "unit_head": _l("科室负责人"),
    "disclosure_head": _l("政府信息公开工作机构负责人"),
    "secrecy_reviewer": _l("保密审查员"),
    "legal": _l("法制人员"),
    "leader": _l("分管领导"),
    "supervisor": _l("督办人员"),
    "publisher": _l("发布员"),
    "admin": _l("系统管理员"),
    "auditor": _l("审计员"),
}

# What happened, as the audit trail says it. A code without words here is shown as it is.
ACTIONS = {
    "account_changed": _l("修改账号"),
    "account_closed": _l("停用账号"),
    "account_created": _l("新增账号"),
    "account_opened": _l("启用账号"),
    "calendar": _l("放假安排变动，重新推算期限"),
    "calendar_import": _l("导入放假安排"),
    "comment": _l("发表意见"),
    "comment_struck": _l("撤回意见"),
    "confidential_lifted": _l("解除保密件"),
    "confidential_set": _l("设为保密件"),
    "definition_migration": _l("迁移在办件的流程版本"),
    "definition_registered": _l("登记流程版本"),
    "demo_begun": _l("开始装入示范数据"),
    "demo_loaded": _l("示范数据装入完毕"),
    "item_closed": _l("办结督办事项"),
    "item_opened": _l("下达督办事项"),
    "item_reported": _l("反馈督办事项"),
    "claim": _l("签收"),
    "give_back": _l("退回待签"),
    "hand_case": _l("更换经办人"),
    "leave_ended": _l("结束请假代理"),
    "leave_set": _l("安排请假代理"),
    "letter_file": _l("文书增加文件"),
    "list_taken": _l("导出或者打印清单"),
    "linked": _l("关联申请"),
    "login": _l("登录"),
    "login_failed": _l("登录失败"),
    "login_unknown": _l("登录失败（无此用户）"),
    "logout": _l("退出"),
    "migrate": _l("迁移到另一流程版本"),
    "reassign": _l("转办"),
    "outbox_sent_again": _l("重新发送消息"),
    "paper": _l("生成内部文书"),
    "password_changed": _l("修改口令"),
    "password_reset": _l("重置口令"),
    "person_named": _l("指定可以查看保密件的人"),
    "person_unnamed": _l("取消指定查看保密件的人"),
    "publication_approved": _l("同意转为主动公开"),
    "publication_declined": _l("不予转为主动公开"),
    "publication_proposed": _l("提议转为主动公开"),
    "publication_published": _l("登记主动公开"),
    "reminded": _l("催办"),
    "reminder_answered": _l("答复催办"),
    "reopen": _l("责令重新答复，重新办理"),
    "review_registered": _l("登记复议、诉讼"),
    "review_stage": _l("登记复议、诉讼进展"),
    "review_voided": _l("作废复议、诉讼登记"),
    "seal_sent": _l("送电子印章"),
    "sessions_revoked": _l("强制退出"),
    "severance_finished": _l("完成区分处理"),
    "severance_opened": _l("开始区分处理"),
    "spot_approved": _l("列入当场答复清单"),
    "spot_withdrawn": _l("移出当场答复清单"),
    "strike": _l("更正登记的事件"),
    "template_added": _l("上传文书模板"),
    "template_used": _l("启用文书模板"),
    "unit_closed": _l("停用科室"),
    "unit_created": _l("新增科室"),
    "unit_opened": _l("启用科室"),
    "unit_renamed": _l("科室改名"),
    "unlinked": _l("取消关联"),
}


# What an event is about, and the parts of its data.
_CHAINS = {
    "account": _l("账号"),
    "calendar": _l("日历"),
    "definitions": _l("流程版本"),
    "demo": _l("示范数据"),
    "login": _l("登录"),
    "outbox": _l("发送队列"),
    "supervision": _l("督办"),
    "spot_list": _l("当场答复清单"),
    "templates": _l("模板"),
    "unit": _l("科室"),
}
_DATA = {
    "absent": _l("请假人"),
    "account": _l("用户名"),
    "address": _l("来源地址"),
    "deputy": _l("代理人"),
    "due": _l("答复期限"),
    "failures": _l("连续失败"),
    "locked": _l("已锁定"),
    "make_up_days": _l("调休上班"),
    "moved": _l("期限变动件数"),
    "name": _l("名称"),
    "number": _l("编号"),
    "paper": _l("文号或者出处"),
    "reason": _l("理由"),
    "replaces": _l("取代"),
    "rest_days": _l("放假"),
    "rows": _l("件数"),
    "filters": _l("条件"),
    "how": _l("方式"),
    "list": _l("清单"),
    "masked": _l("姓名已隐去"),
    "numbers": _l("编号清单的哈希"),
    "on_behalf_of": _l("代"),
    "roles": _l("角色"),
    "target": _l("工作目标"),
    "told": _l("已告知申请人"),
    "unit_id": _l("科室编号"),
    "year": _l("年份"),
}
# Of these the codes that a value may be.
_CODES = {
    "how": {"xlsx": _l("导出"), "print": _l("打印")},
    "list": {
        "cases": _l("全部办件"),
        "todo": _l("待办"),
        "claim": _l("待签"),
        "done": _l("已办"),
        "closed": _l("办结"),
    },
}


def action_title(code: str) -> str:
    """The words for an audit action."""
    return str(ACTIONS[code]) if code in ACTIONS else code


def about_title(about: str) -> str:
    """The words for what an event is about: a case number, or a chain such as `account:7`."""
    kind, _sep, number = about.partition(":")
    return f"{_CHAINS[kind]} {number}".rstrip() if kind in _CHAINS else about


def data_words(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The data of an audit event in words: name and value; a pair [before, after] is shown with an arrow."""
    return [(str(_DATA.get(key, key)), _value(key, value)) for key, value in data.items() if value is not None]


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list):
        if key == "roles" and value and isinstance(value[0], list):
            return " → ".join(_value(key, part) for part in value)
        if key == "roles":
            return "、".join(str(ROLE_TITLES.get(part, part)) for part in value)
        if len(value) == 2 and not any(isinstance(part, (list, dict)) for part in value):
            return " → ".join("—" if part is None else str(part) for part in value)
    if isinstance(value, str):
        return str(_CODES.get(key, {}).get(value, value))
    return json.dumps(value, ensure_ascii=False)


# Whether a case is still open.
STATUSES = {"open": _l("在办"), "closed": _l("已办结")}

_CHANNELS = {
    "in_person": _l("当面"),
    "oral": _l("口头"),
    "signed_mail": _l("签收邮件"),
    "ordinary_mail": _l("平信"),
    "internet": _l("互联网"),
    "fax": _l("传真"),
}

# What kind of paper a document is; a case type may bring others, which are shown as 附件.
_DOCUMENT_KINDS = {
    "request": _l("申请表及附件"),
    "id_copy": _l("身份证明"),
    "identity": _l("身份证明"),
    "confirmation": _l("确认记录"),
    "correction": _l("补正材料"),
    "correction_service_proof": _l("补正告知书送达证明"),
    "fee_service_proof": _l("收费通知书送达证明"),
    "service_proof": _l("送达凭证"),
    "search_record": _l("检索记录"),
    "found": _l("检索到的信息"),
    "supplied": _l("拟提供的信息"),
    "redaction_record": _l("区分处理底稿"),
    "severed": _l("区分处理后的文件"),
    "classification_basis": _l("定密依据"),
    "draft": _l("送审附件"),
    "withdrawal": _l("撤回材料"),
    "attachment": _l("附件"),
}

_PARTY_KINDS = {"natural_person": _l("自然人"), "organisation": _l("法人或者其他组织")}
_ID_KINDS = {
    "id_card": _l("居民身份证"),
    "passport": _l("护照"),
    "other_id": _l("其他身份证件"),
    "credit_code": _l("统一社会信用代码"),
}


def channel_title(code: str | None) -> str:
    """The words for how a request came in."""
    return str(_CHANNELS.get(code or "", code or "—"))


def document_kind(code: str) -> str:
    """The words for a kind of document."""
    return str(_DOCUMENT_KINDS.get(code, _DOCUMENT_KINDS["attachment"]))


def party_kind(code: str | None) -> str:
    """The words for a kind of applicant."""
    return str(_PARTY_KINDS.get(code or "", code or "—"))


def id_kind(code: str | None) -> str:
    """The words for a kind of identity document."""
    return str(_ID_KINDS.get(code or "", code or ""))


# The series of document numbers.
SERIES = {"reply": _l("答复类"), "notice": _l("告知类")}

# Ways a message takes beyond the inbox.
OUTGOING_CHANNELS = {"mail": _l("邮件"), "wecom": _l("企业微信"), "dingtalk": _l("钉钉"), "sms": _l("短信")}

# Reconsideration and suit: blocks and columns of table 4, how a reconsideration is heard, what can happen.
REVIEW_KINDS = {
    "reconsideration": _l("行政复议"),
    "direct_suit": _l("行政诉讼（未经复议直接起诉）"),
    "suit_after_reconsideration": _l("行政诉讼（复议后起诉）"),
}
REVIEW_RESULTS = {
    "maintained": _l("结果维持"),
    "corrected": _l("结果纠正"),
    "other": _l("其他结果"),
    "pending": _l("尚未审结"),
}
PROCEDURES = {"ordinary": _l("普通程序"), "summary": _l("简易程序"), "unknown": _l("通知书没有写明")}
REVIEW_STAGES = {
    "accepted": _l("复议机关受理"),
    "answered": _l("提交答复（答辩）和证据"),
    "filed": _l("向主管部门备案"),
    "summoned": _l("通知在这一天听证、开庭"),
    "heard": _l("听证、开庭"),
    "decided": _l("收到决定或者裁判文书"),
    "appealed": _l("上诉"),
    "lesson": _l("总结和整改"),
    "other": _l("其他进展"),
}

# What became of a proposal to publish what was disclosed on request.
PUBLICATION_STATUSES = {
    "proposed": _l("待审定"),
    "approved": _l("待公开"),
    "declined": _l("不予转化"),
    "published": _l("已主动公开"),
}

# The agency's own dates in reconsideration and suit.
OWN_DATES = {
    "answer": _l("提出书面答复和证据"),
    "defence": _l("提出答辩状和证据"),
    "filing": _l("向主管部门备案"),
    "hearing": _l("听证、开庭"),
}

# What falls due on the supervisor's calendar.
DUE_KINDS = {
    "reply": _l("答复"),
    "limit": _l("期限"),
    "answer": _l("复议答复"),
    "defence": _l("答辩"),
    "filing": _l("备案"),
    "hearing": _l("听证、开庭"),
    "publication": _l("主动公开"),
    "item": _l("督办"),
}

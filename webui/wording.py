"""Chinese words for codes that the engine keeps in English."""

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

"""The audit trail in words: what happened, what it was about, and its data as label and value."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.cases.ledger_lines import DETAIL_LABELS
from engine.cases.links import KINDS as LINK_KINDS
from engine.statute.events import EVENT_TYPES
from webui.shown import detail_words
from webui.wording import (
    REVIEW_KINDS,
    REVIEW_RESULTS,
    REVIEW_STAGES,
    ROLE_TITLES,
    channel_title,
    document_kind,
)

# What happened; every action that the engine records has its words here.
ACTIONS = {
    "action": _l("办理流程外事项"),
    "account_changed": _l("修改账号"),
    "account_closed": _l("停用账号"),
    "account_created": _l("新增账号"),
    "account_opened": _l("启用账号"),
    "calendar": _l("放假安排变动，重新推算期限"),
    "calendar_import": _l("导入放假安排"),
    "call": _l("流程自动办理"),
    "claim": _l("签收"),
    "comment": _l("发表意见"),
    "comment_struck": _l("撤回意见"),
    "complete": _l("办理环节"),
    "confidential_lifted": _l("解除保密件"),
    "confidential_set": _l("设为保密件"),
    "definition_migration": _l("迁移在办件的流程版本"),
    "definition_registered": _l("登记流程版本"),
    "demo_begun": _l("开始装入示范数据"),
    "demo_loaded": _l("示范数据装入完毕"),
    "document": _l("添加、更换材料"),
    "item_closed": _l("办结督办事项"),
    "item_opened": _l("下达督办事项"),
    "item_reported": _l("反馈督办事项"),
    "give_back": _l("退回待签"),
    "hand_case": _l("更换经办人"),
    "leave_ended": _l("结束请假代理"),
    "leave_set": _l("安排请假代理"),
    "legal_event": _l("登记事件"),
    "letter": _l("出具文书"),
    "letter_file": _l("文书增加文件"),
    "letter_void": _l("作废文书"),
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
    "papers_changed": _l("更换送审材料"),
    "password_changed": _l("修改口令"),
    "password_reset": _l("重置口令"),
    "person_named": _l("指定可以查看保密件的人"),
    "person_unnamed": _l("取消指定查看保密件的人"),
    "publication": _l("公布材料"),
    "publication_approved": _l("同意转为主动公开"),
    "publication_declined": _l("不予转为主动公开"),
    "publication_proposed": _l("提议转为主动公开"),
    "publication_published": _l("登记主动公开"),
    "recall": _l("收回环节"),
    "register": _l("登记办件"),
    "reminded": _l("催办"),
    "reminder_answered": _l("答复催办"),
    "reopen": _l("责令重新答复，重新办理"),
    "reveal": _l("查看个人信息"),
    "review_registered": _l("登记复议、诉讼"),
    "review_stage": _l("登记复议、诉讼进展"),
    "review_voided": _l("作废复议、诉讼登记"),
    "seal_sent": _l("送电子印章"),
    "sessions_revoked": _l("强制退出"),
    "severance_finished": _l("完成区分处理"),
    "severance_opened": _l("开始区分处理"),
    "signature": _l("签署"),
    "signature_superseded": _l("材料更换，签署失效"),
    "spot_approved": _l("列入当场答复清单"),
    "spot_withdrawn": _l("移出当场答复清单"),
    "start": _l("启动流程"),
    "strike": _l("更正登记的事件"),
    "template_added": _l("上传文书模板"),
    "template_used": _l("启用文书模板"),
    "timer": _l("时限届满，流程自动继续"),
    "unit_closed": _l("停用科室"),
    "unit_created": _l("新增科室"),
    "unit_opened": _l("启用科室"),
    "unit_renamed": _l("科室改名"),
    "unlinked": _l("取消关联"),
}


# What an event is about.
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
# The clocks of the product's own case types.
_CLOCKS = {
    "confirmation": _l("与申请人确认的时限"),
    "consultation": _l("征求意见期限"),
    "correction": _l("补正期限"),
    "handling": _l("办理期限"),
    "interpretation": _l("解读材料公布时限"),
    "payment": _l("缴费期限"),
    "reasons": _l("说明理由的时限"),
}
# The parts of the data of an event.
_DATA: Mapping[str, Any] = {
    **DETAIL_LABELS,
    "absent": _l("请假人"),
    "account": _l("用户名"),
    "address": _l("来源地址"),
    "clock": _l("时限"),
    "code": _l("文书代码"),
    "corrected_on": _l("更正为"),
    "deputy": _l("代理人"),
    "digest": _l("流程版本"),
    "drill": _l("模拟测试"),
    "due": _l("答复期限"),
    "due_on": _l("届满日"),
    "edition": _l("示范数据版本"),
    "email": _l("电子邮箱"),
    "failures": _l("连续失败"),
    "filename": _l("文件"),
    "filters": _l("条件"),
    "folder": _l("事项"),
    "forum": _l("机关"),
    "how": _l("方式"),
    "in_time": _l("按期办结"),
    "judged": _l("重新判断是否按期的办结件"),
    "kind": _l("种类"),
    "landings": _l("环节变动"),
    "letter": _l("文书"),
    "list": _l("清单"),
    "locator": _l("公开位置"),
    "locked": _l("已锁定"),
    "make_up_days": _l("调休上班"),
    "marks": _l("区分处理处数"),
    "masked": _l("姓名已隐去"),
    "mentions": _l("提到"),
    "moved": _l("期限变动件数"),
    "name": _l("名称"),
    "number": _l("编号"),
    "numbers": _l("编号清单的哈希"),
    "on": _l("日期"),
    "on_behalf_of": _l("代"),
    "ordered_on": _l("责令日期"),
    "outcome": _l("结果"),
    "paper": _l("文号或者出处"),
    "papers": _l("材料"),
    "phone": _l("电话"),
    "reason": _l("理由"),
    "received_on": _l("收到副本"),
    "replaces": _l("取代"),
    "rest_days": _l("放假"),
    "result": _l("审理结果"),
    "roles": _l("角色"),
    "rows": _l("件数"),
    "sha256": _l("文件哈希"),
    "stage": _l("进展"),
    "step": _l("环节"),
    "stuck": _l("不能迁移"),
    "target": _l("工作目标"),
    "text": _l("内容"),
    "title": _l("事项"),
    "to": _l("对象"),
    "told": _l("已告知申请人"),
    "turned": _l("判断有变的办结件"),
    "type": _l("事件"),
    "unit": _l("科室"),
    "unit_id": _l("科室"),
    "version": _l("版本"),
    "why": _l("理由"),
    "words": _l("签署内容"),
    "work_item": _l("环节"),
    "year": _l("年份"),
}
# What a part is called where the event gives it another meaning.
_OF_ACTION = {
    ("call", "name"): _l("事项"),
    ("call", "to"): _l("通知"),
    ("complete", "name"): _l("环节"),
    ("definition_migration", "from"): _l("原版本"),
    ("definition_migration", "to"): _l("新版本"),
    ("definition_migration", "moved"): _l("迁移件数"),
    ("hand_case", "from"): _l("原经办人"),
    ("hand_case", "to"): _l("新经办人"),
    ("leave_ended", "from"): _l("从"),
    ("leave_ended", "to"): _l("到"),
    ("leave_set", "from"): _l("从"),
    ("leave_set", "to"): _l("到"),
    ("letter", "number"): _l("文号"),
    ("letter_file", "number"): _l("文号"),
    ("letter_void", "number"): _l("文号"),
    ("person_named", "account"): _l("人员"),
    ("person_unnamed", "account"): _l("人员"),
    ("reassign", "from"): _l("原办理人"),
    ("reassign", "to"): _l("转给"),
    ("publication", "papers"): _l("文件哈希"),
    ("recall", "name"): _l("环节"),
    ("reminded", "to"): _l("催办对象"),
    ("seal_sent", "number"): _l("文号"),
}
# Of these the codes that a value may be.
_CODES: Mapping[str, Mapping[str, Any]] = {
    "clock": _CLOCKS,
    "how": {"xlsx": _l("导出"), "print": _l("打印")},
    "list": {
        "cases": _l("全部办件"),
        "todo": _l("待办"),
        "claim": _l("待签"),
        "done": _l("已办"),
        "closed": _l("办结"),
    },
    "name": {"notify": _l("发送通知")},
    "result": REVIEW_RESULTS,
    "stage": REVIEW_STAGES,
    "type": {code: kind.title for code, kind in EVENT_TYPES.items()},
}
_FILE_KINDS = {"pdf": "PDF", "stamped": _l("盖章件")}
_KINDS: Mapping[str, Mapping[str, Any]] = {
    "letter_file": _FILE_KINDS,
    "linked": {code: here for code, (here, _there) in LINK_KINDS.items()},
    "review_registered": REVIEW_KINDS,
    "unlinked": {code: here for code, (here, _there) in LINK_KINDS.items()},
}
# Numbers by which the tables and the diagrams know things: they tell a reader nothing. Of an event in the ledger also
# which third party is meant (`id`), of a moved case the whole fingerprints of its versions.
_INTERNAL = {
    *("after", "at", "before", "comment", "document", "id", "item", "link", "messages", "migration", "notice", "of"),
    *("passed", "reminder", "review", "seq", "severance", "signature", "task"),
}
# What a row begins with; the rest follows as it was recorded.
_FIRST = ("type", "name", "work_item", "step", "title", "letter", "number", "on", "clock")
_PLACED = frozenset({"account", "from", "letter", "mentions", "to", "unit", "unit_id", "work_item"})
_HEX = frozenset("0123456789abcdef")
_PAIRS = frozenset({"due", "email", "in_time", "name", "phone", "unit", "unit_id"})


def action_title(code: str) -> str:
    """The words for an audit action."""
    return str(ACTIONS[code]) if code in ACTIONS else code


def about_title(about: str) -> str:
    """The words for what an event is about: a case number, or a chain such as `account:7`."""
    kind, _sep, number = about.partition(":")
    return f"{_CHAINS[kind]} {number}".rstrip() if kind in _CHAINS else about


def data_words(action: str, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The data of an audit event in words: label and value.

    A pair [before, after] is shown with an arrow, a list joined; fingerprints are shortened, and numbers by which only
    the tables know things are left out.
    """
    told = []
    for key in [*(one for one in _FIRST if one in data), *(one for one in data if one not in _FIRST)]:
        value = data[key]
        if key in _INTERNAL or (key == "drill" and not value) or (action == "comment" and key == "sha256"):
            continue
        if (key == "code" and "letter" in data) or (key == "step" and "words" in data):
            continue
        if said := _value(action, key, value):
            told.append((_label(action, key), said))
    return told


def _label(action: str, key: str) -> str:
    if key.startswith("timer_"):
        return str(_CLOCKS.get(key.removeprefix("timer_"), key))
    return str(_OF_ACTION.get((action, key)) or _DATA.get(key, key))


def _value(action: str, key: str, value: Any) -> str:
    """One value in words; empty when it says nothing to a reader."""
    if value is None or (key in _PLACED and type(value) is int):
        return ""
    if isinstance(value, bool):
        return str(_l("是") if value else _l("否"))
    if isinstance(value, list):
        return _several(action, key, value)
    if isinstance(value, dict):
        return _paper(value)
    text = str(value)
    if action == "call" and key == "to":
        return _joined(ROLE_TITLES.get(role, role) for role in text.split())
    if key == "kind":
        known = _KINDS.get(action)
        return str(known.get(text, text)) if known else document_kind(text)
    if key == "channel":
        return channel_title(text)
    if key in DETAIL_LABELS:
        return detail_words(text)
    if key == "roles":
        return str(ROLE_TITLES.get(text, text))
    if len(text) == 64 and _HEX.issuperset(text):
        return text[:10]
    return str(_CODES.get(key, {}).get(text, text))


def _several(action: str, key: str, value: list[Any]) -> str:
    if key == "landings":
        return _joined(f"{before or '—'} → {after}" for _element, before, after in value)
    changed = (
        key in _PAIRS or key.startswith("timer_") or (key == "roles" and any(isinstance(one, list) for one in value))
    )
    parts = [_value(action, key, part) for part in value]
    if changed and len(parts) == 2:
        return " → ".join(part or "—" for part in parts)
    return _joined(part for part in parts if part)


def _paper(paper: Mapping[str, Any]) -> str:
    """One of the papers under a signature; of a published one only the fingerprint is on record."""
    if "filename" not in paper:
        return str(paper.get("sha256", ""))[:10]
    return f"{paper['title']}“{paper['filename']}”"


def _joined(parts: Iterable[Any]) -> str:
    return "、".join(str(part) for part in parts)

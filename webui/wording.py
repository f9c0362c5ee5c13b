"""Chinese words for codes that the engine keeps in English."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from engine.cases.permissions import ROLES

# What happened, as the audit trail says it. A code without words here is shown as it is.
ACTIONS = {
    "account_changed": _l("修改账号"),
    "account_closed": _l("停用账号"),
    "account_created": _l("新增账号"),
    "account_opened": _l("启用账号"),
    "login": _l("登录"),
    "login_failed": _l("登录失败"),
    "login_unknown": _l("登录失败（无此用户）"),
    "logout": _l("退出"),
    "password_changed": _l("修改口令"),
    "password_reset": _l("重置口令"),
    "sessions_revoked": _l("强制退出"),
    "unit_closed": _l("停用科室"),
    "unit_created": _l("新增科室"),
    "unit_opened": _l("启用科室"),
    "unit_renamed": _l("科室改名"),
}


# What an event is about, and the parts of its data.
_CHAINS = {
    "account": _l("账号"),
    "calendar": _l("日历"),
    "login": _l("登录"),
    "templates": _l("模板"),
    "unit": _l("科室"),
}
_DATA = {
    "account": _l("用户名"),
    "address": _l("来源地址"),
    "failures": _l("连续失败"),
    "locked": _l("已锁定"),
    "name": _l("名称"),
    "number": _l("编号"),
    "reason": _l("理由"),
    "roles": _l("角色"),
    "unit_id": _l("科室编号"),
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
            return "、".join(gettext(ROLES.get(part, part)) for part in value)
        if len(value) == 2 and not any(isinstance(part, (list, dict)) for part in value):
            return " → ".join("—" if part is None else str(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

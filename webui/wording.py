"""Chinese words for codes that the engine keeps in English."""

from flask_babel import lazy_gettext as _l

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


def action_title(code: str) -> str:
    """The words for an audit action."""
    return str(ACTIONS[code]) if code in ACTIONS else code

"""Chinese first, English by catalogue; a reader chooses once and it stays."""

from datetime import date, datetime

from flask import Flask, session
from flask_babel import Babel
from flask_login import current_user

from webui import visit
from webui.speech import is_english

_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
_WEEKDAYS = "一二三四五六日"


def chosen() -> str:
    """`zh` or `en`: the account's language, or what an anonymous visitor chose."""
    if current_user and current_user.is_authenticated:
        code: str = current_user.present.language
    else:
        code = session.get("language", "zh")
    return code if code in _LOCALES else "zh"


def day(value: date | None) -> str:
    """A calendar day for people: 2026-05-08 周五, or 2026-05-08 Fri."""
    if value is None:
        return "—"
    weekday = value.strftime("%a") if is_english() else f"周{_WEEKDAYS[value.weekday()]}"
    return f"{value:%Y-%m-%d} {weekday}"


def moment(value: datetime | None) -> str:
    """A moment in the office's time, to the minute."""
    return "—" if value is None else f"{visit.desk().local(value):%Y-%m-%d %H:%M}"


def install(app: Flask) -> None:
    """Set up gettext and the filters `day` and `moment`."""
    Babel(app, default_locale="zh_Hans_CN", locale_selector=lambda: _LOCALES[chosen()])
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["moment"] = moment

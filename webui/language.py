"""Chinese first, English by catalogue; a reader chooses once and it stays."""

import re
from datetime import date, datetime

from flask import Flask, session
from flask_babel import Babel
from flask_login import current_user
from markupsafe import Markup, escape

from webui import visit
from webui.speech import gettext, is_english

_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
_WEEKDAYS = "一二三四五六日"
# A date, the number of a case, a telephone; not one within an address.
_HYPHENED = re.compile(r"(?<![A-Za-z0-9./:@_-])\d{2,}(?:-\d{2,})+(?![.:]?[A-Za-z0-9/@_-])")


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


def office_day(value: datetime | None) -> str:
    """The day of a moment in the office's time, as a cell of a table has it: 2026-11-05."""
    return "" if value is None else f"{visit.desk().local(value):%Y-%m-%d}"


def month_day(value: datetime | None) -> str:
    """The day of a moment in the office's time, for a badge: 11-05. Plain text in either language."""
    return "" if value is None else f"{visit.desk().local(value):%m-%d}"


def file_size(count: int) -> str:
    """The size of a file for people, in units of 1,024: 133 字节, 42.9 KB, 2.9 MB."""
    if count < 1024:
        return gettext("%(count)s 字节", count=count)
    kilobytes = count / 1024
    return f"{kilobytes:.1f} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"


def unbroken(text: str) -> Markup:
    """A text of a page in which no date and no number such as 2026-0074 goes on in the next line.

    What is markup already, with elements in it, stays as it is.
    """
    told = escape(gettext(text) if not isinstance(text, Markup) else text)
    if "<" in told:
        return told
    return Markup(_HYPHENED.sub(r'<span class="unbroken">\g<0></span>', str(told)))  # noqa: S704  # escaped above


def install(app: Flask) -> None:
    """Set up gettext and the filters `day`, `moment`, `office_day`, `month_day` and `unbroken`.

    What `day` and `moment` give is for the text of a page only, in English it is markup: never cut or compare it.
    English pages are narrow for their words: there cells of dates go onto a second line, but never within the date.
    """
    Babel(app, default_locale="zh_Hans_CN", locale_selector=lambda: _LOCALES[chosen()])
    app.jinja_env.filters["day"] = lambda value: unbroken(day(value)) if is_english() else day(value)
    app.jinja_env.filters["moment"] = lambda value: unbroken(moment(value)) if is_english() else moment(value)
    app.jinja_env.filters["office_day"] = office_day
    app.jinja_env.filters["month_day"] = month_day
    app.jinja_env.filters["file_size"] = file_size
    app.jinja_env.filters["unbroken"] = unbroken

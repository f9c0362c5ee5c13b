"""How dates are written in ledgers, policies and notices: ISO 8601, the long form only."""

import re
from datetime import date


def parse_iso_date(text: object) -> date:
    """Exactly YYYY-MM-DD.

    Raises:
        ValueError: anything else, or a day that does not exist.
    """
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("应写作 YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("没有这一天") from None

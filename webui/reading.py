"""Reading what a browser sent: anything that is not what it should be counts as not given."""

from datetime import date


def whole_number(text: str | None) -> int | None:
    """A whole number of up to nine digits, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None


def iso_day(text: str | None) -> date | None:
    """A day written YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None

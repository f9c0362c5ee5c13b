"""Numbers without gaps: allotted from a row that stays locked until the transaction ends."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# The first number of a year makes the row. Two at once: the second waits until the first has committed and counts on
# from it, or makes the row itself if the first rolled back. Both databases know these words, SQLAlchemy has a
# construct for each of them only.
_TAKE = text(
    "INSERT INTO number_series (agency_id, series, year, last) VALUES (:agency_id, :series, :year, 1)"
    " ON CONFLICT (agency_id, series, year) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)


def take_number(session: Session, agency_id: int, series: str, year: int) -> int:
    """The next number of a series in a year, starting at 1; given back when the transaction rolls back."""
    session.flush()
    key = {"agency_id": agency_id, "series": series, "year": year}
    return int(session.connection().execute(_TAKE, key).scalar_one())

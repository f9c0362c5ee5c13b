"""Numbers without gaps: allotted from a row that stays locked until the transaction ends."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.store.tables import NumberSeries


def take_number(session: Session, agency_id: int, series: str, year: int) -> int:
    """The next number of a series in a year, starting at 1; given back when the transaction rolls back."""
    key = (NumberSeries.agency_id == agency_id, NumberSeries.series == series, NumberSeries.year == year)
    taken = session.execute(
        update(NumberSeries).where(*key).values(last=NumberSeries.last + 1).returning(NumberSeries.last)
    ).scalar_one_or_none()
    if taken is not None:
        return taken
    # Two first numbers of a year at once: the second insert breaks the key and its command runs again.
    session.add(NumberSeries(agency_id=agency_id, series=series, year=year, last=1))
    session.flush()
    return 1

"""Schedulers killed again and again while cases pass their rungs; the long run is `make soak`."""

from datetime import date

import pytest

from tests.soak.rungs import RUNS, endured

# The ladder begins, the last day, and after it.
DAYS = [date(2026, 9, 22), *(date(2026, 10, day) for day in (9, 15, 21, 22, 23))]


@pytest.mark.parametrize(("kind", "schedulers"), RUNS)
def test_everybody_is_told_once_however_often_schedulers_die(kind, schedulers):
    result = endured(kind, schedulers, kills=8, cases=10, say=lambda _line: None, days=DAYS)
    assert result.kills >= 4
    assert result.timers_fired >= 4
    assert result.mails_received >= result.mails_sent > 50

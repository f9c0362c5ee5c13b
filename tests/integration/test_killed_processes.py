"""Real web processes and schedulers killed while officers work over HTTP; the long run is `make soak`."""

from tests.soak.life import lived


def test_an_office_is_whole_after_its_processes_were_killed_and_started_again():
    tally = lived(6, seconds=6, say=lambda _line: None, web=2, schedulers=1, threads=3)
    assert tally.faults == []
    assert tally.kills >= 2
    assert tally.steps_over_http >= 30
    assert tally.timers_fired == 2

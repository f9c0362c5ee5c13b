"""What the sweep bench says in its last line, which others read."""

from tests.bench.sweep import PHASES, Swept, whole


def swept(**took: float) -> Swept:
    return Swept(None, 0, {phase: [took[phase] + 5, took[phase]] for phase in PHASES})


def test_the_whole_sweep_is_the_sum_of_the_best_of_its_phases():
    small, large = swept(find=1, fire=10, escalate=4), swept(find=2, fire=12, escalate=7)
    assert whole(small, large) == {"open_10k_ms": 15, "open_N_ms": 21, "ratio": 1.4}

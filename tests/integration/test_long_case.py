"""Cases that go round and round; two thousand steps are `make soak`."""

from tests.soak.long_case import long_case


def test_a_late_step_of_a_long_case_costs_what_an_early_one_costs(office):
    found = long_case(office, 60)
    assert found.steps >= 60
    assert found.archived
    assert found.state_bytes_late == found.state_bytes_early < 2048
    assert found.statements_late == found.statements_early <= 12

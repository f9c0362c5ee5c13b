"""What benches say of what they measured, which others read."""

from tests.bench.plans import summary
from tests.bench.sweep import PHASES, Swept, whole


def swept(**took: float) -> Swept:
    return Swept(None, 0, {phase: [took[phase] + 5, took[phase]] for phase in PHASES})


def test_the_whole_sweep_is_the_sum_of_the_best_of_its_phases():
    small, large = swept(find=1, fire=10, escalate=4), swept(find=2, fire=12, escalate=7)
    assert whole(small, large) == {"open_10k_ms": 15, "open_N_ms": 21, "ratio": 1.4}


PLANS = """## to do

0.31 ms
SELECT work_item.id
  Sort  (cost=1.0..2.0 rows=30 width=8) (actual time=0.1..0.2 rows=30.00 loops=1)
    ->  Index Only Scan using ix_work_item_taken on work_item  (cost=0.4..6.0) (actual time=0.0..0.1 rows=15.00 loops=2)
    ->  Seq Scan on unit one  (cost=0.0..1.0 rows=1 width=4) (never executed)

## closed

1.20 ms
SELECT case_file.id
  SEARCH case_file USING INTEGER PRIMARY KEY (rowid=?)
  SEARCH work_item USING COVERING INDEX ix_work_item_done_by (done_by=?)
  SCAN anon_1
  USE TEMP B-TREE FOR ORDER BY
"""


def test_a_plan_is_told_in_a_line_for_each_statement():
    assert [line for line in summary(PLANS) if line] == [
        "- **to do**",
        "  - 0.31 ms: sort, index only ix_work_item_taken (30), seq unit (never)",
        "- **closed**",
        "  - 1.20 ms: key of case_file, index only ix_work_item_done_by, sort",
    ]

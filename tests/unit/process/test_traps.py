"""docs/traps.md names a test for every known trap of the library; the tests must be there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_trap_has_tests_that_exist() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", (ROOT / "docs" / "traps.md").read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number, _tests in rows] == list(range(1, 25))
    known = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), re.MULTILINE)
    }
    for number, tests in rows:
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, f"trap {number} has no test"
        assert set(named) <= known, f"trap {number}: {set(named) - known}"

"""Everything that takes long: `make soak`, or `python -m tests.soak [CASES]`; the last line is JSON of all parts.

Random walks through every diagram against the untouched library (10,000), cases through their whole life while
processes are killed (1,000), schedulers killed while cases pass their rungs (500, killed 200 times, three times over),
a case of two thousand steps. Smaller with CASES. The exit code is 1 when something did not hold.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

from tests.office import ROOT


def part(*arguments: str, **environment: str) -> tuple[bool, str]:
    """Run a part in a process of its own; whether it held, and the last line it said."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=False
    )
    lines = done.stdout.strip().splitlines()
    return done.returncode == 0, lines[-1] if lines else ""


def main() -> None:
    """All parts, one after another."""
    parser = argparse.ArgumentParser(description="Everything that takes long.")
    parser.add_argument("cases", type=int, nargs="?", default=1000)
    cases = parser.parse_args().cases
    begun = time.monotonic()
    walks = 10 * cases
    held, said = part("pytest", "-q", "tests/unit/process/test_equivalence.py", YISHEN_WALKS=str(walks))
    sys.stderr.write(f"{walks} walks: {said}\n")
    result: dict[str, Any] = {"walks": {"number": walks, "held": held}}
    sizes = {"life": [cases, min(120, cases)], "rungs": [cases // 5, cases // 2], "long_case": [2 * cases]}
    for name, numbers in sizes.items():
        well, said = part(f"tests.soak.{name}", *map(str, numbers))
        held = held and well
        result |= json.loads(said) if said.startswith("{") else {name: "did not end"}
    sys.stdout.write(json.dumps({**result, "held": held, "seconds": round(time.monotonic() - begun)}) + "\n")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()

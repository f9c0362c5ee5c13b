"""The plans of a run in a line per statement, as docs/performance.md keeps them: `python -m tests.bench.plans FILE`.

FILE is what `national_year --plans FILE` wrote, of either database.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

_TIME = re.compile(r"(\d+\.\d+ ms)$")
_NODE = re.compile(
    r"^ +(?:-> +)?(?P<node>[A-Z][A-Za-z -]+?)(?: using (?P<index>\w+))? (?:on (?P<table>\w+)[^(]*)?\(cost"
)
_ROWS = re.compile(r"rows=([\d.]+) loops=(\d+)\)")
_SQLITE = re.compile(r"(?P<how>SEARCH|SCAN) (?P<table>\w+)(?: USING (?P<by>.*?)(?: \(.*)?)?$")
_SHOWN = {"Sort": "sort", "HashAggregate": "hashaggregate", "Incremental Sort": "sort", "Hash": "hash"}


def summary(text: str) -> Iterator[str]:
    """Markdown: a page in bold, under it its statements."""
    parts: list[str] = []
    took = ""
    for line in [*text.splitlines(), "## "]:
        timed = _TIME.fullmatch(line)
        if line.startswith("## ") or timed:
            if took:
                yield f"  - {took}: {', '.join(dict.fromkeys(parts)) or 'no table'}"
            took, parts = timed[1] if timed else "", []
            if line.strip("# "):
                yield f"- **{line[3:]}**" if not timed else ""
        elif took and (part := _postgresql(line) or _sqlite(line)):
            parts.append(part)


def _postgresql(line: str) -> str:
    found = _NODE.match(line)
    if found is None:
        return ""
    node, table = found["node"].strip(), found["table"]
    counted = _ROWS.search(line)
    rows = f" ({round(float(counted[1]) * int(counted[2]))})" if counted else " (never)"
    if node.startswith("Index Only Scan"):
        return f"index only {found['index']}{rows}"
    if node.startswith("Index Scan"):
        return f"index {found['index']}{rows}"
    if node == "Bitmap Index Scan":
        return f"bitmap {table}{rows}"
    if node.endswith("Seq Scan"):
        return f"seq {table}{rows}"
    return _SHOWN.get(node, "")


def _sqlite(line: str) -> str:
    if "USE TEMP B-TREE FOR ORDER BY" in line:
        return "sort"
    found = _SQLITE.search(line)
    if found is None or found["table"].startswith("anon_"):
        return ""
    by = found["by"] or ""
    if "INTEGER PRIMARY KEY" in by:
        return f"key of {found['table']}"
    index = by.removeprefix("COVERING ").removeprefix("INDEX ")
    if by.startswith("COVERING INDEX"):
        return f"index only {index}"
    return f"index {index}" if by else f"scan of {found['table']}"


def main() -> None:
    """Print the summary of a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    print("\n".join(line for line in summary(parser.parse_args().file.read_text("utf-8")) if line))


if __name__ == "__main__":
    main()

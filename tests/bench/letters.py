"""What rendering a letter costs: `make bench-letters`, or `python -m tests.bench.letters`.

Every letter of the catalogue with its typical sample, by `letters.render` and by docxtpl's own render of the same
template with the same words, the two taking turns. A figure is the minimum of all turns: other programs on the machine
only ever add time. The promise is at most twice docxtpl. Reading a template for the first time is shown beside it.

The last line is JSON: milliseconds a letter and their ratio; the exit code is 1 when the promise is broken.
"""

import io
import json
import sys
import time
from collections.abc import Callable

from docxtpl import DocxTemplate

from letters import fields, templates
from letters.catalog import load
from letters.render import render, template_of
from letters.samples import samples

TURNS = 15
PROMISE = 2.0


def fastest(work: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def by_docxtpl(content: bytes, words: dict[str, object]) -> bytes:
    """The way the library is meant to be used: open, render, save."""
    document = DocxTemplate(io.BytesIO(content))
    document.render(words, autoescape=True)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def main() -> int:
    """Measure, print a line for each letter and the whole, and judge."""
    catalog = load()
    ours_all = theirs_all = first_all = 0.0
    for entry in catalog.letters.values():
        content = template_of(entry)
        sample = next(one for one in samples(entry, catalog) if one.length == "typical")
        words = {**fields.present(entry, sample.fields), "preview": ""}
        first = fastest(lambda content=content: templates._parse(content, "bench"))
        ours, theirs = [], []
        for _ in range(TURNS):
            ours.append(fastest(lambda code=entry.code, given=sample.fields: render(code, given, catalog)))
            theirs.append(fastest(lambda content=content, words=words: by_docxtpl(content, dict(words))))
        sys.stdout.write(
            f"{entry.code:6} ours {min(ours):6.2f} ms  docxtpl {min(theirs):6.2f} ms  "
            f"ratio {min(ours) / min(theirs):4.2f}  first reading {first:6.2f} ms\n"
        )
        ours_all, theirs_all, first_all = ours_all + min(ours), theirs_all + min(theirs), first_all + first
    count, ratio = len(catalog.letters), ours_all / theirs_all
    told = {
        "letters": count,
        "ours_ms": round(ours_all / count, 2),
        "docxtpl_ms": round(theirs_all / count, 2),
        "ratio": round(ratio, 3),
        "first_reading_ms": round(first_all / count, 2),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if ratio <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())

"""How processes log: a line of JSON for a collector, a plain line for a terminal. No line carries personal data.

What is logged names things by number (case, account, message, route), never by what people typed; SQL errors come
without their values (engine.store.session).
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import IO

# What every record has by itself; anything else was given by `extra` and is a field of the line.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, event, then the fields given by `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def start_logging(stream: IO[str] = sys.stderr) -> None:
    """Log to `stream` from INFO on: plain on a terminal, JSON lines into anything else."""
    handler = logging.StreamHandler(stream)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(plain if stream.isatty() else JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    # Lines about every tick, about one that was skipped because the last is still busy, and about migrations say
    # nothing new.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)

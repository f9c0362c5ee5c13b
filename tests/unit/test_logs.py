"""Log lines: JSON for a collector, plain for a terminal."""

import io
import json
import logging

import pytest

from engine.logs import JsonLines, start_logging


def line(**extra):
    record = logging.makeLogRecord({"name": "yishen.web", "levelname": "INFO", "msg": "%s done", "args": (3,), **extra})
    return json.loads(JsonLines().format(record))


def test_a_line_is_one_json_object_with_the_fields_given():
    found = line(route="cases.show", account=7)
    assert (found["level"], found["logger"], found["event"]) == ("info", "yishen.web", "3 done")
    assert (found["route"], found["account"]) == ("cases.show", 7)
    assert found["at"].endswith("+00:00")


def test_a_traceback_stays_on_its_line():
    try:
        raise ValueError("两行\n文字")
    except ValueError as error:
        text = JsonLines().format(logging.makeLogRecord({"msg": "x", "exc_info": (type(error), error, None)}))
    assert "\n" not in text
    assert "两行" in json.loads(text)["traceback"]


@pytest.fixture
def fresh(monkeypatch):
    """Call it to take the test runner's own handlers off the root logger until the test ends."""
    root = logging.getLogger()

    def clear():
        monkeypatch.setattr(root, "handlers", [])
        monkeypatch.setattr(root, "level", root.level)

    return clear


def test_a_terminal_gets_plain_lines(fresh):
    fresh()
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    start_logging(terminal)
    logging.getLogger("yishen.scheduler").info("outbox: 2 done")
    assert terminal.getvalue().endswith("INFO yishen.scheduler outbox: 2 done\n")


def test_a_file_gets_json(fresh):
    fresh()
    file = io.StringIO()
    start_logging(file)
    logging.getLogger("yishen.scheduler").info("outbox: 2 done")
    assert json.loads(file.getvalue())["event"] == "outbox: 2 done"

"""The sandbox: what may be written in a diagram, and that nothing else gets through."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.process.expressions import ExpressionFault, compile_expression, is_scalar

VALUES = {"outcome": "a", "count": 3, "urgent": True, "empty": None}


def value(text: str, **facts: int) -> Any:
    return compile_expression(text, frozenset({"events"})).evaluate(VALUES.get, facts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outcome == 'a'", True),
        ("outcome != 'a'", False),
        ("'a' == outcome", True),
        ("outcome in ('b', 'a')", True),
        ("outcome not in ['b', 'a']", False),
        ("count > 2 and not (count >= 4 or outcome == 'c')", True),
        ("1 < count <= 3", True),
        ("urgent", True),
        ("not empty", True),
        ("empty == None", True),
        ("count == -3", False),
        ("events('corrected_received') >= 1", False),
        ("'办结'", "办结"),
        ("count", 3),
    ],
)
def test_allowed_expressions(text: str, expected: object) -> None:
    assert value(text) == expected


def test_facts_are_counted() -> None:
    assert value("events('corrected_received') >= 1", corrected_received=1)


@pytest.mark.parametrize("text", ["empty < 1", "empty >= 0", "outcome > 1", "1 <= outcome", "unknown > 0"])
def test_only_whole_numbers_are_ordered(text: str) -> None:
    assert value(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').getcwd()",
        "__builtins__",
        "().__class__.__bases__[0].__subclasses__()",
        "outcome.__class__",
        "outcome.upper()",
        "outcome[0]",
        "getattr(outcome, 'upper')",
        "eval('1')",
        "open('/etc/passwd')",
        "print(1)",
        "9**9**9",
        "10**10**10 > count",
        "count + 1",
        "'a' * 1000000000",
        "1 << 99999999",
        "-count",
        "~count",
        "lambda: 1",
        "[x for x in (1, 2)]",
        "{'a': 1}",
        "{1, 2}",
        "f'{outcome}'",
        "outcome if urgent else count",
        "(y := 1)",
        "await outcome",
        "yield",
        "*outcome",
        "outcome is None",
        "outcome in 'abc'",
        "outcome in other",
        "outcome in (count, 'a')",
        "(1, 2)",
        "1.5",
        "1j",
        "b'a'",
        "...",
        "events()",
        "events(outcome)",
        "events('a', 'b')",
        "events(type='a')",
        "events('../x')",
        "due('correction')",
        "events",
        "typename == 'a'",
        "Outcome == 'a'",
        "import os",
        "outcome = 'a'",
        "outcome == 'a'; count",
        "outcome ==",
        "",
        "   ",
        "outcome == '\\x41'",
        "outcome\n== 'a'",
        "99999999999999",
        "'" + "长" * 201 + "'",
        "not " * 100 + "urgent",
        "(" * 240 + "urgent" + ")" * 240,
        " or ".join(["urgent"] * 60),
        "urgent and " * 44 + "urgent" + " " * 500 + ".",
        "1" + "0" * 490,
    ],
)
def test_everything_else_is_refused_in_a_chinese_sentence(text: str) -> None:
    with pytest.raises(ExpressionFault, match=r"[一-鿿]"):
        compile_expression(text, frozenset({"events"}))


WORDS = (
    "outcome count urgent and or not in == != < > ( ) [ ] , ' \" 1 0 -1 'a' events( . __class__ "
    "lambda : None True ** + {"
)
PIECES = st.sampled_from(WORDS.split())


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map(" ".join)))
def test_any_text_is_either_refused_or_gives_a_scalar(text: str) -> None:
    try:
        compiled = compile_expression(text, frozenset({"events"}))
    except ExpressionFault:
        return
    assert is_scalar(compiled.evaluate(VALUES.get, {}))


def test_an_expression_says_what_it_reads() -> None:
    compiled = compile_expression(
        "outcome in ('a', 'b') and 2 < count and events('fee_paid') == 1", frozenset({"events"})
    )
    assert compiled.names == {"outcome", "count"}
    assert compiled.calls == {("events", "fee_paid")}
    assert compiled.compared == {("outcome", "a"), ("outcome", "b"), ("count", 2)}

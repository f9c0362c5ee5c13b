"""The sandbox for expressions in diagrams: a whitelist of syntax, compiled to closures, never run as Python.

Allowed: names of routing variables, whole numbers, strings, True/False/None, comparisons, `and` `or` `not`, `in` over a
list of literals, and the functions named by the caller with one string. Everything else is refused when compiled.
"""

import ast
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

Scalar: TypeAlias = str | int | bool | None
Lookup: TypeAlias = Callable[[str], Scalar]

MAX_LENGTH, MAX_NODES, MAX_DEPTH = 500, 120, 12
MAX_TEXT, MAX_NUMBER = 200, 10**9
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
RESERVED = frozenset({"typename", "due", "events", "item", "items", "data", "facts", "true", "false", "none", "null"})


class ExpressionFault(ValueError):
    """An expression outside the sandbox; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        text: as written.
        names: routing variables it reads.
        calls: (function, argument) pairs.
        compared: (variable, literal) pairs that are tested for equality or membership, for finding typing errors.
    """

    text: str
    names: frozenset[str]
    calls: frozenset[tuple[str, str]]
    compared: frozenset[tuple[str, Scalar]]
    _run: Callable[[Lookup, Mapping[str, int]], Scalar]

    def evaluate(self, lookup: Lookup, facts: Mapping[str, int]) -> Scalar:
        """The value: `lookup` answers names (None = not answered yet), `facts` counts of events by type.

        Ordering (< <= > >=) holds between whole numbers only; anything else is not ordered, hence false.
        """
        return self._run(lookup, facts)


def is_variable_name(name: object) -> bool:
    """Whether a routing variable may bear this name."""
    return (
        isinstance(name, str)
        and NAME.fullmatch(name) is not None
        and name not in RESERVED
        and not keyword.iskeyword(name)
    )


def is_scalar(value: object) -> bool:
    """Whether a value may be a routing variable: text up to 200 characters, whole number, yes/no, nothing."""
    if isinstance(value, str):
        return len(value) <= MAX_TEXT
    return value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) <= MAX_NUMBER)


def compile_expression(text: str, functions: frozenset[str] = frozenset()) -> Expression:
    """Check and compile. Raises ExpressionFault."""
    source = text.strip()
    if not source:
        raise ExpressionFault("表达式是空的。")
    if len(source) > MAX_LENGTH:
        raise ExpressionFault(f"表达式超过 {MAX_LENGTH} 个字符。")
    if "\\" in source or "\0" in source or "\n" in source:
        raise ExpressionFault("表达式中不能有反斜杠、换行和控制字符。")
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionFault(f"表达式“{source[:60]}”写法有误。") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise ExpressionFault("表达式太长，请拆成几个网关。")
    builder = _Builder(functions)
    run = builder.value(tree.body, 0)
    return Expression(source, frozenset(builder.names), frozenset(builder.calls), frozenset(builder.compared), run)


_Run: TypeAlias = Callable[[Lookup, Mapping[str, int]], Any]


class _Builder:
    """Turns syntax nodes into closures and notes what they read."""

    def __init__(self, functions: frozenset[str]) -> None:
        self.functions = functions
        self.names: set[str] = set()
        self.calls: set[tuple[str, str]] = set()
        self.compared: set[tuple[str, Scalar]] = set()

    def value(self, node: ast.expr, depth: int) -> _Run:
        if depth > MAX_DEPTH:
            raise ExpressionFault("表达式嵌套太深，请拆成几个网关。")
        match node:
            case ast.BoolOp(op=op, values=values):
                return partial(_all if isinstance(op, ast.And) else _any, [self.value(v, depth + 1) for v in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return partial(_not, self.value(operand, depth + 1))
            case ast.Compare():
                return self._compare(node, depth)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Call(func=ast.Name(id=function), args=[ast.Constant(value=str(argument))], keywords=[]):
                return self._call(function, argument)
        return partial(_constant, _literal(node))

    def _name(self, name: str) -> _Run:
        if not is_variable_name(name):
            raise ExpressionFault(f"“{name}”不能作变量名，只能用小写英文字母、数字和下划线。")
        self.names.add(name)
        return partial(_variable, name)

    def _call(self, function: str, argument: str) -> _Run:
        if function not in self.functions:
            raise ExpressionFault(f"这里不能使用函数 {function}。")
        if NAME.fullmatch(argument) is None:
            raise ExpressionFault(f"{function}(…) 中的名称“{argument[:60]}”写法有误。")
        self.calls.add((function, argument))
        return partial(_count, argument) if function == "events" else partial(_constant, argument)

    def _compare(self, node: ast.Compare, depth: int) -> _Run:
        tests: list[tuple[Callable[[Any, Any], bool], _Run]] = []
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if type(op) not in _OPERATORS:
                raise ExpressionFault("只能用 == != < <= > >= in 和 not in 比较。")
            if isinstance(op, ast.In | ast.NotIn):
                if not isinstance(right, ast.Tuple | ast.List):
                    raise ExpressionFault("in 后面只能是括号内列出的固定值。")
                members = tuple(_literal(member) for member in right.elts)
                self._note(left, members)
                tests.append((_OPERATORS[type(op)], partial(_constant, members)))
            else:
                for one, other in ((left, right), (right, left)):
                    if isinstance(other, ast.Constant):
                        self._note(one, (_literal(other),))
                tests.append((_OPERATORS[type(op)], self.value(right, depth + 1)))
            left = right
        return partial(_chain, self.value(node.left, depth + 1), tests)

    def _note(self, node: ast.expr, literals: tuple[Scalar, ...]) -> None:
        if isinstance(node, ast.Name):
            self.compared.update((node.id, literal) for literal in literals)


def _literal(node: ast.expr) -> Scalar:
    match node:
        case ast.Constant(value=value) if isinstance(value, str | int | None) and is_scalar(value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))) if abs(number) <= MAX_NUMBER:
            return -number
    raise ExpressionFault(f"表达式中不允许“{ast.unparse(node)[:60]}”这种写法。")


def _constant(value: Any, _lookup: Lookup, _facts: Mapping[str, int]) -> Any:
    return value


def _variable(name: str, lookup: Lookup, _facts: Mapping[str, int]) -> Scalar:
    return lookup(name)


def _count(event: str, _lookup: Lookup, facts: Mapping[str, int]) -> int:
    return facts.get(event, 0)


def _all(parts: list[_Run], lookup: Lookup, facts: Mapping[str, int]) -> bool:
    return all(part(lookup, facts) for part in parts)


def _any(parts: list[_Run], lookup: Lookup, facts: Mapping[str, int]) -> bool:
    return any(part(lookup, facts) for part in parts)


def _not(part: _Run, lookup: Lookup, facts: Mapping[str, int]) -> bool:
    return not part(lookup, facts)


def _chain(
    first: _Run, tests: list[tuple[Callable[[Any, Any], bool], _Run]], lookup: Lookup, facts: Mapping[str, int]
) -> bool:
    left = first(lookup, facts)
    for holds, right_of in tests:
        right = right_of(lookup, facts)
        if not holds(left, right):
            return False
        left = right
    return True


def _ordered(test: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    return isinstance(left, int) and isinstance(right, int) and test(left, right)


_OPERATORS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
    ast.Lt: partial(_ordered, lambda left, right: left < right),
    ast.LtE: partial(_ordered, lambda left, right: left <= right),
    ast.Gt: partial(_ordered, lambda left, right: left > right),
    ast.GtE: partial(_ordered, lambda left, right: left >= right),
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}

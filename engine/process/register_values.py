"""Where a register takes a value from: the small language of `[register]` columns in case.toml."""

from collections.abc import Mapping

from engine.process.forms import Field
from engine.statute.events import EVENT_TYPES

CASE_VALUES: Mapping[str, str] = {
    "case.number": "编号",
    "case.subject": "名称",
    "case.registered_on": "登记日期",
    "case.due_on": "期限届满",
    "case.in_time": "是否按期",
    "case.closed_on": "办结日期",
}
"""Values of the case itself."""


def names_of_case() -> set[str]:
    """Names beside the fields of forms that an expression of a measure may read."""
    return {"in_time", "closed"}


def value_fault(value: str, fields: Mapping[str, Field]) -> str | None:
    """What is wrong with a column's value, in Chinese, or None.

    `case.<…>` (CASE_VALUES), `event.<type>` (day of the newest event), `answer.<field>` (newest answer in words),
    `rows.<field>.<column>` (that column of every row of a table).
    """
    kind, _, name = value.partition(".")
    if kind == "case":
        return None if value in CASE_VALUES else f"没有“{value}”，可用的有：{'、'.join(CASE_VALUES)}。"
    if kind == "event":
        return None if name in EVENT_TYPES else f"没有法律事件“{name}”。"
    if kind == "answer":
        return None if name in fields else f"没有表单问到“{name}”。"
    if kind == "rows":
        table, _, column = name.partition(".")
        asked = fields.get(table)
        known = {one.name for one in asked.columns} if asked is not None else set()
        return None if column in known else f"没有表格“{table}”的列“{column}”。"
    return f"“{value}”不是取值，应以 case.、event.、answer. 或 rows. 开头。"

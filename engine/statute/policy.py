"""The few switches where the law is silent and an office decides, with the defaults and their reasons.

The five keys are those of `yishen deadline --policy`; the office's own values come from config.toml.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.statute.dates import parse_iso_date


class PolicyError(ValueError):
    """An unknown policy key or a value it cannot take; the message is a Chinese sentence for people."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How the office reads the silent points.

    Attributes:
        suspension_includes_sending_day: a suspension opens on the sending day itself instead of the next working day
            (Art. 33(3) is silent; the default is the safer side for the office).
        correction_period_working_days: the "reasonable period" of Art. 30 in working days, 5 to 30.
        art35_suspends: the time in which the applicant states reasons (Art. 35) is left out of the reply period.
        extra_rest_days: local holidays observed (放假办法 Art. 4).
        second_extension: a second extension may fill up to 20 working days in total (Art. 33(2) speaks of one).
        interpretation_working_days: after a policy document that went out alone, until its interpretation must stand
            beside it, 0 to 5 (国办发〔2016〕19号: 3; regions that follow the Inner Mongolia standard: 5). No key of
            `yishen deadline --policy`, which prints both dates.
    """

    suspension_includes_sending_day: bool = False
    correction_period_working_days: int = 15
    art35_suspends: bool = False
    extra_rest_days: frozenset[date] = frozenset()
    second_extension: bool = False
    interpretation_working_days: int = 3

    def __post_init__(self) -> None:
        if not 5 <= self.correction_period_working_days <= 30:
            raise PolicyError("correction_period_working_days 应为 5 至 30 之间的整数（工作日）")
        if not 0 <= self.interpretation_working_days <= 5:
            raise PolicyError("interpretation_working_days 应为 0 至 5 之间的整数（工作日）")


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("应为 true 或 false")
    return text == "true"


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise ValueError("应为整数")
    return int(text)


def _dates(text: str) -> frozenset[date]:
    if not text.strip():
        return frozenset()
    days = set()
    for part in text.split(","):
        try:
            days.add(parse_iso_date(part.strip()))
        except ValueError as error:
            raise ValueError(f"“{part.strip()[:20]}” {error}；多个日期用逗号分隔") from None
    return frozenset(days)


_READERS: dict[str, Callable[[str], Any]] = {
    "suspension_includes_sending_day": _boolean,
    "correction_period_working_days": _whole_number,
    "art35_suspends": _boolean,
    "extra_rest_days": _dates,
    "second_extension": _boolean,
}


def policy_from_pairs(pairs: Iterable[str], base: Policy) -> Policy:
    """`base` with the given KEY=VALUE pairs; booleans are true/false, lists are comma-separated.

    Raises:
        PolicyError: a pair without "=", an unknown or repeated key, a value the key cannot take.
    """
    values: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise PolicyError(f"策略 {pair[:40]!r} 应写作 KEY=VALUE")
        if key not in _READERS:
            raise PolicyError(f"没有策略 {key[:40]!r}，可用的有：{'、'.join(_READERS)}")
        if key in values:
            raise PolicyError(f"策略 {key} 给了两次")
        try:
            values[key] = _READERS[key](text)
        except ValueError as error:
            raise PolicyError(f"策略 {key}={text[:40]!r} 不对：{error}") from None
    return replace(base, **values)

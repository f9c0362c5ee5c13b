"""The saved state of a case as bytes: our own compact format, never the library's.

Layout of format 1: one byte 0x01, then msgpack of [first 4 bytes of the definition's hash, variables, places]; places
as in prune.py. No specification is in it; the definition's hash stands beside the state. A later format gets the next
number and a function here that reads this one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgpack

from engine.process.expressions import Scalar
from engine.process.faults import StateFault

FORMAT = 1


def pack(digest: str, variables: Mapping[str, Scalar], places: Sequence[Any]) -> bytes:
    """Bytes of a state."""
    body: bytes = msgpack.packb([bytes.fromhex(digest[:8]), variables, places])
    return bytes([FORMAT]) + body


def unpack(digest: str, state: bytes) -> tuple[dict[str, Scalar], list[Any]]:
    """Variables and places. Raises StateFault for an unknown format, damage, or the state of another definition."""
    if not state:
        raise StateFault("案件的流程状态是空的，请用备份恢复。")
    if state[0] != FORMAT:
        raise StateFault(f"案件的流程状态是第 {state[0]} 版格式，本程序只能读第 {FORMAT} 版，请使用相应版本的程序。")
    try:
        mark, variables, places = msgpack.unpackb(state[1:])
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise StateFault("案件的流程状态已经损坏，请用备份恢复。") from error
    if mark != bytes.fromhex(digest[:8]):
        raise StateFault("案件的流程状态属于另一个版本的流程定义，请核对案件的流程版本。")
    return variables, places

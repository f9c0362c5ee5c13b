"""Posting JSON to a web hook."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.delivery.message import Undeliverable

_TIMEOUT_SECONDS = 20
_MOST_BYTES = 100_000


def secret(file: str | None) -> str:
    """The content of a file that holds a secret. Raises OSError when it cannot be read."""
    return Path(file or "").read_text("utf-8").strip()


def post_json(url: str, data: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Post and give back the JSON object answered, empty when the answer is none.

    Raises Undeliverable on 400, 404 and 410, OSError on everything that may work later.
    """
    if not url.startswith(("https://", "http://")):
        raise Undeliverable("地址不是 http:// 或 https:// 开头，请检查配置的文件。")
    request = urllib.request.Request(  # noqa: S310 - the scheme has just been checked
        url,
        json.dumps(data, ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
            content = answer.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in {400, 404, 410}:
            raise Undeliverable(f"对方拒收（HTTP {error.code}）。") from error
        raise
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

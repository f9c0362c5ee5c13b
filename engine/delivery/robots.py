"""Robots of chat groups: WeCom (企业微信) and DingTalk (钉钉). One post for all who are told at once."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from engine.delivery.message import Message, Undeliverable
from engine.delivery.posting import post_json, secret
from engine.settings.channels import Robot


class WecomChannel:
    """A text message of the group's robot that names people by their phone numbers."""

    def __init__(self, settings: Robot) -> None:
        self._settings = settings

    def send(self, message: Message, at: datetime) -> None:
        """Post. Raises Undeliverable or OSError."""
        text = {"content": message.body, "mentioned_mobile_list": list(message.to)}
        _answered(post_json(secret(self._settings.url_file), {"msgtype": "text", "text": text}))


class DingtalkChannel:
    """The same for DingTalk, whose robot may want the moment signed."""

    def __init__(self, settings: Robot) -> None:
        self._settings = settings

    def send(self, message: Message, at: datetime) -> None:
        """Post. Raises Undeliverable or OSError."""
        url = secret(self._settings.url_file)
        if self._settings.secret_file:
            url += signature(secret(self._settings.secret_file), at)
        named = "".join(f" @{phone}" for phone in message.to)
        data = {"msgtype": "text", "text": {"content": message.body + named}, "at": {"atMobiles": list(message.to)}}
        _answered(post_json(url, data))


def signature(key: str, at: datetime) -> str:
    """What DingTalk wants behind the address: milliseconds since 1970 and their HMAC-SHA256."""
    stamp = str(int(at.timestamp() * 1000))
    digest = hmac.new(key.encode(), f"{stamp}\n{key}".encode(), hashlib.sha256).digest()
    return f"&timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


# The group has had too many messages this minute: WeCom 45009, DingTalk 130101 and 410100.
_LATER = frozenset({-1, 45009, 130101, 410100})


def _answered(answer: dict[str, Any]) -> None:
    """Both answer 200 with a code of their own. Raises OSError when it may work later, else Undeliverable."""
    code = answer.get("errcode", 0)
    if code in _LATER:
        raise OSError(f"机器人暂时不接收消息（{code}）")
    if code != 0:
        raise Undeliverable(f"机器人拒收这条消息（{code}）。")

"""The channels that an office has switched on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from engine.delivery.mail import MailChannel
from engine.delivery.message import Message
from engine.delivery.robots import DingtalkChannel, WecomChannel
from engine.delivery.sms import SmsChannel
from engine.settings.channels import Channels


class Channel(Protocol):
    """A way out."""

    def send(self, message: Message, at: datetime) -> None:
        """Send once. Raises Undeliverable when trying again is useless, any other exception when it may work later."""


def open_channels(settings: Channels) -> Mapping[str, Channel]:
    """Channel name -> channel, of those switched on."""
    found: Mapping[str, Channel] = {
        **({"mail": MailChannel(settings.mail)} if settings.mail.enabled else {}),
        **({"wecom": WecomChannel(settings.wecom)} if settings.wecom.enabled else {}),
        **({"dingtalk": DingtalkChannel(settings.dingtalk)} if settings.dingtalk.enabled else {}),
        **({"sms": SmsChannel(settings.sms)} if settings.sms.enabled else {}),
    }
    return found

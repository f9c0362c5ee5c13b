"""Text messages through the office's own gateway."""

from datetime import datetime

from engine.delivery.message import Message
from engine.delivery.posting import post_json, secret
from engine.settings.channels import Sms


class SmsChannel:
    """One request for each phone; the key goes along, so that a gateway can refuse to send it twice."""

    def __init__(self, settings: Sms) -> None:
        self._settings = settings

    def send(self, message: Message, at: datetime) -> None:
        """Hand over. Raises Undeliverable or OSError."""
        headers = {"Authorization": f"Bearer {secret(self._settings.token_file)}", "Idempotency-Key": message.key}
        for phone in message.to:
            post_json(self._settings.url or "", {"phone": phone, "text": message.body}, headers)

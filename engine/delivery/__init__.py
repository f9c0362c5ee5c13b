"""Ways out of the house: e-mail, group robots, text messages. Knows no case and no database."""

from engine.delivery.channels import Channel, open_channels
from engine.delivery.message import Attachment, Message, Undeliverable

__all__ = ["Attachment", "Channel", "Message", "Undeliverable", "open_channels"]

"""A message as it leaves, whatever the channel."""

from dataclasses import dataclass


class Undeliverable(Exception):
    """Trying again would change nothing: a wrong address, a refused message. `str()` is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along: `media_type` such as application/pdf."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to whom.

    Attributes:
        key: idempotency key; the same key is the same message, however often it is sent.
        to: addresses of the channel: e-mail addresses, or phone numbers (of people to be named by a robot).
        subject: one line. text: several lines. link: address of the page it is about, or None.
    """

    key: str
    to: tuple[str, ...]
    subject: str
    text: str
    link: str | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def body(self) -> str:
        """The text with the link below it."""
        return self.text if self.link is None else f"{self.text}\n{self.link}"

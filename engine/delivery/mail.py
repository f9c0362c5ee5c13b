"""E-mail by SMTP."""

import hashlib
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from engine.delivery.message import Message, Undeliverable
from engine.settings.channels import Mail

_TIMEOUT_SECONDS = 30


class MailChannel:
    """One SMTP conversation for each message."""

    def __init__(self, settings: Mail) -> None:
        """`settings` must be switched on."""
        if settings.host is None or settings.sender is None:
            raise ValueError("mail is not switched on")
        self._settings = settings
        self._host = settings.host
        self._sender = settings.sender

    def send(self, message: Message, at: datetime) -> None:
        """Hand the message to the server, dated `at`.

        Raises Undeliverable when the server refuses it for good, OSError (smtplib's errors are such) when it may work
        later.
        """
        settings = self._settings
        with smtplib.SMTP(self._host, settings.port, timeout=_TIMEOUT_SECONDS) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context(cafile=settings.ca_file))
            if settings.username and settings.password_file:
                server.login(settings.username, Path(settings.password_file).read_text("utf-8").strip())
            try:
                server.send_message(self._compose(message, at), self._sender, list(message.to))
            except smtplib.SMTPRecipientsRefused as refused:
                codes = [code for code, _text in refused.recipients.values()]
                if all(code >= 500 for code in codes):
                    raise Undeliverable(f"邮件服务器拒收收件地址（{codes[0]}）。") from refused
                raise
            except smtplib.SMTPResponseException as error:
                if error.smtp_code >= 500:
                    raise Undeliverable(f"邮件服务器拒收这封邮件（{error.smtp_code}）。") from error
                raise

    def _compose(self, message: Message, at: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = ", ".join(message.to)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = message_id(message.key, self._sender)
        # A machine wrote this: holiday replies stay away (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{message.body}\n\n本邮件由系统自动发出，请勿直接回复。\n", cte="base64")
        for one in message.attachments:
            kind, _sep, subtype = one.media_type.partition("/")
            mail.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.filename)
        return mail


def message_id(key: str, sender: str) -> str:
    """The same for the same key, so that a mailbox recognises a message that was sent twice."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"

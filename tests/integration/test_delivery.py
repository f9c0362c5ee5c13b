"""Channels in real conversations: SMTP with STARTTLS and login, robots and the SMS gateway over HTTP."""

import base64
import hashlib
import hmac
import smtplib
import ssl
import urllib.error
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.delivery import Attachment, Message, Undeliverable, open_channels
from engine.settings.channels import Channels, Mail, Robot, Sms
from tests.postbox import mail_server, web_hook

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
MESSAGE = Message(
    key="mail:3f",
    to=("zhou.min@yunling.example",),
    subject="【依申】2026-0012：期限 2026-09-21，剩 3 个工作日",
    text="2026-0012：拟稿\n期限 2026-09-21，剩 3 个工作日",
    link="https://yishen.yunling.example/cases/12",
)


@pytest.fixture
def mailbox(tmp_path):
    with mail_server(tmp_path) as box:
        yield box


@pytest.fixture
def mail(mailbox, tmp_path):
    """Call it with changed settings for the mail channel."""
    (tmp_path / "password").write_text("Qingshi-mail\n")

    def open_mail(**changed):
        settings = {
            "enabled": True,
            "host": "localhost",
            "port": mailbox.port,
            "ca_file": str(mailbox.ca_file),
            "username": "yishen",
            "password_file": str(tmp_path / "password"),
            "sender": "yishen@yunling.example",
            **changed,
        }
        return open_channels(Channels(mail=Mail(**settings)))["mail"]

    return open_mail


def test_mail_goes_out_encrypted_with_chinese_subject_text_and_attachment(mailbox, mail):
    attachment = Attachment("督办单（九月）.xlsx", "application/vnd.ms-excel", b"\x00\x01binary")
    with_file = Message(MESSAGE.key, MESSAGE.to, MESSAGE.subject, MESSAGE.text, MESSAGE.link, (attachment,))
    mail().send(with_file, AT)
    [received], [encrypted] = mailbox.mails, mailbox.encrypted
    assert encrypted
    assert mailbox.logins == [("yishen", "Qingshi-mail")]
    assert received["Subject"] == MESSAGE.subject
    assert received["To"] == "zhou.min@yunling.example"
    assert received["From"] == "yishen@yunling.example"
    assert received["Date"].datetime == AT
    text = received.get_body().get_content()
    assert "2026-0012：拟稿" in text
    assert "https://yishen.yunling.example/cases/12" in text
    [part] = received.iter_attachments()
    assert part.get_filename() == "督办单（九月）.xlsx"
    assert part.get_content() == b"\x00\x01binary"


def test_the_subject_travels_as_ascii(mailbox, mail):
    mail().send(MESSAGE, AT)
    raw = mailbox.mails[0].as_bytes()
    assert raw.isascii()
    assert b"=?utf-8?" in raw


def test_the_same_message_has_the_same_message_id(mailbox, mail):
    mail().send(MESSAGE, AT)
    mail().send(MESSAGE, AT)
    other = Message("mail:40", MESSAGE.to, MESSAGE.subject, MESSAGE.text)
    mail().send(other, AT)
    first, second, third = (one["Message-ID"] for one in mailbox.mails)
    assert first == second != third
    assert first.endswith("@yunling.example>")


def test_a_certificate_of_nobody_we_trust_is_refused(mailbox, mail):
    with pytest.raises(ssl.SSLCertVerificationError):
        mail(ca_file=None).send(MESSAGE, AT)
    assert mailbox.mails == []


def test_without_starttls_nothing_leaves_to_a_server_that_wants_it(mailbox, mail):
    with pytest.raises(smtplib.SMTPException):
        mail(starttls=False).send(MESSAGE, AT)
    assert mailbox.mails == []


def test_an_unknown_recipient_is_final_and_a_busy_server_is_not(mailbox, mail):
    with pytest.raises(Undeliverable, match="550"):
        mail().send(Message("k", ("nobody@yunling.example",), "甲", "乙"), AT)
    mailbox.answers = ["451 try later", "554 refused"]
    with pytest.raises(smtplib.SMTPDataError):
        mail().send(MESSAGE, AT)
    with pytest.raises(Undeliverable, match="554"):
        mail().send(MESSAGE, AT)


@pytest.fixture
def hook():
    with web_hook() as server:
        yield server


def written(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return str(tmp_path / name)


def test_the_wecom_robot_names_people_by_phone(hook, tmp_path):
    url = written(tmp_path, "url", f"{hook.url}/cgi-bin/webhook/send?key=abc\n")
    channel = open_channels(Channels(wecom=Robot(enabled=True, url_file=url)))["wecom"]
    channel.send(Message("k", ("13905550101",), "甲", "2026-0012：超期", "https://x.example/cases/1"), AT)
    [(path, _headers, data)] = hook.posts
    assert path == "/cgi-bin/webhook/send?key=abc"
    assert data == {
        "msgtype": "text",
        "text": {"content": "2026-0012：超期\nhttps://x.example/cases/1", "mentioned_mobile_list": ["13905550101"]},
    }


def test_the_dingtalk_robot_signs_the_moment(hook, tmp_path):
    url = written(tmp_path, "url", f"{hook.url}/robot/send?access_token=abc")
    secret = written(tmp_path, "secret", "SEC42")
    channel = open_channels(Channels(dingtalk=Robot(enabled=True, url_file=url, secret_file=secret)))["dingtalk"]
    channel.send(Message("k", ("13905550101",), "甲", "2026-0012：超期"), AT)
    [(path, _headers, data)] = hook.posts
    sent = parse_qs(urlsplit(path).query)
    stamp = str(int(AT.timestamp() * 1000))
    wanted = base64.b64encode(hmac.new(b"SEC42", f"{stamp}\nSEC42".encode(), hashlib.sha256).digest()).decode()
    assert sent == {"access_token": ["abc"], "timestamp": [stamp], "sign": [wanted]}
    assert data["at"] == {"atMobiles": ["13905550101"]}
    assert "2026-0012：超期" in data["text"]["content"]


def test_a_robot_that_is_busy_is_tried_again_and_one_that_refuses_is_not(hook, tmp_path):
    channel = open_channels(Channels(wecom=Robot(enabled=True, url_file=written(tmp_path, "url", f"{hook.url}/send"))))[
        "wecom"
    ]
    hook.answers = [(200, {"errcode": 45009}), (200, {"errcode": 93000}), (500, {}), (404, {})]
    with pytest.raises(OSError, match="45009"):
        channel.send(MESSAGE, AT)
    with pytest.raises(Undeliverable, match="93000"):
        channel.send(MESSAGE, AT)
    with pytest.raises(urllib.error.HTTPError):
        channel.send(MESSAGE, AT)
    with pytest.raises(Undeliverable, match="404"):
        channel.send(MESSAGE, AT)


def test_the_sms_gateway_gets_phone_text_token_and_key(hook, tmp_path):
    settings = Sms(enabled=True, url=f"{hook.url}/send", token_file=written(tmp_path, "token", "t0ken\n"))
    open_channels(Channels(sms=settings))["sms"].send(Message("sms:1", ("13905550101",), "甲", "2026-0012：超期"), AT)
    [(path, headers, data)] = hook.posts
    assert (path, data) == ("/send", {"phone": "13905550101", "text": "2026-0012：超期"})
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Idempotency-Key"] == "sms:1"


def test_nothing_is_switched_on_by_default():
    assert open_channels(Channels()) == {}

"""The receipt date (收到申请之日) by channel, Art. 31.

Receipt is a legal fact, registration an act of the office: the date follows from how the request came in.
"""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """How a request reaches the office."""

    IN_PERSON = "in_person"
    ORAL = "oral"
    SIGNED_MAIL = "signed_mail"
    ORDINARY_MAIL = "ordinary_mail"
    INTERNET = "internet"
    FAX = "fax"


@dataclass(frozen=True, slots=True)
class ReceiptRule:
    """One row of Art. 31.

    Attributes:
        title: the channel's Chinese name.
        event: the ledger event type that records the first touch.
        awaits_confirmation: the first touch is not the receipt date, the confirmation with the applicant is.
        explanation: which day counts, in Chinese.
        basis: the article.
    """

    title: str
    event: str
    awaits_confirmation: bool
    explanation: str
    basis: str


RECEIPT_RULES: dict[Channel, ReceiptRule] = {
    Channel.IN_PERSON: ReceiptRule("当面提交", "submit", False, "提交之日为收到申请之日", "条例第三十一条第（一）项"),
    # A request taken down for someone who cannot write is handed in at the counter (Art. 29(1)).
    Channel.ORAL: ReceiptRule(
        "口头申请", "submit", False, "代为填写之日为收到申请之日", "条例第二十九条第一款、第三十一条第（一）项"
    ),
    Channel.SIGNED_MAIL: ReceiptRule(
        "挂号信、特快专递",
        "sign_mail",
        False,
        "本机关签收之日（含收发室签收）为收到申请之日",
        "条例第三十一条第（二）项",
    ),
    Channel.ORDINARY_MAIL: ReceiptRule(
        "平常信函", "arrive", True, "与申请人确认之日为收到申请之日", "条例第三十一条第（二）项"
    ),
    Channel.INTERNET: ReceiptRule("互联网", "submit", True, "双方确认之日为收到申请之日", "条例第三十一条第（三）项"),
    Channel.FAX: ReceiptRule("传真", "submit", True, "双方确认之日为收到申请之日", "条例第三十一条第（三）项"),
}

# Event type of the first touch -> channels it may carry.
FIRST_TOUCHES: dict[str, frozenset[Channel]] = {
    event: frozenset(channel for channel, rule in RECEIPT_RULES.items() if rule.event == event)
    for event in ("submit", "sign_mail", "arrive")
}

"""Payments of the processing fee: entered one by one, paid up only with the whole sum (国办函〔2020〕109号).

The reply period runs anew from the day after full payment; a part of the sum starts nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from engine.cases.answers import shown
from engine.cases.errors import AnswerErrors
from engine.cases.flow import Turn
from engine.process import Form
from engine.statute.said import said
from engine.store.tables import FormRecord, Letter

NOTICE: Final = "L-12"
_AMOUNT: Final = "fee_amount"


@dataclass(frozen=True, slots=True)
class Payments:
    """What the newest notice charges, what has been paid on it, in yuan, and the day of the last payment."""

    charged: int
    paid: int
    last_on: date | None

    @property
    def rest(self) -> int:
        """Yuan that are still due."""
        return self.charged - self.paid


def payments_of(turn: Turn) -> Payments | None:
    """The payments on the newest fee notice of a case; None when none has been issued."""
    notice = turn.session.scalar(
        select(Letter)
        .where(Letter.case_id == turn.case.id, Letter.code == NOTICE, Letter.voided_at.is_(None))
        .order_by(Letter.id.desc())
        .limit(1)
    )
    if notice is None:
        return None
    records = turn.session.scalars(
        select(FormRecord.answers)
        .where(FormRecord.case_id == turn.case.id, FormRecord.filled_at >= notice.issued_at)
        .order_by(FormRecord.id)
    )
    made = [answers for answers in records if answers.get(_AMOUNT)]
    days = [date.fromisoformat(str(answers["fee_paid_on"])) for answers in made]
    return Payments(int(notice.fields["fee_total"]), sum(int(one[_AMOUNT]) for one in made), max(days, default=None))


def needs_exact_payment(turn: Turn, form: Form, clean: Mapping[str, Any]) -> None:
    """Raise AnswerErrors unless what is entered fits the sum charged: paid up with all of it, a part with less.

    Nothing to judge where the form asks for no payment.
    """
    asked = next((one for one in form.fields if one.name == _AMOUNT), None)
    if asked is None or not shown(asked, clean) or (before := payments_of(turn)) is None:
        return
    paid = before.paid + int(clean[_AMOUNT])
    says_whole = any(
        rule.type == "fee_paid" and all(str(clean.get(name, "")) in wanted for name, wanted in rule.when.items())
        for rule in form.events
    )
    told = {"charged": before.charged, "paid": paid, "rest": abs(before.charged - paid)}
    if paid > before.charged:
        sentence = said("应缴 %(charged)s 元，连同本次共登记 %(paid)s 元，多出 %(rest)s 元，请核对金额。", **told)
        raise AnswerErrors({_AMOUNT: sentence})
    if says_whole and paid < before.charged:
        sentence = said(
            "应缴 %(charged)s 元，连同本次共登记 %(paid)s 元，尚差 %(rest)s 元；没有缴清的，按部分缴费登记。", **told
        )
        raise AnswerErrors({_AMOUNT: sentence})
    if not says_whole and paid == before.charged:
        raise AnswerErrors({_AMOUNT: said("应缴 %(charged)s 元，连同本次已经缴清，请按已缴清登记。", **told)})
    if before.last_on is not None and date.fromisoformat(str(clean["fee_paid_on"])) < before.last_on:
        last = before.last_on.isoformat()
        raise AnswerErrors({"fee_paid_on": said("前一次缴费登记在 %(last)s，本次不能早于这一天。", last=last)})

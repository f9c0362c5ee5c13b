"""Functions and tables that the templates of the desks use."""

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l

from engine.cases.alike import alike_to
from engine.cases.claims import REASSIGNERS
from engine.cases.documents import may_read
from engine.cases.letters_desk import RECEIPT_PRINTERS
from engine.cases.reminding import reminders_of
from engine.cases.stops import stands_still
from engine.settings.models import Attachments
from engine.statute.decisions import DECISIONS
from engine.statute.receipt import RECEIPT_RULES
from webui import beside, case_list, frame, lights, strips, visit, wording

# Values of ledger events that are codes.
_DETAILS: dict[str, Any] = {
    **{str(code): rule.title for code, rule in RECEIPT_RULES.items()},
    "third_party": _l("第三方"),
    "joint_agency": _l("共同制作机关"),
    "postal_enterprise": _l("邮政企业"),
    "courier": _l("快递公司"),
    "personal": _l("直接送达"),
    "left": _l("留置送达"),
    "entrusted": _l("委托送达"),
    "pickup": _l("到窗口领取"),
    "postal": _l("邮寄送达"),
    "electronic": _l("电子送达"),
    "notice": _l("公告送达"),
    "True": _l("是"),
    "False": _l("否"),
}


def decision_title(code: str | None) -> str:
    """The name of a decision; a code of another case type stands as it is."""
    found = DECISIONS.get(code or "")
    return found.title if found else code or ""


def detail_words(value: Any) -> str:
    """The words for a value of an event in the ledger; what is no code stands as it is."""
    return str(_DETAILS.get(str(value), decision_title(str(value))))


def install(app: Flask, attachments: Attachments) -> None:
    """Make them known to the templates."""
    app.jinja_env.filters["tally"] = frame.tally
    app.jinja_env.tests["expected_day"] = strips.expected
    app.jinja_env.globals.update(
        alike_to=lambda case_id: alike_to(visit.desk(), visit.actor(), case_id),
        attachments=attachments,
        case_reminders=lambda case_id: reminders_of(visit.desk(), visit.actor(), case_id),
        channel_title=wording.channel_title,
        decision_title=decision_title,
        detail_words=detail_words,
        document_kind=wording.document_kind,
        id_kind=wording.id_kind,
        in_hand=frame.in_hand,
        item_facts=beside.item_facts,
        judged=beside.judged,
        last_draft=beside.last_draft,
        light_filters=lights.FILTERS,
        light_of_date=lights.of_date,
        light_of_row=lights.of_row,
        may_print_receipt=lambda: not visit.actor().roles.isdisjoint(RECEIPT_PRINTERS),
        may_read=lambda document: may_read(visit.actor(), document),
        may_reassign=lambda: not visit.actor().roles.isdisjoint(REASSIGNERS),
        named=strips.named,
        own_dates=wording.OWN_DATES,
        me=lambda: visit.actor().id,
        party_kind=wording.party_kind,
        receipt_rules=RECEIPT_RULES,
        registered_content=beside.registered_content,
        stands_still=stands_still,
        result_words=case_list.result_words,
        strip_classes=strips.classes,
        strip_counted=strips.counted,
        strip_stopped=strips.stopped,
        strip_weeks=strips.weeks,
        today=lambda: visit.desk().today(),
    )

"""Who may see, take and do what: every person against every step that waits, and no more than the table allows."""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import pytest

from engine.cases.accounts import create_account
from engine.cases.casepage import case_page
from engine.cases.claims import claim, give_back
from engine.cases.definitions import SHIPPED
from engine.cases.desk import Actor
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal, Stale
from engine.cases.stepform import step_form
from engine.cases.steps import complete_step
from engine.cases.timers import fire_due_timers
from engine.process import parse, read_bundle
from engine.store.tables import WorkItem
from tests.office import Office, fill, open_office


def each(steps: str, who: str) -> dict[str, str]:
    return dict.fromkeys(steps.split(), who)


# Who may do a step, by login name. The cases below are handled by `handler`; the search is given to the unit of `unit`.
DOERS = {
    **each("confirm correction_service correction_receive reasons_service reasons_receive deferral_service", "intake"),
    **each("third_party_send joint_agency_send fee_service fee_payment extension_service dispatch delivery", "intake"),
    # Nobody has these yet: either handler may.
    "completeness": "handler handler2",
    **each("spot_reply third_party_reply joint_agency_reply", "intake handler handler2"),
    # These stay with the case's own handler.
    **each("correction_draft triage plan conference reasons_draft reasons_assess help_reply fee_draft", "handler"),
    **each("draft third_party_draft joint_agency_draft archive abandon_note unpaid_note withdrawal_note", "handler"),
    "search": "unit",
    "first_signoff": "unit_head",
    "secrecy_review": "secrecy_reviewer",
    "leader_signoff": "leader",
    "spot_review": "supervisor",
    **each("second_notice abandon_check deferral_approve unpaid_check extension_approve", "disclosure_head"),
    **each("correction_issue reasons_issue deferral_issue help_letter third_party_issue joint_agency_issue", "legal"),
    **each("fee_issue extension_issue legal_review issue_reply third_party_notice", "legal"),
}

# Who sees every case, and who sees further cases because a step of theirs has come to them.
SEE_ALL = {"intake", "handler", "handler2", "disclosure_head", "legal", "leader", "supervisor"}
AFTER_SEARCH = {"search", "help_letter", "help_reply"} | {
    f"{who}_{step}" for who in ("third_party", "joint_agency") for step in ("draft", "issue", "send", "reply")
}
AFTER_FIRST_SIGNOFF = {"first_signoff", "secrecy_review", "legal_review", "leader_signoff", "issue_reply"} | {
    "third_party_notice", "dispatch", "delivery", "archive",
}  # fmt: skip
SEE_MORE = {
    "unit": AFTER_SEARCH,
    "unit_head": AFTER_FIRST_SIGNOFF,
    "secrecy_reviewer": AFTER_FIRST_SIGNOFF - {"first_signoff"},
}

Way = tuple[str, Mapping[str, Any]]
_ARRIVED: list[Way] = [("register", {})]
_CORRECTING = [*_ARRIVED, ("completeness", {"outcome": "correct"})]
_NOTIFIED = [
    *_CORRECTING,
    ("correction_draft", {}),
    ("correction_issue", {"outcome": "issue"}),
    ("correction_service", {}),
]
_ACCEPTED = [*_ARRIVED, ("completeness", {"outcome": "complete"})]
_ASKED = [*_ACCEPTED, ("triage", {"outcome": "reasons"}), ("reasons_draft", {})]
_REASONED = [*_ASKED, ("reasons_issue", {"outcome": "issue"}), ("reasons_service", {}), ("reasons_receive", {})]
_DEFERRED = [*_REASONED, ("reasons_assess", {"outcome": "defer", "new_due": "2027-03-31"})]
_PLANNING = [*_ACCEPTED, ("triage", {"outcome": "handle"})]
_MEASURES = {
    "outcome": "measures",
    "units": [{"unit": "{unit}", "search_request": "请检索。"}],
    "helpers": [{"name": "北江市档案馆"}],
    "third_parties": [{"name": "云岭化工有限公司", "address": "云岭县工业园区"}],
    "joint_agencies": [{"name": "北江市水务局"}],
}
_MEASURED = [*_PLANNING, ("plan", _MEASURES)]
_CHARGED = [*_PLANNING, ("plan", {"outcome": "fee"}), ("fee_draft", {"fee_mode": "per_page", "fee_pages": "260"})]
_FEE_TOLD = [*_CHARGED, ("fee_issue", {"outcome": "issue"}), ("fee_service", {})]
_EXTENDING = [*_PLANNING, ("!request_extension", {"extension_days": "10", "extension_reason": "调取原件"})]
_DRAFTING = [*_PLANNING, ("plan", {"outcome": "draft"})]
_TOLD = {
    "outcome": "submit", "decision": "G1", "files": [{"name": "批复", "form": "纸质"}], "form_given": "纸质",
    "told_third_parties": [{"name": "云岭化工有限公司"}],
}  # fmt: skip
_SIGNING = [
    (step, {"outcome": "approve"}) for step in ("first_signoff", "secrecy_review", "legal_review", "leader_signoff")
]
_SIGNED = [*_DRAFTING, ("draft", _TOLD), *_SIGNING]
_ISSUED = [*_SIGNED, ("issue_reply", {"outcome": "issue"}), ("third_party_notice", {})]


def _consulted(who: str) -> dict[str, list[Way]]:
    drafted = [*_MEASURED, (f"{who}_draft", {})]
    issued = [*drafted, (f"{who}_issue", {"outcome": "issue"})]
    return {f"{who}_draft": _MEASURED, f"{who}_issue": drafted, f"{who}_send": issued,
            f"{who}_reply": [*issued, (f"{who}_send", {})]}  # fmt: skip


# The way to every step. "!" is an action of the case type, "~" the passing of two months.
WAYS: Mapping[str, list[Way]] = {
    "abandon_check": [*_NOTIFIED, ("~", {})],
    "abandon_note": [*_NOTIFIED, ("~", {}), ("abandon_check", {"outcome": "abandon"})],
    "unpaid_check": [*_FEE_TOLD, ("~", {})],
    "unpaid_note": [*_FEE_TOLD, ("~", {}), ("unpaid_check", {"outcome": "unpaid"})],
    "confirm": [("register", {"channel": "internet"})],
    "completeness": _ARRIVED,
    "spot_reply": [*_ARRIVED, ("completeness", {"outcome": "spot"})],
    "spot_review": [*_ARRIVED, ("completeness", {"outcome": "spot"}), ("spot_reply", {})],
    "correction_draft": _CORRECTING,
    "correction_issue": _NOTIFIED[:3],
    "correction_service": _NOTIFIED[:4],
    "correction_receive": _NOTIFIED,
    "second_notice": [*_NOTIFIED, ("correction_receive", {}), ("completeness", {"outcome": "correct"})],
    "triage": _ACCEPTED,
    "reasons_draft": _ASKED[:3],
    "reasons_issue": _ASKED,
    "reasons_service": _REASONED[:5],
    "reasons_receive": _REASONED[:6],
    "reasons_assess": _REASONED,
    "deferral_approve": _DEFERRED,
    "deferral_issue": [*_DEFERRED, ("deferral_approve", {"outcome": "approve"})],
    "deferral_service": [*_DEFERRED, ("deferral_approve", {"outcome": "approve"}), ("deferral_issue", {})],
    "plan": _PLANNING,
    "conference": [*_PLANNING, ("plan", {"outcome": "conference"})],
    "search": _MEASURED,
    "help_letter": _MEASURED,
    "help_reply": [*_MEASURED, ("help_letter", {})],
    **_consulted("third_party"),
    **_consulted("joint_agency"),
    "fee_draft": _CHARGED[:4],
    "fee_issue": _CHARGED,
    "fee_service": _FEE_TOLD[:6],
    "fee_payment": _FEE_TOLD,
    "extension_approve": _EXTENDING,
    "extension_issue": [*_EXTENDING, ("extension_approve", {"outcome": "approve"})],
    "extension_service": [*_EXTENDING, ("extension_approve", {"outcome": "approve"}), ("extension_issue", {})],
    "draft": _DRAFTING,
    "first_signoff": _SIGNED[:-4],
    "secrecy_review": _SIGNED[:-3],
    "legal_review": _SIGNED[:-2],
    "leader_signoff": _SIGNED[:-1],
    "issue_reply": _SIGNED,
    "third_party_notice": _ISSUED[:-1],
    "dispatch": _ISSUED,
    "delivery": [*_ISSUED, ("dispatch", {"mode": "postal"})],
    "archive": [*_ISSUED, ("dispatch", {"mode": "pickup"})],
    "withdrawal_note": [*_PLANNING, ("!withdraw", {})],
}
PEOPLE = ("intake", "handler", "handler2", "unit", "unit2", "unit_head", "disclosure_head", "secrecy_reviewer",
          "legal", "leader", "supervisor", "publisher", "admin", "auditor")  # fmt: skip


@pytest.fixture(scope="module")
def office(sqlite_template, tmp_path_factory) -> Office:
    """An office with a case waiting at every step of the process."""
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "yishen.db").write_bytes(sqlite_template.read_bytes())
    office = open_office(f"sqlite:///{folder / 'yishen.db'}", folder / "var")
    office.waits = {}
    late = {element: way for element, way in WAYS.items() if ("~", {}) in way}
    for element, way in late.items():
        office.waits[element] = go(office, way[: way.index(("~", {}))])
    office.clock.forward(days=60)
    fire_due_timers(office.desk)
    for element, way in late.items():
        go(office, way[way.index(("~", {})) + 1 :], office.waits[element])
    for element in WAYS.keys() - late.keys():
        office.waits[element] = go(office, WAYS[element])
    yield office
    office.desk.sessions.engine.dispose()


def go(office: Office, way: list[Way], case: int = 0) -> int:
    for step, given in way:
        answers = {**given}
        if "units" in answers:
            answers["units"] = [{**row, "unit": str(office.units["自然资源股"])} for row in answers["units"]]
        if step == "register":
            case = office.register(**answers).case_id
        elif step.startswith("!"):
            office.act(step[1:], case, **answers)
        else:
            office.do(step, case=case, **answers)
    return case


def waiting(office: Office, element: str) -> WorkItem:
    return next(work for work in office.open_steps(office.waits[element]) if work.element == element)


def allowed(command: Callable[[], object]) -> bool:
    """Whether a command gets past the question of who may; complaints about empty answers come after it."""
    try:
        command()
    except (NotPermitted, NotFound, Stale):
        return False
    except AnswerErrors:
        return True
    return True


def test_the_table_knows_every_step_of_the_process():
    definition = parse(read_bundle(SHIPPED / "disclosure_request"))
    assert DOERS.keys() | {"register"} == definition.steps.keys()
    assert WAYS.keys() == DOERS.keys()
    assert set(PEOPLE) >= set(chain.from_iterable(who.split() for who in DOERS.values()))


@pytest.mark.parametrize("element", sorted(WAYS))
def test_who_may_see_take_and_do_a_step(office, element):
    work, case = waiting(office, element), office.waits[element]
    may = {"see": set(), "open": set(), "do": set(), "take": set()}
    for name in PEOPLE:
        actor = office.people[name]
        if allowed(lambda actor=actor: case_page(office.desk, actor, case)):
            may["see"].add(name)
        if allowed(lambda actor=actor: step_form(office.desk, actor, work.id)):
            may["open"].add(name)
        if allowed(lambda actor=actor: complete_step(office.desk, actor, work.id, {})):
            may["do"].add(name)
        if allowed(lambda actor=actor: claim(office.desk, actor, work.id)):
            may["take"].add(name)
            if work.assignee_id is None:
                give_back(office.desk, actor, work.id)
    doers = set(DOERS[element].split())
    see = SEE_ALL | doers | {name for name, steps in SEE_MORE.items() if element in steps}
    assert may == {"see": see, "open": doers, "do": doers, "take": doers}
    assert waiting(office, element).token == work.token


def test_whoever_drafted_a_reply_may_not_review_it(office):
    both = create_account(office.desk, None, username="both", name="兼岗", roles=["handler", "unit_head", "legal"])
    actor = Actor(both.account_id, "兼岗", 1, None, frozenset({"handler", "unit_head", "legal"}))
    case = office.register().case_id
    for element, answers in (*_DRAFTING[1:], ("draft", _TOLD)):
        (work,) = office.open_steps(case)
        opened = step_form(office.desk, actor, work.id)
        complete_step(office.desk, actor, work.id, fill(opened.form, {**opened.values, **answers}, office.clock.today))
        assert work.element == element
    (work,) = office.open_steps(case)
    with pytest.raises(NotPermitted, match="按分工要求不能再办理“科室负责人审核”"):
        complete_step(office.desk, actor, work.id, {"outcome": "approve"})
    office.do("first_signoff", case=case, outcome="approve")
    office.do("secrecy_review", case=case, outcome="approve")
    (work,) = office.open_steps(case)
    with pytest.raises(NotPermitted, match="您已办理本件的“拟稿”"):
        complete_step(office.desk, actor, work.id, {"outcome": "approve"})


def test_a_step_that_was_done_is_refused_with_who_and_when(office):
    case = office.register().case_id
    (work,) = office.open_steps(case)
    office.do("completeness", case=case, who="handler2", outcome="complete")
    with pytest.raises(Refusal, match="已由 经办人乙 于 2026-11-15 10:00 办理完毕"):
        complete_step(office.desk, office.people["handler"], work.id, {"outcome": "complete"})

"""The inbox: one's own messages, in the language of one's pages."""

import re
from html import unescape

import pytest
from sqlalchemy import update

from engine.cases.escalation import escalate
from engine.store.tables import InboxMessage


@pytest.fixture
def told(office, clock):
    """A case of 2026-05-08 with the handler, whose reply date and the limit of its step have both passed."""
    case = office.register(subject="青石街改造工程批复").case_id
    office.do("completeness", case=case, who="handler", outcome="complete")
    office.do("triage", case=case, who="handler", outcome="handle")
    clock.forward(days=32)
    escalate(office.desk)
    return case


def messages(visitor):
    shown = re.findall(r"<div><p>(.*?)</p>", visitor.get("/inbox").text)
    return [unescape(re.sub(r"</?span[^>]*>", "", text)) for text in shown]


def test_messages_are_told_in_the_language_of_the_pages(told, logged_in):
    handler = logged_in("handler")
    limit, reply = messages(handler)
    assert limit.startswith("2026-0001：“办理安排”的内部时限已超期 ")
    assert reply == "2026-0001：答复期限已超期 3 个工作日，应于 2026-06-04 前办结。"
    handler.post("/language", {"language": "en"}, page="/inbox")
    limit, reply = messages(handler)
    assert limit.startswith("2026-0001: Internal limit of “Arrangement” overdue by ")
    assert reply == "2026-0001: Reply date overdue by 3 working days, was due on 2026-06-04."


def test_no_date_and_no_number_of_a_message_goes_on_in_the_next_line(told, logged_in):
    handler = logged_in("handler")
    for language in ("zh", "en"):
        handler.post("/language", {"language": language}, page="/inbox")
        page = handler.get("/inbox").text
        for number in ("2026-0001", "2026-06-04"):
            assert f'<span class="unbroken">{number}</span>' in page


def test_a_message_stands_beside_how_its_case_stands_now(told, office, logged_in):
    assert "超期 3 个工作日</span>" in logged_in("handler").get("/inbox").text.replace("\n", "")
    office.do("plan", case=told, outcome="draft")
    office.advance(told, until="archive")
    page = logged_in("handler").get("/inbox").text
    assert "超期 3 个工作日</span>" not in page.replace("\n", "")
    assert "已办结" in page


def test_a_message_of_which_nothing_is_known_is_shown_as_it_was_told(told, office, logged_in):
    office.desk.write(lambda session: session.execute(update(InboxMessage).values(said=None)))
    handler = logged_in("handler")
    before = messages(handler)
    handler.post("/language", {"language": "en"}, page="/inbox")
    assert messages(handler) == before
    assert "答复期限" in before[1]

"""一事一申请: the parts of a request that asks for several things, registered from its page."""

import io
import re

import pytest
from sqlalchemy import select

from engine.store.tables import Case, CaseEvent, CaseLink, CaseNamed, Document, Party

FORM = {
    "channel": "internet",
    "arrived_on": "2026-05-07",
    "kind": "natural_person",
    "name": "韩立国",
    "id_kind": "id_card",
    "id_number": "11010519491231002X",
    "phone": "0870-5550188",
    "subject": "征地批复和村务账目",
    "content": "一、征地批复；二、村务账目。",
}
PAGE = "/register/disclosure_request"
PART = f"{PAGE}/split/1"


@pytest.fixture
def counter(logged_in):
    visitor = logged_in("intake")
    visitor.get(PAGE)
    papers = {
        "request_files": (io.BytesIO("申请书".encode()), "申请书.txt"),
        "id_files": (io.BytesIO(b"%PDF-1.7 id"), "身份证.pdf"),
    }
    assert visitor.post(PAGE, {**FORM, **papers}).status_code == 303
    return visitor


def stored(desk, query):
    with desk.reading() as session:
        return list(session.scalars(query))


def test_a_part_opens_with_the_applicant_and_the_day_of_the_whole_and_is_linked_to_it(counter, desk):
    assert f'href="{PART}"' in counter.get("/cases/1").text
    page = counter.get(PART).text.split("<aside")[0]
    for value in ("2026-05-07", "韩立国", "11010519491231002X", "0870-5550188"):
        assert f'value="{value}"' in page
    assert "一、征地批复；二、村务账目。</textarea>" in page
    assert 'value="征地批复和村务账目"' not in page
    assert "不另选文件的，沿用现有文件：申请书.txt" in page
    answer = counter.post(PART, {**FORM, "subject": "村务账目", "content": "村务账目。", "next": "yes"})
    assert answer.headers["Location"] == PART
    done = counter.get("/cases/2/registered").text
    assert "拆分自" in done
    assert f'href="{PART}"' in done
    [link] = stored(desk, select(CaseLink))
    assert (link.case_id, link.other_id, link.kind) == (1, 2, "split")
    assert "本件由它拆分出" in counter.get("/cases/2").text
    papers = stored(desk, select(Document).where(Document.case_id == 2).order_by(Document.id))
    assert [(one.kind, one.filename, one.restricted) for one in papers] == [
        ("request", "申请书.txt", False),
        ("id_copy", "身份证.pdf", True),
    ]
    assert stored(desk, select(Party.name).where(Party.case_id == 2)) == ["韩立国"]


def test_that_the_applicants_data_were_seen_is_kept(counter, desk):
    counter.get(PART)
    seen = stored(desk, select(CaseEvent).where(CaseEvent.case_id == 1, CaseEvent.action == "reveal"))
    assert len(seen) == 1
    assert "登记由本件拆分出的申请" in seen[0].data


def test_whoever_examines_a_request_finds_beside_it_where_parts_are_registered(counter, logged_in, desk):
    waiting = re.search(r"/work/(\d+)/claim", counter.get("/cases/1").text)[1]
    counter.post(f"/work/{waiting}/claim", {})
    confirmed = {"confirmed_on": "2026-05-08", "confirmed_by": "phone", "spoken_to": "韩立国 0870-5550188"}
    assert counter.post(f"/work/{waiting}", confirmed).status_code == 303
    handler = logged_in("handler")
    waiting = re.search(r"/work/(\d+)/claim", handler.get("/cases/1").text)[1]
    handler.post(f"/work/{waiting}/claim", {})
    assert f'href="{PART}"' in handler.get(f"/work/{waiting}").text


def test_what_was_confirmed_of_the_whole_stands_in_the_confirmation_of_the_part(counter, desk):
    waiting = re.search(r"/work/(\d+)/claim", counter.get("/cases/1").text)[1]
    counter.post(f"/work/{waiting}/claim", {})
    confirmed = {"confirmed_on": "2026-05-08", "confirmed_by": "phone", "spoken_to": "韩立国 0870-5550188"}
    assert counter.post(f"/work/{waiting}", confirmed).status_code == 303
    counter.get(PART)
    counter.post(PART, {**FORM, "subject": "村务账目"})
    waiting = re.search(r"/work/(\d+)/claim", counter.get("/cases/2").text)[1]
    counter.post(f"/work/{waiting}/claim", {})
    page = counter.get(f"/work/{waiting}").text
    assert 'value="2026-05-08"' in page
    assert 'value="韩立国 0870-5550188"' in page


def test_a_part_of_a_confidential_request_is_confidential(counter, desk, office):
    def narrow(session):
        session.get(Case, 1).confidential = True
        session.add(CaseNamed(case_id=1, account_id=office.people["legal"].id, named_at=desk.now(), named_by=1))

    desk.write(narrow)
    counter.get(PART)
    assert counter.post(PART, {**FORM, "subject": "村务账目"}).status_code == 303
    assert stored(desk, select(Case.confidential).where(Case.id == 2)) == [True]
    assert stored(desk, select(CaseNamed.account_id).where(CaseNamed.case_id == 2)) == [office.people["legal"].id]


def test_a_refused_part_comes_back_as_it_was_filled_in_and_its_draft_is_its_own(counter):
    counter.get(PART)
    answer = counter.post(PART, {**FORM, "subject": "", "content": "只要村务账目"})
    assert answer.status_code == 422
    assert "只要村务账目</textarea>" in answer.text
    assert "拆分出的一件" in answer.text
    counter.post(f"{PART}/draft", {**FORM, "subject": "村务账目", "once": "abc"}, page=PART)
    assert 'value="村务账目"' in counter.get(PART).text
    assert 'value="村务账目"' not in counter.get(PAGE).text


def test_only_who_registers_or_handles_splits_and_nothing_is_split_that_is_concluded(counter, logged_in, desk, office):
    assert f'href="{PART}"' not in logged_in("legal").get("/cases/1").text
    assert logged_in("legal").get(PART).status_code == 403
    handler = logged_in("handler")
    assert f'href="{PART}"' not in handler.get("/cases/1").text
    assert handler.get(PART).status_code == 403
    mine = office.people["handler"].id
    desk.write(lambda session: setattr(session.get(Case, 1), "handler_id", mine))
    assert f'href="{PART}"' in handler.get("/cases/1").text
    handler.get(PART)
    assert handler.post(PART, {**FORM, "subject": "村务账目"}).status_code == 303
    assert counter.get(f"{PAGE}/split/99").status_code == 404

    def conclude(session):
        session.get(Case, 1).closed_at = desk.now()

    desk.write(conclude)
    assert f'href="{PART}"' not in counter.get("/cases/1").text
    assert "已经办结，不能再拆分" in counter.get(PART).text
    counter.post(PART, {**FORM, "subject": "村务账目"})
    assert len(stored(desk, select(CaseLink))) == 1

"""The outbox: written with the inbox, sent at least once with one Message-ID, tried again, put aside, sent again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest
from sqlalchemy import select

from engine.cases.accounts import change_account, set_active
from engine.cases.digests import DIGEST
from engine.cases.errors import NotFound, NotPermitted
from engine.cases.escalation import escalate
from engine.cases.messages import tell
from engine.cases.outbox import LEASE, PAUSES, Sent, _take, empty_outbox
from engine.cases.outgoing import outgoing, send_again
from engine.settings import ClockLadder, Rung
from engine.settings.channels import Channels, Mail, Robot
from engine.store.files import FileStore
from engine.store.session import Sessions
from engine.store.tables import InboxMessage, OutboxMessage
from tests.office import open_office
from tests.postbox import mail_server, web_hook


@pytest.fixture
def mailbox(tmp_path):
    with mail_server(tmp_path) as box:
        yield box


@pytest.fixture
def office(database_url, tmp_path, mailbox):
    """An office that sends e-mail; handler and handler2 have an address."""
    office = open_office(database_url, tmp_path)
    (tmp_path / "password").write_text("Qingshi-mail")
    mail = Mail(
        enabled=True,
        host="localhost",
        port=mailbox.port,
        ca_file=str(mailbox.ca_file),
        username="yishen",
        password_file=str(tmp_path / "password"),
        sender="yishen@yunling.example",
    )
    switch_on(office, Channels(mail=mail))
    for name in ("handler", "handler2"):
        actor = office.people[name]
        change_account(
            office.desk, None, actor.id, name=actor.name, roles=actor.roles, unit_id=actor.unit_id,
            email=f"{name}@yunling.example", phone="13905550101",
        )  # fmt: skip
    yield office
    office.desk.sessions.engine.dispose()


def switch_on(office, channels):
    web = office.desk.settings.web.model_copy(update={"public_url": "https://yishen.yunling.example"})
    office.desk.settings = office.desk.settings.model_copy(update={"channels": channels, "web": web})
    office.desk.sessions = Sessions(office.desk.sessions.engine, told_by=channels.enabled)


def say(office, *names, key="k1", text="2026-0001：请办理", by=None):
    people = [office.people[name].id for name in names]
    return office.desk.write(lambda session: tell(session, people, key=key, text=text, at=office.desk.now(), by=by))


def rows(office, table=OutboxMessage):
    with office.desk.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_mail_is_written_with_the_inbox_for_whoever_has_an_address(office, mailbox):
    say(office, "handler", "leader")
    say(office, "handler", "leader")  # the same key: nobody is told twice
    assert len(rows(office, InboxMessage)) == 2
    [row] = rows(office)
    assert (row.kind, row.payload["accounts"]) == ("mail", [office.people["handler"].id])
    assert empty_outbox(office.desk) == Sent(sent=1)
    assert empty_outbox(office.desk) == Sent()
    assert [mail["To"] for mail in mailbox.mails] == ["handler@yunling.example"]


def test_a_message_that_is_rolled_back_is_told_nowhere(office):
    def work(session):
        tell(session, [office.people["handler"].id], key="k", text="x", at=office.desk.now())
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        office.desk.write(work)
    assert rows(office) == rows(office, InboxMessage) == []


def test_a_step_given_to_a_handler_reaches_his_mailbox_with_light_date_and_link(office, mailbox):
    case = office.register(name="韩立国", phone="13800000000").case_id
    office.do("completeness", case=case, who="handler", outcome="complete")
    office.do("triage", case=case, who="handler", outcome="direct")
    office.do("draft", case=case, who="handler", outcome="submit", decision="G2", locator="县政府网站“公告栏”。")
    office.do("first_signoff", case=case, outcome="return", return_reason="请补充依据。")
    assert empty_outbox(office.desk).sent >= 1
    text = mailbox.mails[-1].get_body().get_content()
    number = office.case(case).number
    assert number in text
    assert number in mailbox.mails[-1]["Subject"]
    assert "期限 2026-10-20" in text or f"期限 {office.case(case).due_on}" in text
    assert "个工作日" in text
    assert f"https://yishen.yunling.example/cases/{case}" in text
    for personal in ("韩立国", "13800000000", "云0001"):
        assert personal not in text


def test_channels_can_be_named_and_the_inbox_alone_is_possible(office):
    say(office, "handler", by=())
    say(office, "handler", key="k2", by=("sms",))  # not switched on
    assert rows(office) == []
    say(office, "handler", key="k3", by=("mail",))
    assert len(rows(office)) == 1


def test_a_busy_server_is_tried_again_with_growing_pauses_under_the_same_message_id(office, mailbox):
    say(office, "handler")
    mailbox.answers = ["451 later", "451 later"]
    for pause in PAUSES[:2]:
        assert empty_outbox(office.desk) == Sent(failed=1)
        assert empty_outbox(office.desk) == Sent()  # not before its time
        office.clock.forward(seconds=pause.total_seconds())
    assert empty_outbox(office.desk) == Sent(sent=1)
    [row] = rows(office)
    assert (row.attempts, row.error) == (3, None)
    assert row.sent_at is not None


def test_after_the_last_attempt_a_message_is_put_aside_and_can_be_sent_again(office, mailbox):
    admin = office.people["admin"]
    say(office, "handler")
    mailbox.answers = ["451 later"] * (len(PAUSES) + 1)
    for pause in PAUSES:
        assert empty_outbox(office.desk).failed == 1
        office.clock.forward(seconds=pause.total_seconds())
    assert empty_outbox(office.desk) == Sent(dead=1)
    office.clock.forward(days=1)
    assert empty_outbox(office.desk) == Sent()
    [row] = outgoing(office.desk, admin, "dead").page.rows
    assert "451" in row.error
    assert row.people == (office.people["handler"].name,)
    with pytest.raises(NotPermitted):
        send_again(office.desk, office.people["handler"])
    assert send_again(office.desk, admin, row.id) == 1
    with pytest.raises(NotFound):
        send_again(office.desk, admin, row.id)
    assert empty_outbox(office.desk) == Sent(sent=1)
    assert outgoing(office.desk, admin, "sent").counts == {"waiting": 0, "dead": 0, "sent": 1}


def test_whoever_has_left_is_not_written_to(office, mailbox):
    say(office, "handler", "handler2")
    set_active(office.desk, None, office.people["handler2"].id, False)
    assert empty_outbox(office.desk) == Sent(sent=1, dead=1)
    assert [mail["To"] for mail in mailbox.mails] == ["handler@yunling.example"]


def test_a_sender_that_dies_gives_its_message_back(office, mailbox):
    say(office, "handler")
    assert len(_take(office.desk, ("mail",))) == 1  # and then the process is killed
    assert empty_outbox(office.desk) == Sent()
    office.clock.forward(seconds=LEASE.total_seconds())
    assert empty_outbox(office.desk) == Sent(sent=1)
    assert len(mailbox.mails) == 1


def test_two_senders_never_hold_the_same_message(office):
    for number in range(30):
        say(office, "handler", key=f"k{number}")
    first, second = _take(office.desk, ("mail",)), _take(office.desk, ("mail",))
    assert len(first) == 20
    assert len(second) == 10
    assert not {one.id for one in first} & {one.id for one in second}


def test_messages_of_a_channel_that_is_switched_off_wait(office):
    say(office, "handler")
    switch_on(office, Channels())
    assert empty_outbox(office.desk) == Sent()
    [row] = outgoing(office.desk, office.people["admin"], "waiting").page.rows
    assert row.switched_off


def test_a_robot_is_told_once_for_all(office, tmp_path):
    with web_hook() as hook:
        (tmp_path / "url").write_text(f"{hook.url}/send")
        switch_on(office, Channels(wecom=Robot(enabled=True, url_file=str(tmp_path / "url"))))
        say(office, "handler", "handler2", "leader")
        assert empty_outbox(office.desk) == Sent(sent=1)
        [(_path, _headers, data)] = hook.posts
        assert data["text"]["mentioned_mobile_list"] == ["13905550101", "13905550101"]


def test_stopping_ends_after_the_message_in_hand(office):
    for number in range(5):
        say(office, "handler", key=f"k{number}")
    asked = iter([False, True, True])
    assert empty_outbox(office.desk, lambda: next(asked)) == Sent(sent=1)
    office.clock.forward(seconds=LEASE.total_seconds())
    assert empty_outbox(office.desk) == Sent(sent=4)


def test_senders_at_the_same_time_send_each_message_once(office, mailbox):
    for number in range(40):
        say(office, "handler", key=f"k{number}")
    with ThreadPoolExecutor(3) as senders:
        done = list(senders.map(lambda _sender: empty_outbox(office.desk), range(3)))
    assert sum(one.sent for one in done) == 40
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails) == 40


def test_a_file_goes_along_by_its_hash(office, mailbox):
    sha256, _size = FileStore(office.desk.files).put([b"workbook"])
    say(office, "handler")

    def attach(session):
        row = session.get_one(OutboxMessage, 1)
        file = {"filename": "督办单.xlsx", "media_type": "application/vnd.ms-excel", "sha256": sha256}
        row.payload = {**row.payload, "attachments": [file]}

    office.desk.write(attach)
    assert empty_outbox(office.desk) == Sent(sent=1)
    [part] = mailbox.mails[0].iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("督办单.xlsx", b"workbook")


def test_a_message_that_has_grown_old_says_when_it_was_told_and_how_it_stands_now(office, mailbox):
    case = office.register().case_id
    office.do("completeness", who="handler", outcome="complete")
    on_ladder(office, rungs=(Rung(before=3, tell=("handler",), digest=("leader",)),), quiet=(time(20), time(7, 30)))
    with_mail(office, "leader")
    office.clock.on("2026-10-15", "21:00")
    escalate(office.desk)
    assert empty_outbox(office.desk) == Sent()
    office.clock.on("2026-10-16", "08:31")  # the night is over; the next run of the ladder comes later
    assert empty_outbox(office.desk).sent == 2
    told = {mail["To"]: mail.get_content() for mail in mailbox.mails}
    now = "期限 2026-10-20，剩 2 个工作日"
    text = "2026-0001：答复期限剩 3 个工作日，2026-10-20 到期。（2026-10-15 提醒"
    assert f"{text}）\n{now}\n" in told["handler@yunling.example"]
    assert f"1. {text}；现在{now}）\n" in told["leader@yunling.example"]
    office.clock.on("2026-10-16", "21:00")
    on_ladder(office, rungs=(Rung(before=20, digest=("leader",)),))
    escalate(office.desk)
    office.advance(case, until="archive")
    office.clock.on("2026-10-30", "09:00")  # a standstill
    mailbox.mails.clear()
    empty_outbox(office.desk)
    (digest,) = [mail.get_content() for mail in mailbox.mails if "汇总" in mail["Subject"]]
    assert "剩 2 个工作日，2026-10-20 到期。（现已办结）" in digest


def test_rungs_go_by_their_channels_and_a_digest_is_one_message_a_day(office, mailbox):
    first = office.register().case_id
    office.do("completeness", who="handler", outcome="complete")
    second = office.register().case_id
    office.do("completeness", case=second, who="handler2", outcome="complete")
    rungs = (
        Rung(before=5, tell=("handler",), by=()),
        Rung(before=3, tell=("handler",), digest=("leader",), by=("mail",)),
    )
    on_ladder(office, rungs=rungs)
    with_mail(office, "leader")
    office.clock.on("2026-10-13", "00:10")
    escalate(office.desk)
    assert [text for text in office.inbox("handler") if "答复期限剩" in text]
    assert not [row for row in rows(office) if "答复期限" in row.payload["text"]]  # the inbox only
    office.clock.on("2026-10-15", "00:10")
    escalate(office.desk)
    escalate(office.desk)
    assert empty_outbox(office.desk).sent == 2
    assert {mail["To"] for mail in mailbox.mails} == {"handler@yunling.example", "handler2@yunling.example"}
    assert empty_outbox(office.desk) == Sent()  # the digest waits for its hour
    office.clock.on("2026-10-15", "08:31")
    assert empty_outbox(office.desk).sent == 1
    digest = mailbox.mails[-1]
    assert (digest["To"], digest["Subject"]) == ("leader@yunling.example", "【依申】2026-10-15 期限汇总，共 2 条")
    text = digest.get_content()
    for number, case in (("2026-0001", first), ("2026-0002", second)):
        assert f"{number}：答复期限剩 3 个工作日，2026-10-20 到期。" in text
        assert f"https://yishen.yunling.example/cases/{case}\n" in text
    assert "韩立国" not in text
    assert len([one for one in office.inbox("leader") if "答复期限" in one]) == 2  # the inbox has each by itself


def test_what_comes_after_the_digest_has_left_is_in_the_next_days(office, mailbox):
    office.register()
    office.do("completeness", who="handler", outcome="complete")
    on_ladder(office, rungs=(Rung(before=3, digest=("leader",)), Rung(before=2, digest=("leader",))))
    with_mail(office, "leader")
    office.clock.on("2026-10-15", "09:00")
    escalate(office.desk)
    empty_outbox(office.desk)  # what whoever has the case is told by itself
    assert empty_outbox(office.desk) == Sent()
    office.clock.forward(minutes=11)
    assert empty_outbox(office.desk).sent == 1
    office.register()
    on_ladder(office, rungs=(Rung(before=20, digest=("leader",)),))
    escalate(office.desk)
    [_today, tomorrow] = [row for row in rows(office) if DIGEST in row.key]
    assert office.desk.local(tomorrow.due_at).isoformat()[:16] == "2026-10-16T08:30"
    mailbox.mails.clear()
    for day, left in (("2026-10-15", 0), ("2026-10-16", 1)):
        office.clock.on(day, "23:00")
        empty_outbox(office.desk)
        assert [mail["To"] for mail in mailbox.mails].count("leader@yunling.example") == left


def test_in_the_hours_of_silence_nothing_leaves_and_nothing_is_lost(office, mailbox):
    on_ladder(office, quiet=(time(20), time(7, 30)))
    office.clock.on("2026-09-16", "21:00")
    say(office, "handler")
    assert office.inbox("handler") == ["2026-0001：请办理"]  # the inbox knows no silence
    for day, hour in (("2026-09-16", "23:59"), ("2026-09-17", "07:29")):
        office.clock.on(day, hour)
        assert empty_outbox(office.desk) == Sent()
    office.clock.on("2026-09-17", "07:30")
    assert empty_outbox(office.desk) == Sent(sent=1)


def on_ladder(office, **changes):
    """These rungs; internal limits are silent."""
    changes = {"clocks": {"limit": ClockLadder()}, **changes}
    ladder = office.desk.settings.ladder.model_copy(update=changes)
    office.desk.settings = office.desk.settings.model_copy(update={"ladder": ladder})


def with_mail(office, name):
    actor = office.people[name]
    change_account(
        office.desk, None, actor.id, name=actor.name, roles=actor.roles, unit_id=actor.unit_id,
        email=f"{name}@yunling.example", phone="",
    )  # fmt: skip

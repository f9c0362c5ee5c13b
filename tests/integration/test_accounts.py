"""Accounts, passwords, locks and sessions on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from engine.cases import accounts, drafts, login, trail, units
from engine.cases.audit import verify
from engine.cases.desk import Actor, Desk, open_desk
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.settings import load_settings
from engine.store.tables import Account

ROOT = Path(__file__).parents[2]
PASSWORD = "Qingshi-412-lu"


class Clock:
    moment = datetime(2026, 5, 8, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(database_url, tmp_path, clock):
    settings = load_settings(ROOT / "config.toml", database_url=database_url, data_dir=tmp_path)
    cheap = settings.security.model_copy(update={"argon2_time_cost": 1, "argon2_memory_kib": 8})
    desk = open_desk(settings.model_copy(update={"security": cheap}), clock)
    yield desk
    desk.sessions.engine.dispose()


@pytest.fixture
def admin(desk: Desk) -> Actor:
    accounts.create_account(desk, None, username="he.ping", name="何平", roles=["admin"], password=PASSWORD)
    return login.authenticate(desk, "he.ping", PASSWORD).actor


def add(desk, username="zhou.min", roles=("handler",), **more):
    return accounts.create_account(
        desk, None, username=username, name="周敏", roles=list(roles), password=PASSWORD, **more
    )


def actions(desk):
    actor = Actor(0, "审计", desk_agency(desk), None, frozenset({"auditor"}))
    return [row.action for row in trail.trail(desk, actor, trail.TrailFilter()).rows]


def desk_agency(desk):
    return desk.write(lambda session: accounts.office_agency(session, desk).id)


def test_the_administrator_opens_an_account_in_a_unit_and_it_logs_in(desk, admin):
    unit = units.create_unit(desk, admin, "政务公开股")
    made = accounts.create_account(
        desk, admin, username=" Zhou.Min ", name="周敏", roles=["handler", "intake"], unit_id=unit
    )
    present = login.authenticate(desk, "ZHOU.MIN", made.password)
    assert present.must_change_password
    assert present.actor.roles == {"handler", "intake"}
    assert present.actor.unit_id == unit
    assert present.unit == "政务公开股"
    assert actions(desk)[:3] == ["login", "account_created", "unit_created"]


def test_passwords_are_kept_as_argon2id_only(desk):
    made = add(desk)
    with desk.reading() as session:
        stored = session.get(Account, made.account_id).password_hash
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_a_password_is_hashed_again_when_the_cost_has_been_raised(desk, clock):
    made = add(desk)
    dearer = desk.settings.security.model_copy(update={"argon2_time_cost": 2})
    desk.settings = desk.settings.model_copy(update={"security": dearer})
    login.authenticate(desk, "zhou.min", PASSWORD)
    with desk.reading() as session:
        assert ",t=2," in session.get(Account, made.account_id).password_hash
    login.authenticate(desk, "zhou.min", PASSWORD)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": "1x"}, "username"),
        ({"username": "周敏"}, "username"),
        ({"username": "x" * 41}, "username"),
        ({"name": "  "}, "name"),
        ({"name": "周" * 41}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": ["admin", "handler"]}, "roles"),
        ({"roles": ["auditor", "handler"]}, "roles"),
        ({"unit_id": 99}, "unit_id"),
    ],
)
def test_a_wrong_account_is_refused_field_by_field(desk, admin, given, field):
    wanted = {"username": "li.na", "name": "李娜", "roles": ["handler"], "unit_id": None} | given
    with pytest.raises(AnswerErrors) as refused:
        accounts.create_account(desk, admin, **wanted)
    assert set(refused.value.errors) == {field}


def test_a_user_name_is_given_once(desk, admin):
    add(desk)
    with pytest.raises(AnswerErrors, match="表单"):
        accounts.create_account(desk, admin, username="zhou.min", name="周明", roles=["unit"])


def test_only_administrators_manage_accounts_and_units(desk):
    add(desk)
    handler = login.authenticate(desk, "zhou.min", PASSWORD).actor
    with pytest.raises(NotPermitted):
        accounts.create_account(desk, handler, username="li.na", name="李娜", roles=["handler"])
    for verb in (accounts.reset_password, accounts.revoke_sessions, accounts.find_account):
        with pytest.raises(NotPermitted):
            verb(desk, handler, handler.id)
    with pytest.raises(NotPermitted):
        units.create_unit(desk, handler, "信访办")
    with pytest.raises(NotPermitted):
        trail.trail(desk, handler, trail.TrailFilter())


def test_another_agency_is_out_of_reach(desk, admin):
    made = add(desk)
    stranger = Actor(admin.id, "何平", admin.agency_id + 1, None, frozenset({"admin"}))
    for verb in (accounts.reset_password, accounts.revoke_sessions, accounts.find_account):
        with pytest.raises(NotFound):
            verb(desk, stranger, made.account_id)
    assert accounts.accounts(desk, stranger).total == 0


def test_failures_lock_for_a_growing_time_and_a_success_clears_them(desk, clock):
    add(desk)

    def fails(password=""):
        with pytest.raises(Refusal) as refused:
            login.authenticate(desk, "zhou.min", password)
        return str(refused.value)

    sentences = {fails() for _ in range(5)}
    sentences.add(fails(PASSWORD))
    clock.forward(minutes=10, seconds=1)
    sentences.add(fails())
    clock.forward(minutes=19, seconds=59)
    sentences.add(fails(PASSWORD))
    assert len(sentences) == 1
    clock.forward(seconds=2)
    login.authenticate(desk, "zhou.min", PASSWORD)
    for _ in range(4):
        fails()
    login.authenticate(desk, "zhou.min", PASSWORD)


def test_the_lock_never_lasts_longer_than_a_day(desk, clock):
    made = add(desk)
    for _ in range(40):
        with pytest.raises(Refusal):
            login.authenticate(desk, "zhou.min", "wrong")
        clock.forward(days=1, seconds=1)
    with desk.reading() as session:
        assert session.get(Account, made.account_id).locked_until <= clock()
    login.authenticate(desk, "zhou.min", PASSWORD)


def test_unknown_closed_and_wrong_all_sound_alike(desk, admin):
    made = add(desk)
    accounts.set_active(desk, admin, made.account_id, False)
    sentences = set()
    for username, password in (("nobody", PASSWORD), ("zhou.min", PASSWORD), ("he.ping", "wrong"), ("", "")):
        with pytest.raises(Refusal) as refused:
            login.authenticate(desk, username, password)
        sentences.add(str(refused.value))
    assert len(sentences) == 1


def test_a_reset_lifts_the_lock_and_asks_for_a_new_password(desk, admin):
    made = add(desk)
    for _ in range(5):
        with pytest.raises(Refusal):
            login.authenticate(desk, "zhou.min", "wrong")
    again = accounts.reset_password(desk, admin, made.account_id)
    assert login.authenticate(desk, "zhou.min", again.password).must_change_password


def test_the_new_password_keeps_the_rules(desk):
    add(desk)
    actor = login.authenticate(desk, "zhou.min", PASSWORD).actor

    def fault(new, current=PASSWORD, again=None):
        with pytest.raises(AnswerErrors) as refused:
            login.change_password(desk, actor, current, new, new if again is None else again)
        return refused.value.errors

    assert "至少 10 个字符" in fault("Ab3-")["new"]
    assert "现在只有 2 类" in fault("lowercase123")["new"]
    assert "不能包含用户名" in fault("Zhou.Min-2026")["new"]
    assert "重复的字符太多" in fault("Aa1Aa1Aa1Aa1")["new"]
    assert "最多 128 个字符" in fault("Ab3-" * 40)["new"]
    assert "不能与现用口令相同" in fault(PASSWORD)["new"]
    assert set(fault("Baiyun-2026-shan", again="other")) == {"again"}
    assert set(fault("Baiyun-2026-shan", current="wrong")) == {"current"}
    assert login.change_password(desk, actor, PASSWORD, "Baiyun-2026-山水", "Baiyun-2026-山水") == 2
    login.authenticate(desk, "zhou.min", "Baiyun-2026-山水")


def test_the_last_five_passwords_cannot_come_back(desk, clock):
    add(desk)
    actor = login.authenticate(desk, "zhou.min", PASSWORD).actor
    used = [PASSWORD, *(f"Baiyun-2026-{number}" for number in range(5))]
    for old, new in pairwise(used):
        clock.forward(days=1)
        login.change_password(desk, actor, old, new, new)
    with pytest.raises(AnswerErrors):
        login.change_password(desk, actor, used[-1], used[1], used[1])
    login.change_password(desk, actor, used[-1], PASSWORD, PASSWORD)


def test_guessing_inside_a_session_locks_the_account_and_ends_the_session(desk):
    add(desk)
    present = login.authenticate(desk, "zhou.min", PASSWORD)
    for _ in range(5):
        with pytest.raises(AnswerErrors):
            login.change_password(desk, present.actor, "wrong", "Baiyun-2026-shan", "Baiyun-2026-shan")
    assert login.actor_for(desk, present.actor.id, present.epoch) is None


@pytest.mark.parametrize(
    "end",
    [
        accounts.revoke_sessions,
        accounts.reset_password,
        lambda desk, actor, who: accounts.set_active(desk, actor, who, False),
        lambda desk, actor, who: accounts.change_account(desk, actor, who, name="周敏", roles=["intake"], unit_id=None),
    ],
)
def test_what_ends_every_session(desk, admin, end):
    add(desk)
    present = login.authenticate(desk, "zhou.min", PASSWORD)
    assert login.actor_for(desk, present.actor.id, present.epoch) == present.actor
    end(desk, admin, present.actor.id)
    assert login.actor_for(desk, present.actor.id, present.epoch) is None


def test_a_new_name_ends_no_session(desk, admin):
    add(desk)
    present = login.authenticate(desk, "zhou.min", PASSWORD)
    accounts.change_account(desk, admin, present.actor.id, name="周敏敏", roles=["handler"], unit_id=None)
    assert login.actor_for(desk, present.actor.id, present.epoch).name == "周敏敏"


def test_one_administrator_always_remains(desk, admin):
    with pytest.raises(Refusal, match="自己的账号"):
        accounts.set_active(desk, admin, admin.id, False)
    with pytest.raises(Refusal, match="最后一个系统管理员"):
        accounts.set_active(desk, None, admin.id, False)
    with pytest.raises(Refusal, match="最后一个系统管理员"):
        accounts.change_account(desk, None, admin.id, name="何平", roles=["handler"], unit_id=None)
    second = add(desk, "li.na", ["admin"])
    accounts.change_account(desk, admin, admin.id, name="何平", roles=["handler"], unit_id=None)
    with pytest.raises(Refusal, match="最后一个系统管理员"):
        accounts.set_active(desk, None, second.account_id, False)


def test_a_closed_unit_takes_nobody_in(desk, admin):
    unit = units.create_unit(desk, admin, "信访办")
    units.set_unit_active(desk, admin, unit, False)
    with pytest.raises(AnswerErrors):
        accounts.create_account(desk, admin, username="li.na", name="李娜", roles=["unit"], unit_id=unit)
    assert [row.name for row in units.units(desk, admin, only_active=True)] == []
    units.set_unit_active(desk, admin, unit, True)
    add(desk, unit_id=unit)
    assert [(row.name, row.people) for row in units.units(desk, admin)] == [("信访办", 1)]
    with pytest.raises(NotFound, match="现有：信访办"):
        units.unit_named(desk, "信访局")


def test_accounts_are_listed_in_pages(desk, admin):
    for number in range(7):
        add(desk, f"user{number}")
    page = accounts.accounts(desk, admin, text="USER", page=2, size=5)
    assert (page.total, page.number, page.last, len(page.rows)) == (7, 2, 2, 2)
    assert accounts.accounts(desk, admin, text="_").total == 0


def test_two_failures_at_the_same_moment_are_both_counted_and_the_trail_stays_whole(desk):
    made = add(desk)

    def fail(_number):
        with pytest.raises(Refusal):
            login.authenticate(desk, "zhou.min", "wrong")

    def stranger(_number):
        with pytest.raises(Refusal):
            login.authenticate(desk, "nobody", "wrong")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fail, range(4)))
        list(pool.map(stranger, range(4)))
    with desk.reading() as session:
        assert session.get(Account, made.account_id).failed_logins == 4
        result = verify(session)
    assert result.broken is None
    assert result.events == 9


def test_no_password_reaches_the_trail(desk, admin):
    made = add(desk)
    accounts.reset_password(desk, admin, made.account_id)
    with pytest.raises(Refusal):
        login.authenticate(desk, "Typed-My-Password-1", "x")
    auditor = Actor(0, "审计", admin.agency_id, None, frozenset({"auditor"}))
    told = str(trail.trail(desk, auditor, trail.TrailFilter()).rows)
    for secret in (PASSWORD, "Typed-My-Password-1".lower(), "Typed-My-Password-1", "argon2"):
        assert secret not in told


def test_a_draft_belongs_to_its_account_and_page(desk):
    made = add(desk)
    values = {"subject": ["云岭县2025年预算"], "units": ["1", "2"]}
    assert drafts.keep_draft(desk, made.account_id, 1, "/cases/new", values)
    assert drafts.keep_draft(desk, made.account_id, 1, "/cases/new", values | {"subject": ["改"]})
    assert not drafts.keep_draft(desk, made.account_id, 2, "/cases/new", values)
    assert drafts.draft_paths(desk, made.account_id) == ["/cases/new"]
    assert drafts.read_draft(desk, made.account_id, "/cases/new") == {"subject": ["改"], "units": ["1", "2"]}
    drafts.drop_draft(desk, made.account_id, "/cases/new")
    assert drafts.read_draft(desk, made.account_id, "/cases/new") is None


def test_the_language_is_zh_or_en(desk):
    made = add(desk)
    actor = login.authenticate(desk, "zhou.min", PASSWORD).actor
    login.set_language(desk, actor, "en")
    assert login.present(desk, made.account_id, 1).language == "en"
    with pytest.raises(Refusal):
        login.set_language(desk, actor, "tlh")

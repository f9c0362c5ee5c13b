"""Logging in: the check of a password, the lock after failures, one's own password and language."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, select
from sqlalchemy.orm import Session

from engine.cases.accounts import office_agency
from engine.cases.audit import SYSTEM, record_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, Refusal
from engine.cases.leave import absent_now, stands_in
from engine.cases.passwords import hash_password, matches, needs_new_hash, password_fault
from engine.statute.said import said
from engine.store.tables import Account, AccountRole, PasswordHistory, Unit

LANGUAGES = ("zh", "en")
_LONGEST_LOCK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody logged in: the actor, the epoch that the session must carry, and what the pages show of the account."""

    actor: Actor
    epoch: int
    username: str
    unit: str | None
    language: str
    must_change_password: bool


def authenticate(desk: Desk, username: str, password: str, address: str | None = None) -> Present:
    """Check a login. `address` is the client's network address, for the audit trail.

    Raises Refusal with one and the same sentence for an unknown name, a wrong password, a closed and a locked
    account, after the same work, so that nobody learns which names exist. After `lock_after` failures the account is
    locked; each further failure doubles the time, up to a day.
    """
    security = desk.settings.security
    wanted = username.strip().lower()
    with desk.reading() as session:
        known = session.execute(
            select(Account.id, Account.password_hash).where(Account.username == wanted)
        ).one_or_none()
    # Hashing takes long on purpose: never inside a transaction.
    right = matches(security, known.password_hash if known else None, password)
    fresh = None
    if right and known and needs_new_hash(security, known.password_hash):
        fresh = hash_password(security, password)

    def work(session: Session) -> Present | None:
        if known is None:
            # The name is not recorded: people type passwords into the wrong field.
            agency = office_agency(session, desk)
            session.refresh(agency, with_for_update=True)
            record_event(session, agency.id, "login", SYSTEM, desk.now(), "login_unknown", {"address": address})
            return None
        account = _locked_row(session, known.id)
        now = desk.now()
        locked = account.locked_until is not None and account.locked_until > now
        unchanged = account.password_hash == known.password_hash
        if locked or not account.active or not right or not unchanged:
            _note_failure(session, desk, account, address, counts=not right and not locked and account.active)
            return None
        account.failed_logins, account.locked_until, account.last_login_at = 0, None, now
        if fresh is not None:
            account.password_hash = fresh
        present = _present(session, desk, account)
        record_event(
            session,
            account.agency_id,
            f"account:{account.id}",
            present.actor.author,
            now,
            "login",
            {"account": account.username, "address": address},
        )
        return present

    present = desk.write(work)
    if present is None:
        sentence = said(
            "用户名或口令不正确，或者账号已暂时锁定。连续输错 %(lock_after)s 次将锁定 %(lock_minutes)s 分钟；"
            "忘记口令请联系系统管理员重置。",
            lock_after=security.lock_after,
            lock_minutes=security.lock_minutes,
        )
        raise Refusal(sentence)
    return present


def _locked_row(session: Session, account_id: int) -> Account:
    account = session.scalar(select(Account).where(Account.id == account_id).with_for_update(of=Account))
    assert account is not None, "accounts are never deleted"
    return account


def _note_failure(session: Session, desk: Desk, account: Account, address: str | None, *, counts: bool) -> None:
    security = desk.settings.security
    if counts:
        account.failed_logins += 1
        beyond = account.failed_logins - security.lock_after
        if beyond >= 0:
            minutes = security.lock_minutes * 2 ** min(beyond, 20)
            account.locked_until = desk.now() + min(timedelta(minutes=minutes), _LONGEST_LOCK)
    locked = account.locked_until is not None and account.locked_until > desk.now()
    record_event(
        session,
        account.agency_id,
        f"account:{account.id}",
        SYSTEM,
        desk.now(),
        "login_failed",
        {"account": account.username, "address": address, "failures": account.failed_logins, "locked": locked},
    )


def _present(session: Session, desk: Desk, account: Account) -> Present:
    roles = frozenset(held.role for held in account.roles)
    unit = account.unit.name if account.unit else None
    return _of(desk, account, unit, roles, absent_now(session, account.id, desk.today()))


def _of(desk: Desk, account: Any, unit: str | None, roles: frozenset[str], absent: tuple[Actor, ...]) -> Present:
    """`account`: its row, as an object or as the columns that are asked for here."""
    oldest = desk.now() - timedelta(days=desk.settings.security.max_age_days)
    return Present(
        actor=Actor(
            id=account.id,
            name=account.name,
            agency_id=account.agency_id,
            unit_id=account.unit_id,
            roles=roles,
            absent=absent,
        ),
        epoch=account.session_epoch,
        username=account.username,
        unit=unit,
        language=account.language,
        must_change_password=account.must_change_password or account.password_changed_at < oldest,
    )


# Every page asks for it: one statement, a row for each role, and no objects.
_ACCOUNT = Account.__table__.c
_BEHIND = (
    select(
        _ACCOUNT.id,
        _ACCOUNT.name,
        _ACCOUNT.agency_id,
        _ACCOUNT.unit_id,
        _ACCOUNT.active,
        _ACCOUNT.session_epoch,
        _ACCOUNT.username,
        _ACCOUNT.language,
        _ACCOUNT.must_change_password,
        _ACCOUNT.password_changed_at,
        Unit.__table__.c.name.label("unit"),
        AccountRole.__table__.c.role,
        stands_in(_ACCOUNT.id, bindparam("today", type_=Date)).label("stands_in"),
    )
    .outerjoin_from(Account.__table__, Unit.__table__)
    .outerjoin(AccountRole.__table__)
    .where(_ACCOUNT.id == bindparam("account_id"))
)


def present(desk: Desk, account_id: int, epoch: int) -> Present | None:
    """The account behind a session, or None when it was closed or its sessions were revoked."""
    with desk.reading() as session:
        today = desk.today()
        rows = session.connection().execute(_BEHIND, {"account_id": account_id, "today": today}).all()
        if not rows or not rows[0].active or rows[0].session_epoch != epoch:
            return None
        roles = frozenset(row.role for row in rows if row.role)
        absent = absent_now(session, account_id, today) if rows[0].stands_in else ()
        return _of(desk, rows[0], rows[0].unit, roles, absent)


def actor_for(desk: Desk, account_id: int, epoch: int) -> Actor | None:
    """The actor behind a session, or None when it no longer holds."""
    found = present(desk, account_id, epoch)
    return found.actor if found else None


def change_password(desk: Desk, actor: Actor, current: str, new: str, again: str) -> int:
    """Set one's own password and end all other sessions; returns the epoch that this session must carry from now on.

    Raises AnswerErrors (`current`, `new`, `again`).
    """
    security = desk.settings.security
    with desk.reading() as session:
        account = session.get(Account, actor.id)
        assert account is not None, "accounts are never deleted"
        username, known = account.username, account.password_hash
        history = session.scalars(
            select(PasswordHistory.password_hash)
            .where(PasswordHistory.account_id == actor.id)
            .order_by(PasswordHistory.set_at.desc(), PasswordHistory.id.desc())
            .limit(security.history)
        ).all()
    errors = {}
    if not matches(security, known, current):
        _note_wrong_password(desk, actor)
        errors["current"] = "现用口令不正确。"
    if fault := password_fault(security, new, username):
        errors["new"] = fault
    elif new == current:
        errors["new"] = "新口令不能与现用口令相同。"
    elif any(matches(security, old, new) for old in history):
        errors["new"] = said("新口令不能与最近 %(history)s 个口令相同。", history=security.history)
    if new != again:
        errors["again"] = "两次输入的新口令不一致。"
    if errors:
        raise AnswerErrors(errors)
    hashed = hash_password(security, new)

    def work(session: Session) -> int:
        account = _locked_row(session, actor.id)
        if account.password_hash != known:
            raise AnswerErrors({"current": "口令刚刚被修改过，请重新登录。"})
        account.password_hash, account.password_changed_at = hashed, desk.now()
        account.must_change_password = False
        account.session_epoch += 1
        session.add(PasswordHistory(account_id=account.id, password_hash=hashed, set_at=desk.now()))
        _own(session, actor, "password_changed", desk.now())
        return account.session_epoch

    return desk.write(work)


def _note_wrong_password(desk: Desk, actor: Actor) -> None:
    """A stolen session must not become a place to guess the password: failures count as at the login."""

    def work(session: Session) -> None:
        account = _locked_row(session, actor.id)
        _note_failure(session, desk, account, None, counts=True)
        if account.locked_until is not None and account.locked_until > desk.now():
            account.session_epoch += 1

    desk.write(work)


def note_logout(desk: Desk, actor: Actor) -> None:
    """Record that somebody logged out."""
    desk.write(lambda session: _own(session, actor, "logout", desk.now()))


def set_language(desk: Desk, actor: Actor, language: str) -> None:
    """Set the language of one's pages: `zh` or `en`. Raises Refusal."""
    if language not in LANGUAGES:
        raise Refusal("没有这种语言。")

    def work(session: Session) -> None:
        _locked_row(session, actor.id).language = language

    desk.write(work)


def _own(session: Session, actor: Actor, action: str, at: datetime) -> None:
    _locked_row(session, actor.id)
    record_event(session, actor.agency_id, f"account:{actor.id}", actor.author, at, action, {})

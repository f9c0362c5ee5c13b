"""People, their roles and their units: the administrator's commands and the queries behind his pages.

`actor` is None when the command comes from the server's own command line.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.cases.audit import SYSTEM, Author, record_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, Refusal
from engine.cases.page import Page
from engine.cases.passwords import hash_password, one_time_password
from engine.cases.permissions import ROLES, SOLITARY_ROLES, Permission, require
from engine.statute.said import said
from engine.store.tables import Account, AccountRole, Agency, PasswordHistory, Unit

# Login names: lower-case ASCII, so that nobody is told apart by how a name is typed.
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
# Where messages go: ASCII only, so that nothing in it can become a second header or recipient.
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}")
_PHONE = re.compile(r"(\+86)?1[0-9]{10}")


@dataclass(frozen=True, slots=True)
class NewPassword:
    """An account and the password that is shown once, to hand over in person."""

    account_id: int
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the administrator sees it."""

    id: int
    username: str
    name: str
    email: str
    phone: str
    unit_id: int | None
    unit: str | None
    roles: tuple[str, ...]
    active: bool
    must_change_password: bool
    locked_until: datetime | None
    last_login_at: datetime | None


def office_agency(session: Session, desk: Desk) -> Agency:
    """The agency that the configuration describes; made when the database is new."""
    agency = session.scalar(select(Agency).order_by(Agency.id).limit(1))
    if agency is None:
        agency = Agency(code="office", name=desk.settings.office.organ)
        session.add(agency)
        session.flush()
    return agency


def _agency_id(session: Session, desk: Desk, actor: Actor | None) -> int:
    return office_agency(session, desk).id if actor is None else actor.agency_id


def _author(actor: Actor | None) -> Author:
    return SYSTEM if actor is None else actor.author


def _may(actor: Actor | None, permission: Permission) -> None:
    if actor is not None:
        require(actor, permission)


def create_account(
    desk: Desk,
    actor: Actor | None,
    *,
    username: str,
    name: str,
    roles: Collection[str],
    unit_id: int | None = None,
    email: str = "",
    phone: str = "",
    password: str | None = None,
) -> NewPassword:
    """Open an account with a one-time password, or with a lasting `password` (demonstration office).

    `email` and `phone` are where messages go besides the inbox; both may be empty.
    Raises AnswerErrors (`username`, `name`, `roles`, `unit_id`, `email`, `phone`), NotPermitted.
    """
    _may(actor, Permission.ADMIN_ACCOUNTS_MANAGE)
    username, name = username.strip().lower(), name.strip()
    errors = {}
    if not _USERNAME.fullmatch(username):
        errors["username"] = "用户名以小写字母开头，只含小写字母、数字和 . _ -，2 至 40 个字符。"
    if errors := errors | _person_faults(name, roles) | _address_faults(email, phone):
        raise AnswerErrors(errors)
    first = password or one_time_password(desk.settings.security)
    hashed = hash_password(desk.settings.security, first)

    def work(session: Session) -> int:
        if session.scalar(select(Account.id).where(Account.username == username)):
            raise AnswerErrors({"username": said("用户名“%(username)s”已经有人使用，请换一个。", username=username)})
        agency_id = _agency_id(session, desk, actor)
        _check_unit(session, agency_id, unit_id)
        account = Account(
            agency_id=agency_id,
            unit_id=unit_id,
            username=username,
            name=name,
            email=email.strip() or None,
            phone=phone.strip() or None,
            password_hash=hashed,
            password_changed_at=desk.now(),
            must_change_password=password is None,
            roles=[AccountRole(role=role) for role in sorted(set(roles))],
        )
        session.add(account)
        session.flush()
        session.add(PasswordHistory(account_id=account.id, password_hash=hashed, set_at=desk.now()))
        _record(session, desk, actor, account, "account_created", data={"roles": sorted(set(roles))})
        return account.id

    return NewPassword(desk.write(work), username, first)


def change_account(
    desk: Desk,
    actor: Actor | None,
    account_id: int,
    *,
    name: str,
    roles: Collection[str],
    unit_id: int | None,
    email: str | None = None,
    phone: str | None = None,
) -> None:
    """Set name, unit, roles and addresses (None leaves an address alone). Changed roles end every session.

    Raises AnswerErrors (`name`, `roles`, `unit_id`, `email`, `phone`), NotFound, Refusal when no administrator would
    be left.
    """
    _may(actor, Permission.ADMIN_ACCOUNTS_MANAGE)
    name = name.strip()
    if errors := _person_faults(name, roles) | _address_faults(email or "", phone or ""):
        raise AnswerErrors(errors)

    def work(session: Session) -> None:
        account = _account(session, desk, actor, account_id)
        mail = account.email if email is None else email.strip() or None
        number = account.phone if phone is None else phone.strip() or None
        _check_unit(session, account.agency_id, unit_id)
        before = sorted(held.role for held in account.roles)
        after = sorted(set(roles))
        if "admin" in before and "admin" not in after:
            _keep_an_administrator(session, account)
        changed = {
            key: [old, new]
            for key, old, new in (
                ("name", account.name, name),
                ("unit_id", account.unit_id, unit_id),
                ("email", account.email, mail),
                ("phone", account.phone, number),
                ("roles", before, after),
            )
            if old != new
        }
        if not changed:
            return
        account.name, account.unit_id = name, unit_id
        account.email, account.phone = mail, number
        if before != after:
            account.roles = [held for held in account.roles if held.role in after]
            account.roles += [AccountRole(role=role) for role in after if role not in before]
            account.session_epoch += 1
        _record(session, desk, actor, account, "account_changed", data=changed)

    desk.write(work)


def set_active(desk: Desk, actor: Actor | None, account_id: int, active: bool) -> None:
    """Close the account (its sessions end at once; its record stays) or open it again."""
    _may(actor, Permission.ADMIN_ACCOUNTS_MANAGE)

    def work(session: Session) -> None:
        account = _account(session, desk, actor, account_id)
        if account.active == active:
            return
        if actor is not None and actor.id == account_id:
            raise Refusal("不能停用自己的账号。请由另一位系统管理员办理。")
        if not active and any(held.role == "admin" for held in account.roles):
            _keep_an_administrator(session, account)
        account.active = active
        account.session_epoch += 1
        _record(session, desk, actor, account, "account_opened" if active else "account_closed", data={})

    desk.write(work)


def reset_password(desk: Desk, actor: Actor | None, account_id: int) -> NewPassword:
    """A new one-time password; lifts a lock and ends every session of the account."""
    _may(actor, Permission.ADMIN_ACCOUNTS_MANAGE)
    first = one_time_password(desk.settings.security)
    hashed = hash_password(desk.settings.security, first)

    def work(session: Session) -> str:
        account = _account(session, desk, actor, account_id)
        account.password_hash, account.password_changed_at = hashed, desk.now()
        account.must_change_password = True
        account.failed_logins, account.locked_until = 0, None
        account.session_epoch += 1
        session.add(PasswordHistory(account_id=account.id, password_hash=hashed, set_at=desk.now()))
        _record(session, desk, actor, account, "password_reset", data={})
        return account.username

    return NewPassword(account_id, desk.write(work), first)


def revoke_sessions(desk: Desk, actor: Actor | None, account_id: int) -> None:
    """Log the account out everywhere."""
    _may(actor, Permission.ADMIN_ACCOUNTS_MANAGE)

    def work(session: Session) -> None:
        account = _account(session, desk, actor, account_id)
        account.session_epoch += 1
        _record(session, desk, actor, account, "sessions_revoked", data={})

    desk.write(work)


def find_account(desk: Desk, actor: Actor | None, account_id: int) -> AccountRow:
    """One account. Raises NotFound."""
    _may(actor, Permission.ADMIN_ACCOUNTS_MANAGE)
    with desk.reading() as session:
        return _row(_account(session, desk, actor, account_id))


def account_named(desk: Desk, username: str) -> AccountRow:
    """The account with this login name, for the command line. Raises NotFound."""
    with desk.reading() as session:
        account = session.scalar(select(Account).where(Account.username == username.strip().lower()))
        if account is None:
            raise NotFound(said("没有用户“%(username)s”。用 yishen user list 查看全部用户。", username=username))
        return _row(account)


def accounts(
    desk: Desk,
    actor: Actor | None,
    *,
    text: str = "",
    role: str | None = None,
    active: bool | None = None,
    page: int = 1,
    size: int = 50,
) -> Page[AccountRow]:
    """Accounts by unit and name; `text` looks in login name and name."""
    _may(actor, Permission.ADMIN_ACCOUNTS_MANAGE)
    with desk.reading() as session:
        query = select(Account)
        if actor is not None:
            query = query.where(Account.agency_id == actor.agency_id)
        if text.strip():
            wanted = text.strip()
            query = query.where(
                or_(
                    Account.username.contains(wanted.lower(), autoescape=True),
                    Account.name.contains(wanted, autoescape=True),
                )
            )
        if role:
            query = query.where(Account.roles.any(AccountRole.role == role))
        if active is not None:
            query = query.where(Account.active.is_(active))
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        found = session.scalars(
            query.order_by(Account.active.desc(), Account.unit_id, Account.username)
            .offset((page - 1) * size)
            .limit(size)
        )
        return Page(tuple(_row(account) for account in found), total, page, size)


def people_at_work(desk: Desk, actor: Actor) -> tuple[tuple[int, str, str], ...]:
    """Everybody who works on cases, as (id, name, unit), by unit: whom something can be given to."""
    with desk.reading() as session:
        working = Account.roles.any(AccountRole.role.not_in(SOLITARY_ROLES))
        found = session.scalars(
            select(Account).where(Account.agency_id == actor.agency_id, Account.active, working).order_by(Account.name)
        ).all()
    people = [(one.id, one.name, one.unit.name if one.unit else "") for one in found]
    return tuple(sorted(people, key=lambda one: (one[2], one[1])))


def _row(account: Account) -> AccountRow:
    order = list(ROLES)
    return AccountRow(
        id=account.id,
        username=account.username,
        name=account.name,
        email=account.email or "",
        phone=account.phone or "",
        unit_id=account.unit_id,
        unit=account.unit.name if account.unit else None,
        roles=tuple(sorted((held.role for held in account.roles), key=order.index)),
        active=account.active,
        must_change_password=account.must_change_password,
        locked_until=account.locked_until,
        last_login_at=account.last_login_at,
    )


def _person_faults(name: str, roles: Collection[str]) -> dict[str, str]:
    errors = {}
    if not name or len(name) > 40:
        errors["name"] = "请填写姓名，不超过 40 个字。"
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        errors["roles"] = said(
            "没有角色“%(unknown)s”。可用的有：%(names)s。", unknown=unknown[0], names="、".join(ROLES)
        )
    elif not roles:
        errors["roles"] = "请至少选择一个角色。"
    elif len(set(roles)) > 1 and (alone := SOLITARY_ROLES & set(roles)):
        errors["roles"] = said("“%(roles)s”不能与其他角色放在同一账号，请另开账号。", roles=ROLES[min(alone)])
    return errors


def _address_faults(email: str, phone: str) -> dict[str, str]:
    errors = {}
    if email.strip() and not _EMAIL.fullmatch(email.strip()):
        errors["email"] = "电子邮箱写法不对，例如 zhou.min@yunling.example；没有的可以不填。"
    if phone.strip() and not _PHONE.fullmatch(phone.strip()):
        errors["phone"] = "手机号码写法不对，应为 11 位数字，可带 +86；没有的可以不填。"
    return errors


def _check_unit(session: Session, agency_id: int, unit_id: int | None) -> None:
    if unit_id is None:
        return
    unit = session.get(Unit, unit_id)
    if unit is None or unit.agency_id != agency_id or not unit.active:
        raise AnswerErrors({"unit_id": "没有这个科室，或者它已停用。"})


def _account(session: Session, desk: Desk, actor: Actor | None, account_id: int) -> Account:
    account = session.scalar(select(Account).where(Account.id == account_id).with_for_update(of=Account))
    if account is None or account.agency_id != _agency_id(session, desk, actor):
        raise NotFound("没有这个账号。")
    return account


def _keep_an_administrator(session: Session, leaving: Account) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(Account)
        .join(AccountRole)
        .where(
            Account.agency_id == leaving.agency_id,
            Account.active,
            Account.id != leaving.id,
            AccountRole.role == "admin",
        )
    )
    if not others:
        raise Refusal("这是最后一个系统管理员，不能停用或改作他用。请先为另一人开设系统管理员账号。")


def _record(
    session: Session, desk: Desk, actor: Actor | None, account: Account, action: str, *, data: Mapping[str, object]
) -> None:
    record_event(
        session,
        account.agency_id,
        f"account:{account.id}",
        _author(actor),
        desk.now(),
        action,
        {"account": account.username, **data},
    )

"""The office: agencies, units, people, and what administrators maintain for them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base
from engine.store.types import Instant, Json, Key


class Agency(Base):
    """An organ (行政机关) that runs the system; every case and number key carries its id."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))


class Unit(Base):
    """A unit (科室) inside the agency, or a department that answers its search orders."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True)


class Account(Base):
    """A person who logs in. `session_epoch` is raised to revoke every session at once."""

    __tablename__ = "account"
    __table_args__ = (Index(None, "unit_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(Text)
    password_changed_at: Mapped[datetime] = mapped_column(Instant)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    session_epoch: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    last_login_at: Mapped[datetime | None] = mapped_column(Instant)
    language: Mapped[str] = mapped_column(String(8), default="zh")

    unit: Mapped[Unit | None] = relationship(lazy="joined")
    roles: Mapped[list["AccountRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class AccountRole(Base):
    """One role (code of the glossary) that an account holds."""

    __tablename__ = "account_role"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)


class PasswordHistory(Base):
    """Earlier password hashes, so that the last few cannot be used again."""

    __tablename__ = "password_history"
    __table_args__ = (Index(None, "account_id", "set_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    password_hash: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)


class FormDraft(Base):
    """What somebody had filled in when the session ended; given back after the next login."""

    __tablename__ = "form_draft"
    __table_args__ = (UniqueConstraint("account_id", "path"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    path: Mapped[str] = mapped_column(String(300))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Instant)


class KeptUpload(Base):
    """A file that somebody chose in a form not handed in yet; its bytes lie under their SHA-256.

    `form` is the name of the form as it was opened (`once`), `field` the question that the file answers.
    """

    __tablename__ = "kept_upload"
    __table_args__ = (Index(None, "account_id", "form"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    form: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(60))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    kept_at: Mapped[datetime] = mapped_column(Instant)


class HolidayNotice(Base):
    """A State Council holiday notice (放假安排): the newest active row of a year rules.

    `rest_days` and `make_up_days` are lists of ISO dates; a notice may touch days of the years beside its own.
    """

    __tablename__ = "holiday_notice"
    __table_args__ = (Index(None, "agency_id", "year"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    paper: Mapped[str] = mapped_column(String(200))
    rest_days: Mapped[list[str]] = mapped_column(Json)
    make_up_days: Mapped[list[str]] = mapped_column(Json)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(default=True)
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    imported_at: Mapped[datetime] = mapped_column(Instant)


class SpotItem(Base):
    """Information that the head of the disclosure office has approved for a reply on the spot (Art. 33(1))."""

    __tablename__ = "spot_item"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    title: Mapped[str] = mapped_column(String(200))
    locator: Mapped[str] = mapped_column(String(400))
    approved_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    approved_on: Mapped[date]
    active: Mapped[bool] = mapped_column(default=True)


class ProcessDefinition(Base):
    """One version of a case type: all its files under their content hash. Never changed, never deleted."""

    __tablename__ = "process_definition"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_type: Mapped[str] = mapped_column(String(60))
    files: Mapped[bytes] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime] = mapped_column(Instant)
    current: Mapped[bool] = mapped_column(default=True)


class Lease(Base):
    """Who may do a periodic job just now, until when: the only guard between scheduler processes."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    last_run_at: Mapped[datetime | None] = mapped_column(Instant)

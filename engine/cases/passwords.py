"""Passwords: what is accepted, how they are kept (argon2id), and the one that is handed out once."""

import secrets
import string
from functools import lru_cache
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.settings import Security
from engine.statute.said import said

_KINDS = (
    (string.ascii_uppercase, "大写字母"),
    (string.ascii_lowercase, "小写字母"),
    (string.digits, "数字"),
)
# Long texts make hashing slow on purpose of the sender.
_MAX_LENGTH = 128
# One hash at a time: each takes 64 MB, and a morning's logins together would take half a gigabyte of a process.
_HASHING = Lock()
# Without characters that are mistaken for one another when read aloud or copied from paper.
_ALPHABETS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "-_+=")


@lru_cache(maxsize=8)
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


def _hasher_of(security: Security) -> PasswordHasher:
    return _hasher(security.argon2_time_cost, security.argon2_memory_kib)


@lru_cache(maxsize=8)
def _nobody(time_cost: int, memory_kib: int) -> str:
    with _HASHING:
        return _hasher(time_cost, memory_kib).hash(secrets.token_urlsafe(16))


def hash_password(security: Security, password: str) -> str:
    """The argon2id hash with its parameters and salt."""
    with _HASHING:
        return _hasher_of(security).hash(password)


def matches(security: Security, password_hash: str | None, password: str) -> bool:
    """Whether the password fits. Without a hash (no such account) it takes as long and answers False."""
    told = password_hash or _nobody(security.argon2_time_cost, security.argon2_memory_kib)
    try:
        with _HASHING:
            _hasher_of(security).verify(told, password[: _MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_new_hash(security: Security, password_hash: str) -> bool:
    """Whether the hash was made with other parameters than those set today."""
    return _hasher_of(security).check_needs_rehash(password_hash)


def password_fault(security: Security, password: str, username: str) -> str | None:
    """Why the password is not accepted (a Chinese sentence), or None."""
    if len(password) < security.min_length:
        return said(
            "口令至少 %(min_length)s 个字符，现在是 %(len)s 个。", min_length=security.min_length, len=len(password)
        )
    if len(password) > _MAX_LENGTH:
        return said("口令最多 %(max_length)s 个字符。", max_length=_MAX_LENGTH)
    held = sum(any(mark in kind for mark in password) for kind, _ in _KINDS)
    held += any(not (mark.isascii() and mark.isalnum()) for mark in password)
    if held < security.classes:
        return said(
            "口令要包含大写字母、小写字母、数字、符号中的至少 %(classes)s 类，现在只有 %(held)s 类。",
            classes=security.classes,
            held=held,
        )
    if len(set(password)) < 5:
        return "口令里重复的字符太多，请换一个。"
    if username.casefold() in password.casefold():
        return "口令不能包含用户名。"
    return None


def one_time_password(security: Security) -> str:
    """A random password that meets every rule, easy to read out; it must be changed at the first login."""
    length = max(security.min_length, 14)
    marks = [secrets.choice(alphabet) for alphabet in _ALPHABETS]
    marks += [secrets.choice("".join(_ALPHABETS[:3])) for _ in range(length - len(marks))]
    secrets.SystemRandom().shuffle(marks)
    return "".join(marks)

"""讨论: remarks on a case, append-only; a mistaken one is struck with a reason. @name tells a colleague.

A name after @ is matched against the office's people, the longest first, so no blank is needed after a Chinese name.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.cases.access import find_case, may_see
from engine.cases.audit import record_case_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.cases.messages import tell
from engine.cases.permissions import Permission, require
from engine.cases.watching import tell_watchers
from engine.statute.said import said
from engine.store.tables import Account, Case, CaseComment

_LONGEST = 2000
# Not inside an address such as han@example.org.
_AT = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]")
_WORD = re.compile(r"[\w·.-]{1,20}")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a comment; `mention`: it names a colleague."""

    text: str
    mention: bool = False


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment as people read it. `mine`: the actor may strike it."""

    id: int
    who: str
    at: datetime
    parts: tuple[Part, ...]
    strike_reason: str
    struck_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Commented:
    """Names of those who were told of a comment, and of those who were not, because they may not see the case."""

    told: tuple[str, ...]
    untold: tuple[str, ...]


def add_comment(desk: Desk, actor: Actor, case_id: int, text: str) -> Commented:
    """Add a remark and tell whom it names, as far as they may see the case. Raises AnswerErrors (text), NotFound."""
    require(actor, Permission.CASES_COMMENT_WRITE)
    text = text.strip().replace("\r\n", "\n")
    if not text or len(text) > _LONGEST:
        raise AnswerErrors({"text": said("请填写意见，不超过 %(longest)s 个字。", longest=_LONGEST)})

    def work(session: Session) -> Commented:
        case = find_case(session, actor, case_id)
        names = _names(session, case.agency_id)
        people = {account_id: name for _start, _end, account_id, name in _mentions(text, names)}
        people.pop(actor.id, None)
        now = desk.now()
        comment = CaseComment(case_id=case.id, text=text, mentions=sorted(people), written_at=now, written_by=actor.id)
        session.add(comment)
        session.flush()
        data = {"comment": comment.id, "sha256": hashlib.sha256(text.encode()).hexdigest(), "mentions": sorted(people)}
        record_case_event(session, case, actor.author, now, "comment", data=data)
        seeing = may_see(session, case, people)
        told = said("%(number)s：%(person)s 在讨论中提到您。", number=case.number, person=actor.name)
        tell(session, seeing, key=f"mention:{comment.id}", text=told, at=now, case=case)
        tell_watchers(
            session, case, said("%(person)s 发表了意见。", person=actor.name), now, actor.id, f"comment:{comment.id}"
        )
        return Commented(
            tuple(name for one, name in people.items() if one in seeing),
            tuple(name for one, name in people.items() if one not in seeing),
        )

    return desk.write(work)


def strike_comment(desk: Desk, actor: Actor, comment_id: int, reason: str) -> int:
    """Strike one's own comment (the head of the disclosure office: anybody's); it stays, struck. Returns the case id.

    Raises NotFound, NotPermitted, Refusal.
    """
    require(actor, Permission.CASES_COMMENT_WRITE)
    if not reason.strip() or len(reason.strip()) > 300:
        raise Refusal("请填写撤回的原因，不超过 300 个字。")

    def work(session: Session) -> int:
        comment = session.get(CaseComment, comment_id)
        if comment is None:
            raise NotFound("没有找到这条意见，或者您无权查看。")
        case = find_case(session, actor, comment.case_id)
        if not _may_strike(actor, comment):
            raise NotPermitted("只能撤回自己发表的意见。")
        if comment.struck_at is not None:
            raise Refusal("这条意见已经撤回。")
        comment.struck_at, comment.struck_by, comment.strike_reason = desk.now(), actor.id, reason.strip()
        data = {"comment": comment.id, "reason": reason.strip()}
        record_case_event(session, case, actor.author, desk.now(), "comment_struck", data=data)
        return case.id

    return desk.write(work)


def count_comments(session: Session, case: Case) -> int:
    """How many comments stand on the case."""
    query = select(func.count()).where(CaseComment.case_id == case.id, CaseComment.struck_at.is_(None))
    return session.scalar(query) or 0


def comments(desk: Desk, actor: Actor, case_id: int, limit: int | None = None) -> tuple[CommentLine, ...]:
    """The newest comments, the newest first; all of them without `limit`. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        query = select(CaseComment).where(CaseComment.case_id == case.id).order_by(CaseComment.id.desc()).limit(limit)
        rows = session.scalars(query).all()
        names = _names(session, case.agency_id)
        people = {row.written_by for row in rows} | {row.struck_by for row in rows}
        known = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(people - {None}))).all())
        return tuple(
            CommentLine(
                id=row.id,
                who=known[row.written_by],
                at=row.written_at,
                parts=tuple(_parts(row, names)),
                strike_reason=row.strike_reason or "",
                struck_by=known.get(row.struck_by or 0, ""),
                mine=row.struck_at is None and _may_strike(actor, row),
            )
            for row in rows
        )


def mentionable(desk: Desk, actor: Actor, case_id: int) -> tuple[tuple[str, str], ...]:
    """Whom a comment on this case can tell, as (what to write after @, unit): the name, or the account of a namesake.

    Raises NotFound.
    """
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        rows = session.scalars(
            select(Account).where(Account.agency_id == case.agency_id, Account.active, Account.id != actor.id)
        ).all()
        seeing = may_see(session, case, [one.id for one in rows])
        names = [one.name for one in rows]
        return tuple(
            (one.name if names.count(one.name) == 1 else one.username, one.unit.name if one.unit else "")
            for one in sorted(rows, key=lambda one: (one.unit.name if one.unit else "", one.name))
            if one.id in seeing
        )


def _may_strike(actor: Actor, comment: CaseComment) -> bool:
    return comment.written_by == actor.id or "disclosure_head" in actor.roles


_Names = Mapping[str, Sequence[tuple[int, str]]]


def _names(session: Session, agency_id: int) -> _Names:
    """Every name and account of the office in small letters, with whom it means: (id, name)."""
    found: dict[str, list[tuple[int, str]]] = {}
    query = select(Account.id, Account.name, Account.username).where(Account.agency_id == agency_id, Account.active)
    for account_id, name, username in session.execute(query):
        for word in {name.lower(), username.lower()}:
            found.setdefault(word, []).append((account_id, name))
    return found


def _mentions(text: str, names: _Names) -> list[tuple[int, int, int, str]]:
    """Every mention as (start, end, account id, name). Raises AnswerErrors for a name nobody or several have."""
    found = []
    for at in _AT.finditer(text):
        word = _named(text[at.end() :].lower(), names)
        if word is None:
            written = _WORD.match(text[at.end() :])
            name = written.group() if written else ""
            raise AnswerErrors({"text": said("没有叫“%(name)s”的同事，@ 后面请写姓名或者账号。", name=name)})
        if len(names[word]) > 1:
            raise AnswerErrors({"text": said("叫“%(name)s”的不止一人，@ 后面请写账号。", name=word)})
        account_id, name = names[word][0]
        found.append((at.start(), at.end() + len(word), account_id, name))
    return found


def _named(rest: str, names: _Names) -> str | None:
    """The longest name that the text begins with; an account in Latin letters must end there."""
    for length in range(min(len(rest), max(map(len, names), default=0)), 0, -1):
        word = rest[:length]
        following = rest[length : length + 1]
        if word in names and not (word[-1].isascii() and following.isascii() and following.isalnum()):
            return word
    return None


def _parts(comment: CaseComment, names: _Names) -> list[Part]:
    """The comment in pieces, with the people it told marked; a name that has changed since stands as it was written."""
    parts, reached = [], 0
    for at in _AT.finditer(comment.text):
        word = _named(comment.text[at.end() :].lower(), names)
        if word is None or names[word][0][0] not in comment.mentions:
            continue
        end = at.end() + len(word)
        parts += [Part(comment.text[reached : at.start()]), Part(comment.text[at.start() : end], mention=True)]
        reached = end
    return [one for one in [*parts, Part(comment.text[reached:])] if one.text]

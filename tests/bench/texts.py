"""The texts of a national year: each request and each reply in words, and the index that full-text search reads."""

from functools import cache

from sqlalchemy import Engine, select, text

from engine.cases.postings import BLOCK, Entry, pairs, post
from engine.store.session import Sessions
from engine.store.tables import Case

REQUEST = "请求公开有关材料的全文，包括办理过程中形成的审批意见、会议记录、附表和附图，以便了解补偿标准和资金来源。"
REPLY = (
    "经审查，您申请公开的政府信息属于可以公开的范围，现将复印件提供给您。如不服本答复，可以自收到之日起六十日内申请行政"
    "复议，或者在六个月内向人民法院提起行政诉讼。"
)

_TEXTS = (
    "INSERT INTO searched_text (case_id, place, source_id, text, read_at)"
    " SELECT id, 'request', id, subject || '。" + REQUEST + "', registered_at FROM case_file"
    " WHERE id BETWEEN :first AND :last",
    "INSERT INTO searched_text (case_id, place, source_id, text, read_at)"
    " SELECT id, 'reply', id, subject || '：" + REPLY + "', registered_at FROM case_file"
    " WHERE id BETWEEN :first AND :last AND closed_at IS NOT NULL",
)


def generate_texts(engine: Engine, cases: int) -> None:
    """Add the texts of cases that year.py has made, a block at a time."""
    sessions = Sessions(engine)
    for block in range(cases // BLOCK + 1):
        within = {"first": block * BLOCK, "last": (block + 1) * BLOCK - 1}
        with sessions.write() as session:
            for statement in _TEXTS:
                session.execute(text(statement), within)
            rows = session.execute(
                select(Case.id, Case.subject, Case.number, Case.applicant_name, Case.closed_at).where(
                    Case.id.between(within["first"], within["last"])
                )
            ).all()
            entries = []
            for case_id, subject, number, name, closed in rows:
                entries.append(Entry(case_id, "request", _pairs(f"{subject}。{REQUEST}")))
                entries.append(Entry(case_id, "name", pairs(f"{name or ''} {number}")))
                if closed is not None:
                    entries.append(Entry(case_id, "reply", _pairs(f"{subject}：{REPLY}")))
            post(session, entries)


@cache
def _pairs(said: str) -> tuple[str, ...]:
    return tuple(pairs(said))

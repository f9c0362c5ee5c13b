"""A national year of requests, made by the database itself in portions, so that memory stays bounded.

Seasonal arrivals over 3,000 units, a tenth of them still open, with what each leaves behind: parties, work
items, answers, legal events, letters, audit events and grams to search by. Nothing is random, so that two
databases hold the same: all follows from the case's number. The audit hashes are fillers and no process has
run; what is measured here is how queries behave among so many rows.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Date, Engine, Integer, MetaData, String, Table, text
from sqlalchemy.schema import CreateIndex, DropIndex

from engine.holidays import builtin_calendar
from engine.store.tables import Base
from engine.store.types import Instant
from tests.bench.texts import generate_texts

UNITS = 3000
TODAY = date(2026, 12, 15)
PORTION = 20_000
SLOTS = 10_000
# One officer has so many of the cases, however many there are: a person's work does not grow with the province's.
OF_ONE = 1000
OFFICER = 1000 + UNITS // 2
# Requests a month, January to December: few in the month of Spring Festival, many after the budgets of March and in
# the last quarter.
SEASON = (7, 5, 10, 9, 8, 8, 8, 8, 9, 9, 10, 9)

PLACES = ("青石街", "北门村", "云岭镇", "白水河", "东山片区", "柳林社区", "石桥乡", "南坪新区", "红岩水库", "城西市场")
TOPICS = (
    "征地补偿", "拆迁安置", "财政预算", "政府采购", "环境影响评价", "学区划分", "低保名单", "道路工程", "用地审批",
    "招标结果", "信访答复", "行政处罚", "社保缴费", "农机补贴", "旧城改造", "公租房分配", "食品抽检", "医保报销",
)  # fmt: skip
PAPERS = ("批复", "会议纪要", "公告", "台账", "合同", "验收报告", "名册", "方案", "决算", "红线图")
RARE = "玉带桥加固"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
LONGEST = 40
STEPS = (
    ("register", "登记", "intake"), ("completeness", "完整性审查", "intake handler"), ("triage", "分办", "handler"),
    ("draft", "拟办", "handler"), ("first_signoff", "科室负责人审核", "unit_head"),
    ("secrecy_review", "保密审查", "secrecy_reviewer"), ("legal_review", "法制审核", "legal"),
    ("leader_signoff", "领导签发", "leader"), ("dispatch", "送达", "intake handler"), ("archive", "归档", "handler"),
)  # fmt: skip
SEARCH = len(STEPS)  # an open search order, in the hands of a unit

_META = MetaData()
# Made for the load and dropped after it: words, the year's days, the steps.
_TEXTS = Table(
    "load_text",
    _META,
    Column("kind", String(10), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("said", String(80)),
)
_STEPS = Table(
    "load_step", _META, *(Column(name, String(40)) for name in ("element", "name", "role")), Column("n", Integer)
)
_DAYS = Table(
    "load_day",
    _META,
    Column("slot", Integer, primary_key=True),
    *(Column(name, Date) for name in ("arrived", "due", "replied")),
    *(Column(name, Instant) for name in ("arrived_at", "replied_at")),
)


def generate(engine: Engine, cases: int, digest: str, *, texts: bool = False, idle: bool = False) -> None:
    """Fill a migrated database whose agency 1 exists. `digest`: the definition that all cases are pinned to.

    `texts`: with the words of every request and reply, for full-text search. `idle`: every case is open and nothing is
    due for long, which is what a sweep has to pass by.
    """
    indexes = [index for table in Base.metadata.sorted_tables for index in table.indexes]
    with engine.begin() as connection:
        _unchecked(connection)
        for index in indexes:
            connection.execute(DropIndex(index, if_exists=True))
        _META.create_all(connection)
        _fill(connection, idle=idle)
        connection.execute(text(_UNITS_SQL.format(series=_series(engine, 1, UNITS))))
        connection.execute(text(_PEOPLE.format(series=_series(engine, 1, UNITS))))
        connection.execute(text(_ROLES.format(series=_series(engine, 1, UNITS))))
    told = {"digest": digest, "cases": cases, "every": max(cases // OF_ONE, 1), "open": "1 = 1" if idle else _USUAL}
    with progress(cases) as tell:
        for first in range(1, cases + 1, PORTION):
            last = min(first + PORTION - 1, cases)
            with engine.begin() as connection:
                _unchecked(connection)
                for statement in _CASES:
                    filled = statement.format(series=_series(engine, first, last), **told)
                    connection.execute(text(filled))
            tell(last)
    with engine.begin() as connection:
        for counted in _COUNTED_BY:
            connection.execute(text(_COUNTS.format(**counted)))
        for index in indexes:
            connection.execute(CreateIndex(index))
        _META.drop_all(connection)
        if engine.dialect.name == "postgresql":
            for table in ("unit", "account", "case_file"):
                connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
                )
    if texts:
        generate_texts(engine, cases)
    # PostgreSQL does this by itself in time; an office on SQLite has no statistics, and its indexes are made for that.
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """A bar on stderr; call the result with how many are done."""
    started = time.monotonic()

    def tell(done: int) -> None:
        bar = "#" * (40 * done // total)
        left = (time.monotonic() - started) * (total - done) / done
        print(f"\r[{bar:40}] {done:>9,} of {total:,}, {left:4.0f} s left", end="", file=sys.stderr, flush=True)

    yield tell
    print(file=sys.stderr)


def _unchecked(connection: Connection) -> None:
    """Foreign keys and durability cost more than the rows; nobody else uses the database while it is filled."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _series(engine: Engine, first: int, last: int) -> str:
    if engine.dialect.name == "sqlite":
        return (
            f"(WITH RECURSIVE s(id) AS (SELECT {first} UNION ALL SELECT id + 1 FROM s WHERE id < {last})"
            " SELECT id FROM s) AS s"
        )
    return f"(SELECT generate_series({first}, {last}) AS id) AS s"


def _fill(connection: Connection, *, idle: bool) -> None:
    subjects = [f"申请公开{place}{topic}的{paper}" for place in PLACES for topic in TOPICS for paper in PAPERS]
    names = [first + second + third for first in SURNAMES for second in GIVEN for third in GIVEN]
    places = [""] * LONGEST  # only counted: where a gram begins
    rows = [
        {"kind": kind, "n": n, "said": said}
        for kind, listed in (("subject", subjects), ("name", names), ("place", places))
        for n, said in enumerate(listed)
    ]
    connection.execute(_TEXTS.insert(), rows)
    steps = [*STEPS, ("search", "查找信息", "unit")]
    connection.execute(
        _STEPS.insert(), [{"n": n, "element": e, "name": name, "role": role} for n, (e, name, role) in enumerate(steps)]
    )
    later = {"due": TODAY + timedelta(days=90)} if idle else {}
    connection.execute(_DAYS.insert(), [day | later for day in _days()])


def _days() -> Iterator[dict[str, Any]]:
    """Ten thousand arrivals over the year that ends today, busier months with more; replies 3 to 26 working days on."""
    calendar = builtin_calendar()
    first = TODAY - timedelta(days=364)
    days = [first + timedelta(days=number) for number in range(365)]
    weights = [SEASON[day.month - 1] * (10 if calendar.is_working_day(day) else 1) for day in days]
    total, reached, slot = sum(weights), 0, 0
    for day, weight in zip(days, weights, strict=True):
        reached += weight
        while slot < SLOTS * reached // total:
            replied = calendar.add_working_days(day, 3 + (slot * 7 % 17) + (7 if slot % 40 == 0 else 0))
            noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
            yield {
                "slot": slot,
                "arrived": day,
                "due": calendar.add_working_days(day, 20),
                "replied": replied,
                "arrived_at": noon,
                "replied_at": noon + (replied - day),
            }
            slot += 1


def _r(number: int, below: int) -> str:
    """A number below a limit that follows from the case's id; another one for each `number`."""
    return f"((s.id * {97 + 2 * number} + s.id % 9973 * {1009 + 64 * number} + {number * 7919}) % 1000003 % {below})"


_UNITS_SQL = "INSERT INTO unit (id, agency_id, name, active) SELECT 1000 + s.id, 1, '单位' || s.id, true FROM {series}"
_PEOPLE = (
    "INSERT INTO account (id, agency_id, unit_id, username, name, password_hash, password_changed_at,"
    " must_change_password, failed_logins, session_epoch, active, language)"
    " SELECT 1000 + s.id, 1, 1000 + s.id, 'h' || s.id, '经办' || s.id, '-', d.arrived_at, false, 0, 1, true, 'zh'"
    " FROM {series} CROSS JOIN load_day d WHERE d.slot = 0"
)
_ROLES = "INSERT INTO account_role (account_id, role) SELECT 1000 + s.id, 'handler' FROM {series}"

# Which cases are open: most of those not yet answered today, and one in thirty of the older ones.
_USUAL = f"(d.replied > '{TODAY}' OR {_r(9, 30)} = 0)"
_OPEN = "({open})"
_FROM = f" FROM {{series}} JOIN load_day d ON d.slot = CAST(s.id - 1 AS BIGINT) * {SLOTS} / {{cases}}"
_NAMED = f" JOIN load_text a ON a.kind = 'name' AND a.n = {_r(10, len(SURNAMES) * len(GIVEN) ** 2)}"
_ABOUT = f" JOIN load_text b ON b.kind = 'subject' AND b.n = {_r(5, len(PLACES) * len(TOPICS) * len(PAPERS))}"
_HANDLER = f"(CASE WHEN s.id % {{every}} = 0 THEN {OFFICER} ELSE 1001 + {_r(2, UNITS)} END)"
# How far an open case has come: steps done.
_DONE = f"(1 + {_r(3, 8)})"
_SEARCHED = f"({_r(4, 100)} < 12)"
_SUBJECT = f"CASE WHEN {_r(6, 20000)} = 0 THEN '申请公开{RARE}的合同' ELSE b.said END"
_STATUS = f"CASE WHEN {_r(13, 100)} < 6 THEN 'waiting' WHEN {_r(13, 100)} < 12 THEN 'suspended' ELSE 'running' END"
_DECISION = f"CASE {_r(14, 10)} WHEN 0 THEN 'G1' WHEN 1 THEN 'P1' WHEN 2 THEN 'R4' WHEN 3 THEN 'N1' ELSE 'G2' END"
_KIND = f"CASE WHEN {_r(16, 10)} = 0 THEN 'organisation' ELSE 'natural_person' END"
_CATEGORY = f"CASE WHEN {_r(16, 10)} = 0 THEN 'commercial_enterprise' ELSE '' END"
# What a case is counted under, as engine/cases/case_counts.py notes it.
_CAME, _LEFT = (f"substr(CAST(d.{day} AS VARCHAR(10)), 1, 7)" for day in ("arrived", "replied"))
_COUNTED = (
    f"substr({_CAME}, 1, 4) || '|' || CASE WHEN {_OPEN} THEN '|' ELSE substr({_LEFT}, 1, 4) || '|' || {_DECISION} END"
    f" || '|' || {_KIND} || '|' || {_CATEGORY} || '|' || {_CAME} || '|' || CASE WHEN {_OPEN} THEN '|'"
    f" ELSE {_LEFT} || '|' || CASE WHEN d.replied > d.due THEN '1' ELSE '' END END"
)
_COUNTS = (
    "INSERT INTO case_count"
    " (agency_id, case_type, what, year, month, decision, applicant_kind, applicant_category, cases)"
    " SELECT agency_id, case_type, '{what}', CAST(substr(CAST({day} AS VARCHAR(10)), 1, 4) AS INTEGER) AS year_of,"
    " {month} AS month_of, {decision} AS decided, {kind} AS kind_of, {category} AS category_of, count(*)"
    " FROM case_file WHERE {day} IS NOT NULL AND {which}"
    " GROUP BY agency_id, case_type, year_of, month_of, decided, kind_of, category_of"
)
_BY_YEAR = {"month": "0", "kind": "applicant_kind", "category": "applicant_category", "which": "1 = 1"}
_BY_MONTH = {"decision": "''", "kind": "''", "category": "''", "which": "1 = 1"}
_CAME_IN, _LEFT_IN = (
    {"day": day, "month": f"CAST(substr(CAST({day} AS VARCHAR(10)), 6, 2) AS INTEGER)"}
    for day in ("received_on", "replied_on")
)
_COUNTED_BY = (
    {"what": "received", "day": "received_on", "decision": "''", **_BY_YEAR},
    {"what": "concluded", "day": "replied_on", "decision": "decision", **_BY_YEAR},
    {"what": "came", **_CAME_IN, **_BY_MONTH},
    {"what": "replied", **_LEFT_IN, **_BY_MONTH},
    {
        "what": "late",
        **_LEFT_IN,
        **_BY_MONTH,
        "which": "NOT in_time",
    },
)

_CASES = (
    # cases
    "INSERT INTO case_file (id, agency_id, case_type, number, definition_digest, version, state, open_timers, subject,"
    " channel, drill, query_code, counted, applicant_name, applicant_kind, applicant_category, applicant_key,"
    " applicant_name_key, decision, handler_id, arrived_on, received_on, due_on, sort_due_on, clock_status,"
    " replied_on, in_time, registered_at,"
    " registered_by, closed_at, archived_at, event_seq, event_hash)"
    f" SELECT s.id, 1, 'disclosure_request', '2026-' || s.id, '{{digest}}', 10, NULL, 0, {_SUBJECT},"
    f" CASE {_r(15, 4)} WHEN 0 THEN 'ordinary_mail' WHEN 1 THEN 'in_person' ELSE 'internet' END, false,"
    f" 'Q' || s.id, {_COUNTED}, a.said, {_KIND}, {_CATEGORY}, '云' || {_r(17, 400000)},"
    f" a.said, CASE WHEN {_OPEN} THEN NULL ELSE {_DECISION} END, {_HANDLER}, d.arrived, d.arrived, d.due, d.due,"
    f" CASE WHEN {_OPEN} THEN {_STATUS} ELSE 'replied' END, CASE WHEN {_OPEN} THEN NULL ELSE d.replied END,"
    f" CASE WHEN {_OPEN} THEN NULL ELSE d.replied <= d.due END, d.arrived_at, 1,"
    f" CASE WHEN {_OPEN} THEN NULL ELSE d.replied_at END, CASE WHEN {_OPEN} THEN NULL ELSE d.replied_at END, 10, ''"
    + _FROM
    + _NAMED
    + _ABOUT,
    # parties
    "INSERT INTO party (case_id, part, kind, category, name, id_number)"
    f" SELECT s.id, 'applicant', 'natural_person', 'natural_person', a.said, '云' || {_r(17, 400000)}" + _FROM + _NAMED,
    # work items: all done, or some done and one open
    "INSERT INTO work_item (agency_id, case_id, token, element, name, role, unit_id, assignee_id, status, sort_due_on,"
    " limit_on, opened_at, done_at, done_by)"
    f" SELECT 1, s.id, 'token' || t.n, t.element, t.name, t.role, CASE WHEN t.n = {SEARCH} THEN 1001 + {_r(18, UNITS)}"
    f" END, CASE WHEN {_OPEN} AND t.n = {_DONE} THEN CASE WHEN t.role LIKE '%handler%' AND {_r(19, 10)} < 7"
    f" THEN {_HANDLER} END ELSE {_HANDLER} END,"
    f" CASE WHEN {_OPEN} AND t.n >= {_DONE} THEN 'open' ELSE 'done' END, d.due, d.due, d.arrived_at,"
    f" CASE WHEN {_OPEN} AND t.n >= {_DONE} THEN NULL WHEN t.n < 3 THEN d.arrived_at ELSE d.replied_at END,"
    f" CASE WHEN {_OPEN} AND t.n >= {_DONE} THEN NULL ELSE {_HANDLER} END"
    + _FROM
    + f" JOIN load_step t ON CASE WHEN {_OPEN} THEN t.n <= {_DONE} OR (t.n = {SEARCH} AND {_SEARCHED})"
    f" ELSE t.n < {SEARCH} END",
    # audit events and answers of the steps done
    "INSERT INTO case_event (agency_id, chain, seq, case_id, at, actor_id, actor_name, action, element, data, hash)"
    " SELECT 1, 'case:' || s.id, t.n + 1, s.id, d.arrived_at, 1, '经办', 'complete', t.element,"
    """ '{{"passed": ["' || t.element || '"]}}', '0123456789abcdef' || s.id"""
    + _FROM
    + f" JOIN load_step t ON t.n < CASE WHEN {_OPEN} THEN {_DONE} ELSE {SEARCH} END",
    "INSERT INTO form_record (case_id, element, form, answers, filled_at, filled_by)"
    """ SELECT s.id, t.element, t.element, '{{"outcome": "complete", "note": "同意。"}}', d.arrived_at, 1"""
    + _FROM
    + f" JOIN load_step t ON t.n < CASE WHEN {_OPEN} THEN {_DONE} ELSE {SEARCH} END",
    # legal events: submitted, one in eight corrected, one in ten consulted, one in six extended, answered
    """INSERT INTO legal_event (case_id, seq, type, event_on, data, recorded_at, recorded_by)"""
    """ SELECT s.id, 1, 'submit', d.arrived, '{{"channel": "in_person"}}', d.arrived_at, 1""" + _FROM,
    "INSERT INTO legal_event (case_id, seq, type, event_on, data, recorded_at, recorded_by)"
    f" SELECT s.id, 2, CASE WHEN {_r(20, 8)} = 0 THEN 'correction_notice_served' ELSE 'extension' END, d.arrived,"
    """ '{{"days": 20}}', d.arrived_at, 1""" + _FROM + f" WHERE {_r(20, 8)} = 0 OR {_r(21, 6)} = 0",
    "INSERT INTO legal_event (case_id, seq, type, event_on, data, recorded_at, recorded_by)"
    """ SELECT s.id, 3, 'consult_sent', d.arrived, '{{"id": "c1", "to": "third_party"}}', d.arrived_at, 1"""
    + _FROM
    + f" WHERE {_r(22, 10)} = 0",
    "INSERT INTO legal_event (case_id, seq, type, event_on, data, recorded_at, recorded_by)"
    """ SELECT s.id, 4, 'reply_sent_electronically', d.replied, '{{}}', d.replied_at, 1"""
    + _FROM
    + f" WHERE NOT {_OPEN}",
    # letters
    "INSERT INTO letter (agency_id, case_id, code, name, addressee, series, year, serial, number, decision,"
    " template_sha256, fields, docx_sha256, dated_on, issued_at, issued_by)"
    " SELECT 1, s.id, 'G2', '答复书', a.said, 'reply', 2026, s.id, '云政公复〔2026〕' || s.id || '号', 'G2', '-',"
    " '{{}}', '-', d.replied, d.replied_at, 1" + _FROM + _NAMED + f" WHERE NOT {_OPEN}",
    # timers of the open ones that wait for the applicant or for a consultation
    "INSERT INTO timer (case_id, token, element, clock, due_on, opened_at)"
    " SELECT s.id, 'timer', 'correction_expired', 'correction', d.due, d.arrived_at"
    + _FROM
    + f" WHERE {_OPEN} AND {_STATUS} <> 'running'",
    # grams, as engine/cases/search.py makes them: of the subject, of the applicant, of the number
    *(
        f"INSERT INTO case_gram (gram, case_id) SELECT DISTINCT substr(c.{column}, g.n, 2), c.id FROM {{series}}"
        " JOIN case_file c ON c.id = s.id"
        f" JOIN load_text g ON g.kind = 'place' AND g.n BETWEEN 1 AND length(c.{column}) - 1"
        for column in ("subject", "applicant_name")
    ),
    "INSERT INTO case_gram (gram, case_id) SELECT substr('2026-' || s.id, 1, g.n), s.id FROM {series}"
    " JOIN load_text g ON g.kind = 'place' AND g.n BETWEEN 6 AND length('2026-' || s.id)",
    "INSERT INTO case_gram (gram, case_id) SELECT CAST(s.id AS VARCHAR(10)), s.id FROM {series}",
)

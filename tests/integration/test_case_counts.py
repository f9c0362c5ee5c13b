"""The counts that every command keeps are those of reading all cases, whatever has been done to the cases."""

import json
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from engine.cases.annual import annual_table3, count_anew, counts_agree
from engine.cases.case_counts import kept, scanned
from engine.cases.corrections import strike_event
from engine.cases.errors import Refusal
from engine.cli.db import db
from engine.cli.report import report
from engine.statute.returns import Applicant
from engine.store import migrate
from tests.office import ROOT, STRAIGHT, Office

Act = Callable[[Office, Random, list[int]], None]


def _register(office: Office, pick: Random, cases: list[int]) -> None:
    applicant = pick.choice(
        (
            {"kind": "natural_person"},
            {"kind": "organisation", "category": "科研机构", "contact_person": "周敏", "name": "云岭县农业研究所"},
        )
    )
    channel = pick.choice(("in_person", "ordinary_mail"))
    drill = {"drill": "1"} if pick.random() < 0.2 else {}
    cases.append(office.register(channel=channel, **applicant, **drill).case_id)


def _go_on(office: Office, pick: Random, cases: list[int]) -> None:
    case = pick.choice(cases)
    for _step in range(pick.randint(1, 9)):
        waiting = office.waiting(case)
        if not waiting:
            return
        office.do(waiting[0], case=case, **STRAIGHT.get(waiting[0], {}))


def _withdraw(office: Office, pick: Random, cases: list[int]) -> None:
    office.act("withdraw", pick.choice(cases))


def _strike(office: Office, pick: Random, cases: list[int]) -> None:
    case = pick.choice(cases)
    seq = pick.randint(1, len(office.ledger(case)))
    day = pick.choice((None, date.fromisoformat(office.clock.today)))
    strike_event(office.desk, office.people["supervisor"], case, seq, "登记错了", corrected_on=day)


def _later(office: Office, pick: Random, cases: list[int]) -> None:
    office.clock.forward(days=pick.randint(1, 60))


ACTS: tuple[Act, ...] = (_register, _register, _go_on, _go_on, _go_on, _withdraw, _strike, _later)


@pytest.mark.parametrize("seed", range(3))
def test_the_counts_kept_are_those_of_all_cases(office: Office, seed: int) -> None:
    pick, cases = Random(seed), list[int]()
    _register(office, pick, cases)
    done = 0
    for _ in range(24):
        try:
            pick.choice(ACTS)(office, pick, cases)
            done += 1
        except Refusal:
            pass  # what the office may not do just now changes no figure either
        with office.desk.reading() as session:
            assert kept(session) == scanned(session, office.desk.zone)
    assert done > 12


def test_the_table_of_a_year_is_read_from_the_counts(office: Office) -> None:
    answered, withdrawn = office.register().case_id, office.register().case_id
    office.register(drill="1")
    office.register(kind="organisation", category="科研机构", name="云岭县农业研究所", contact_person="周敏")
    office.advance(answered)
    office.act("withdraw", withdrawn)
    office.do("withdrawal_note", case=withdrawn)
    found = annual_table3(office.desk, office.people["disclosure_head"], 2026)
    assert found.faults == ()
    person, institute = Applicant.NATURAL_PERSON, Applicant.RESEARCH_INSTITUTION
    assert found.table["received"] == {person: 2, institute: 1}
    assert found.table["granted"] == {person: 1}
    assert found.table["other_3"] == {person: 1}
    assert found.table["carried_out"] == {person: 0, institute: 1}
    later = annual_table3(office.desk, None, 2027)
    assert later.table["carried_in"] == {person: 0, institute: 1}
    assert "received" not in later.table or not later.table["received"]


def test_counts_are_mended_by_counting_anew(office: Office) -> None:
    office.advance(office.register().case_id)
    with office.desk.sessions.engine.begin() as connection:
        connection.execute(text("UPDATE case_count SET cases = 7"))
        connection.execute(text("UPDATE case_file SET counted = NULL"))
    assert not counts_agree(office.desk)
    assert count_anew(office.desk) == 1
    assert counts_agree(office.desk)
    office.register()
    common = ["--config", str(ROOT / "config.toml"), "--database-url", office.desk.settings.database_url]
    assert "一致" in CliRunner().invoke(report, ["recount", *common]).stdout
    told = json.loads(CliRunner().invoke(report, ["table3", "--year", "2026", "--json", *common]).stdout)
    assert told["received"]["total"] == 2
    assert told["granted"]["natural_person"] == told["total"]["total"] == told["carried_out"]["total"] == 1
    assert told["faults"] == []


def test_an_upgrade_counts_the_cases_that_were_there(office: Office) -> None:
    office.advance(office.register().case_id)
    office.register()
    url = office.desk.settings.database_url
    office.desk.sessions.engine.dispose()
    migrate.downgrade(url, "0001")
    done = CliRunner().invoke(db, ["upgrade", "--config", str(ROOT / "config.toml"), "--database-url", url])
    assert done.exit_code == 0, done.output
    assert counts_agree(office.desk)
    with office.desk.reading() as session:
        found = {key.what: cases for key, cases in kept(session).items()}
    assert found == {"received": 2, "concluded": 1, "came": 2, "replied": 1}

"""`yishen deadline` with an office's configuration and database."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli.app import yishen
from engine.store.session import Sessions, open_engine
from engine.store.tables import Agency, HolidayNotice

CONFIG = Path(__file__).parents[2] / "config.toml"
CASE = {"events": [{"type": "submit", "channel": "in_person", "date": "2026-12-10"}]}


def deadline(*options: str) -> Result:
    return CliRunner().invoke(yishen, ["deadline", "--json", *options, "-"], input=json.dumps(CASE))


def import_notice(database_url: str) -> None:
    engine = open_engine(database_url)
    with Sessions(engine).write() as session:
        agency = Agency(code="yunling", name="云岭县人民政府")
        session.add(agency)
        session.flush()
        session.add(
            HolidayNotice(
                agency_id=agency.id,
                year=2027,
                paper="国办发明电〔2026〕9号",
                rest_days=["2027-01-01", "2027-01-02", "2027-01-03"],
                make_up_days=["2027-01-09"],
                names={},
                imported_at=datetime(2026, 11, 20, tzinfo=UTC),
            )
        )
    engine.dispose()


def test_an_imported_notice_makes_the_date_firm(database_url: str) -> None:
    options = ("--config", str(CONFIG), "--database-url", database_url)
    before = deadline(*options)
    assert before.exit_code == 0, before.stderr
    assert json.loads(before.stdout)["reply_due"] == "INDETERMINATE"
    import_notice(database_url)
    found = deadline(*options)
    assert found.exit_code == 0, found.stderr
    out = json.loads(found.stdout)
    assert out["reply_due"] == "2027-01-08"
    assert "must_flag" not in out
    local = json.loads(deadline(*options, "--policy", "extra_rest_days=2027-01-08").stdout)
    assert date.fromisoformat(local["reply_due"]) == date(2027, 1, 9)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_read_is_named_in_one_line(url: str) -> None:
    result = deadline("--config", str(CONFIG), "--database-url", url)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_a_database_without_tables_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    result = deadline("--config", str(CONFIG), "--database-url", f"sqlite:///{tmp_path}/empty.db")
    assert result.exit_code == 2
    assert "make setup" in result.stderr

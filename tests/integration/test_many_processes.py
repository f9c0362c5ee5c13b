"""Two processes on one database: what one changes, the other sees with its next request."""

import hashlib
import json
import subprocess
import sys
from datetime import date

import pytest

from engine.cases.accounts import account_named, change_account, set_active
from engine.cases.calendar_change import apply_import
from engine.cases.errors import Refusal
from engine.cases.login import authenticate
from engine.cases.migration import migrate
from engine.cases.template_versions import add_template, read_template, use_template
from engine.cases.versions import register_folders
from tests.changed import Changed
from tests.integration.test_calendar_change import notice_2027
from tests.office import ROOT, open_office
from tests.paper import edited_docx


@pytest.fixture
def office(database_url, tmp_path):
    office = open_office(database_url, tmp_path / "var")
    office.register()
    yield office
    office.desk.sessions.engine.dispose()


@pytest.fixture
def other(office, database_url, tmp_path):
    """Call it for what the other process sees now."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.other_process", database_url, str(tmp_path / "var")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask():
        process.stdin.write("look\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield ask
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_other_process_sees_every_change_at_once(office, other, tmp_path):
    desk, people = office.desk, office.people
    before = other()
    assert before["works_2027_01_10"] is False
    assert before["roles"]["handler"] == ["handler"]
    assert before["handler_at_work"] == 200
    assert before["leader_logs_in"] == 303
    assert before["case_page"] is False

    apply_import(desk, people["admin"], notice_2027())
    assert other()["works_2027_01_10"] is True, "10 January 2027 is worked by the notice"
    assert date(2027, 1, 10).weekday() == 6

    shipped = read_template(desk, people["legal"], "L-03", None)[1]
    changed = edited_docx(shipped, "特此告知。", "专此告知，顺致敬意。")
    add_template(desk, people["legal"], "L-03", "补正告知书.docx", changed, "语气")
    assert other()["template"] == hashlib.sha256(changed).hexdigest()
    use_template(desk, people["legal"], "L-03", None)
    assert other()["template"] == before["template"] == hashlib.sha256(shipped).hexdigest()

    copy = Changed(tmp_path / "changed")
    copy.rename("completeness", "完整性和管辖审查")
    (new,) = register_folders(desk, [copy.folder])
    seen = other()
    assert (seen["current"], seen["step"]) == (new, "完整性审查"), "new cases only"
    migrate(desk, None, before["current"], new)
    seen = other()
    assert (seen["step"], seen["case_page"]) == ("完整性和管辖审查", True)

    row = account_named(desk, "unit2")
    change_account(
        desk, people["admin"], row.id, name=row.name, roles=["unit", "unit_head"], unit_id=people["unit2"].unit_id
    )
    assert other()["roles"]["unit2"] == ["unit", "unit_head"]

    for _ in range(desk.settings.security.lock_after):
        with pytest.raises(Refusal):
            authenticate(desk, "leader", "Qingshi-falsch-9")
    assert other()["leader_logs_in"] == 401, "locked here, locked there, also with the right password"

    set_active(desk, people["admin"], people["handler"].id, False)
    seen = other()
    assert "handler" not in seen["roles"]
    assert seen["handler_at_work"] == 303, "the open session is sent to the login page"

"""Another web process of the same office: it says what it sees whenever it is asked.

python -m tests.integration.other_process DATABASE_URL FOLDER
"""

import hashlib
import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

from engine.cases.access import find_case
from engine.cases.calendars import calendar_of
from engine.cases.definitions import current_definition, load_definition
from engine.cases.desk import Desk
from engine.cases.login import present
from engine.cases.template_versions import template_in_use
from engine.store.files import FileStore
from engine.store.tables import Account
from letters.catalog import load
from tests.office import PASSWORD, Clock, office_settings
from webui.app import create_app


def log_in(client: Any, username: str) -> int:
    page = client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = client.post("/login", data={"csrf_token": token, "username": username, "password": PASSWORD})
    status: int = answer.status_code
    return status


def seen(desk: Desk, client: Any) -> dict[str, Any]:
    with desk.reading() as session:
        account = session.get(Account, 1)
        calendar = calendar_of(session, account.agency_id, desk.settings)
        held = {row.id: row.session_epoch for row in session.query(Account)}
        template = template_in_use(session, account.agency_id, load()["L-03"], FileStore(desk.files))
        current = current_definition(session, desk.library, "disclosure_request")
        people = {id_: present(desk, id_, epoch) for id_, epoch in held.items()}
        handler = next(one.actor for one in people.values() if one is not None and one.username == "handler2")
        case = find_case(session, handler, 1)
        step = load_definition(session, desk.library, case.definition_digest).steps["completeness"]
    return {
        "works_2027_01_10": calendar.is_working_day(date(2027, 1, 10)),
        "template": hashlib.sha256(template).hexdigest(),
        "current": current.digest,
        "step": step.name,
        "roles": {one.username: sorted(one.actor.roles) for one in people.values() if one is not None},
        "handler_at_work": client.get("/work").status_code,
        "leader_logs_in": log_in(client.application.test_client(), "leader"),
        "case_page": "完整性和管辖审查" in client.get("/cases/1").text,
    }


def main(url: str, folder: Path) -> None:
    app = create_app(office_settings(url, folder), Clock())
    client = app.test_client()
    assert log_in(client, "handler") == 303
    for _asked in sys.stdin:
        print(json.dumps(seen(app.extensions["yishen_desk"], client)), flush=True)  # noqa: T201 - it answers so


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

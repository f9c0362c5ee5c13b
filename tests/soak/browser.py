"""An officer in front of a browser: real HTTP to whichever of the web processes is up."""

import http.client
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from tests.office import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Unanswered(Exception):
    """The process died or the connection broke: what was sent may have been done or not."""


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    text: str
    location: str = ""


class Browser:
    """One person's visit; cookies and CSRF token are carried along, as a browser does."""

    def __init__(self, username: str, ports: Sequence[int]) -> None:
        """`ports`: of the web processes; each request goes to any of them, as behind a proxy."""
        self.username, self.ports = username, ports
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> Page:
        """Open a page. Raises Unanswered."""
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, Any]) -> Page:
        """Hand in a form. Raises Unanswered."""
        if not self.token:
            self.log_in()
        page = self._ask("POST", path, {"csrf_token": self.token, **flat(fields)})
        if page.status == 303 and "/login" in page.location:
            self.token = ""
            raise Unanswered
        return page

    def log_in(self) -> None:
        """Begin the visit anew. Raises Unanswered."""
        self.cookies.clear()
        self._read_token(self._ask("GET", "/login"))
        fields = {"csrf_token": self.token, "username": self.username, "password": PASSWORD}
        page = self._ask("POST", "/login", fields)
        self.token = ""
        if page.status != 303:
            raise Unanswered
        self._read_token(self._ask("GET", "/password"))

    def _read_token(self, page: Page) -> None:
        found = _TOKEN.search(page.text)
        if found is None:
            raise Unanswered
        self.token = found[1]

    def _ask(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Page:
        port = random.choice(self.ports)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Referer"] = f"http://127.0.0.1:{port}{path}"
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields, doseq=True).encode()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return Page(answer.status, text, answer.headers.get("Location") or "")


def flat(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as a form sends them: the cells of a table one by one."""
    fields: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                fields.update({f"{name}-{number}-{column}": cell for column, cell in row.items()})
        elif value is not None and value != []:
            fields[name] = value
    return fields

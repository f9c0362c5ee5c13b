"""The told stories of the demonstration office, for tests to look at."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.cases.casepage import CasePage, case_page
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk, open_desk
from engine.cases.letters_desk import read_letter
from engine.cases.own_letters import catalog_for
from engine.demo.loading import tell
from engine.demo.stories import Story, all_stories, office_book
from engine.statute.decisions import RemedyType
from engine.store.files import FileStore
from engine.store.tables import Account, Case, CaseEvent, Document, InboxMessage, LegalEvent, Letter, WorkItem
from letters.catalog import Catalog
from letters.lint import lint
from letters.plain_text import lines
from tests.office import office_settings

ZONE = ZoneInfo("Asia/Shanghai")
# After the last worked request has been archived.
AFTER_ALL = datetime(2027, 1, 12, 10, 0, tzinfo=ZONE)

# Fields of letters that repeat what the applicant or a third party wrote.
THEIR_WORDS = ("subject", "reasons_given", "third_party_opinion")


@dataclass
class Told:
    """An office in which stories have been told; `cases` maps story id to case id."""

    desk: Desk
    cases: dict[str, int]
    _pages: dict[str, CasePage] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """One of the demonstration office's people."""
        with self.desk.reading() as session:
            account = session.scalar(select(Account).where(Account.username == username))
            roles = frozenset(held.role for held in account.roles)
            return Actor(account.id, account.name, account.agency_id, account.unit_id, roles)

    def rows(self, query: Any) -> list[Any]:
        """What a query over single entities finds."""
        with self.desk.reading() as session:
            return list(session.scalars(query))

    def case(self, story: str) -> Case:
        return self.rows(select(Case).where(Case.id == self.cases[story]))[0]

    def page(self, story: str) -> CasePage:
        """The case's page as its handler sees it."""
        if story not in self._pages:
            self._pages[story] = case_page(self.desk, self.actor("handler"), self.cases[story])
        return self._pages[story]

    def ledger(self, story: str) -> list[LegalEvent]:
        return self.rows(select(LegalEvent).where(LegalEvent.case_id == self.cases[story]).order_by(LegalEvent.seq))

    def on(self, story: str, type_: str) -> list[str]:
        """Days of the case's legal events of one type."""
        return [row.on.isoformat() for row in self.ledger(story) if row.type == type_]

    def letters(self, story: str, code: str | None = None) -> list[Letter]:
        found = self.rows(select(Letter).where(Letter.case_id == self.cases[story]).order_by(Letter.id))
        return [one for one in found if code in (None, one.code)]

    def letter_text(self, story: str, code: str) -> str:
        """The newest letter of this code, as a reader meets it, in one line."""
        letter = self.letters(story, code)[-1]
        return "".join(lines(FileStore(self.desk.files).read(letter.docx_sha256)))

    def audit(self, story: str, *actions: str) -> list[CaseEvent]:
        query = select(CaseEvent).where(CaseEvent.case_id == self.cases[story], CaseEvent.action.in_(actions))
        return self.rows(query.order_by(CaseEvent.seq))

    def work(self, story: str, element: str) -> list[WorkItem]:
        mine = (WorkItem.case_id == self.cases[story], WorkItem.element == element)
        return self.rows(select(WorkItem).where(*mine).order_by(WorkItem.id))

    def messages(self, story: str, username: str) -> list[InboxMessage]:
        mine = (InboxMessage.case_id == self.cases[story], InboxMessage.account_id == self.actor(username).id)
        return self.rows(select(InboxMessage).where(*mine).order_by(InboxMessage.id))

    def papers(self, story: str) -> list[tuple[str, str]]:
        """Kind and file name of the documents on file."""
        found = self.rows(select(Document).where(Document.case_id == self.cases[story]).order_by(Document.id))
        return [(one.kind, one.filename) for one in found]

    def answers(self, story: str, title: str) -> dict[str, str]:
        """What was last filled in under a form's title, label by label."""
        return dict([one for one in self.page(story).answered if one.title == title][-1].answers)

    def findings(self) -> list[tuple[int, str, str]]:
        """What the lint says of the letters issued: case, code, finding. Other people's words are left out."""
        found = []
        for letter in self.rows(select(Letter).order_by(Letter.id)):
            quoted = [letter.fields[name] for name in THEIR_WORDS if letter.fields.get(name)]
            text = lines(read_letter(self.desk, self.actor("handler"), letter.id)[1])
            remedy, catalog = RemedyType(letter.remedy), self.catalog_of(letter)
            said = lint(text, catalog[letter.code], remedy=remedy, dated=letter.dated_on, quoted=quoted)
            found += [(letter.case_id, letter.code, str(one)) for one in said]
        return found

    def catalog_of(self, letter: Letter) -> Catalog:
        """The catalogue that the letter is in: its case type's own, or the office's."""
        case = self.rows(select(Case).where(Case.id == letter.case_id))[0]
        with self.desk.reading() as session:
            definition = load_definition(session, self.desk.library, case.definition_digest)
        return catalog_for(self.desk, definition, letter.code)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(ZONE).date()


def tell_stories(database_url: str, folder: Path, stories: Iterable[str], at: datetime = AFTER_ALL) -> Told:
    """Tell some stories in an empty, migrated database. Dispose of `desk.sessions.engine` afterwards."""
    desk = open_desk(office_settings(database_url, folder))
    wanted = set(stories)
    return Told(desk, dict(tell(desk, [story for story in all_stories() if story.id in wanted], at)))


def worked() -> list[Story]:
    """The stories at their own dates, R01 to R21 and the thirteen that R20 counts."""
    return [story for story in all_stories() if story.on[:1] == "2"]


PASSWORD = office_book()["password"]

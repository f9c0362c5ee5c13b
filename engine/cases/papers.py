"""Internal papers and forms (L-01, L-16a … L-16e, F-01 … F-05): made from what the case holds now, never stored.

What is signed by hand comes back as a scan; an issued letter is never made here.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.flow import Turn
from engine.cases.paper_sources import paper_sources
from engine.cases.permissions import Permission, permits, require
from engine.cases.steps import open_turn
from engine.statute.said import said
from engine.store.tables import Letter
from letters import render
from letters.catalog import Entry, load
from letters.fields import FieldFault, collect, missing
from letters.templates import TemplateFault

APPLICATION_FORM = "F-05"
# These concern one letter; without one named, the newest.
_OF_A_LETTER = frozenset({"F-01", "F-08", "L-16e"})


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper in the menu of a case: `wants` names what the case does not hold yet; empty when it can be made.

    `of_letter`: it belongs to one letter (envelope, proof of service).
    """

    code: str
    title: str
    when: str
    wants: str
    of_letter: bool


def papers(desk: Desk, actor: Actor, case_id: int) -> tuple[PaperLine, ...]:
    """The papers that the actor may make for a case. Raises NotFound."""
    with desk.reading() as session:
        turn = open_turn(desk, session, find_case(session, actor, case_id), actor.author)
        sources = paper_sources(turn, _letter(session, turn, None))
        lines = []
        reveals = permits(actor, Permission.CASES_PERSONAL_REVEAL)
        for entry in load().letters.values():
            if entry.paper and entry.to in {"file", "post"} and (reveals or not entry.personal):
                absent = missing(entry, collect(entry, sources))
                wants = "、".join(one.label for one in absent)
                lines.append(PaperLine(entry.code, entry.title, entry.when, wants, entry.code in _OF_A_LETTER))
        return tuple(lines)


def case_paper(desk: Desk, actor: Actor, case_id: int, code: str, letter_id: int | None = None) -> bytes:
    """A paper of the case as .docx. `letter_id`: the letter that an envelope or a proof of service belongs to.

    One that shows masked data needs the permission to reveal them and goes into the audit trail. Raises NotFound,
    NotPermitted, and Refusal naming what the case does not hold yet.
    """
    entry = load().letters.get(code)
    if entry is None or not entry.paper or entry.to == "office":
        raise NotFound("没有这种内部文书。")

    def make(session: Session) -> bytes:
        turn = open_turn(desk, session, find_case(session, actor, case_id), actor.author)
        content = _made(turn, entry, _letter(session, turn, letter_id))
        if entry.personal:
            turn.record("paper", data={"code": entry.code, "name": entry.name})
        return content

    if entry.personal:
        require(actor, Permission.CASES_PERSONAL_REVEAL)
        return desk.write(make)
    with desk.reading() as session:
        return make(session)


def blank_form(desk: Desk, actor: Actor) -> bytes:
    """The application form (申请表) that the office hands out, empty, as .docx."""
    require(actor, Permission.CASES_CASE_REGISTER)
    entry = load()[APPLICATION_FORM]
    sources = {f"office.{name}": value for name, value in desk.settings.office.model_dump().items()}
    return render.render(entry.code, collect(entry, sources), load())


def _letter(session: Session, turn: Turn, letter_id: int | None) -> Letter | None:
    query = select(Letter).where(Letter.case_id == turn.case.id, Letter.voided_at.is_(None))
    if letter_id is None:
        return session.scalar(query.where(Letter.code != "L-02").order_by(Letter.id.desc()).limit(1))
    found = session.scalar(query.where(Letter.id == letter_id))
    if found is None:
        raise NotFound("没有找到这份文书，或者它已经作废。")
    return found


def _made(turn: Turn, entry: Entry, letter: Letter | None) -> bytes:
    if letter is None and entry.code in _OF_A_LETTER:
        raise Refusal(said("本件还没有出具文书，不能生成《%(name)s》。", name=entry.name))
    try:
        return render.render(entry.code, collect(entry, paper_sources(turn, letter)), load())
    except (FieldFault, TemplateFault) as error:
        raise Refusal(str(error)) from error

"""A slip in a letter that is already out: a new letter says what was wrong; the old one stays as it is."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.issuing import issue, letter_entry, printed_name
from engine.cases.permissions import Permission, require
from engine.cases.steps import open_turn
from engine.statute.said import said
from engine.store.tables import CaseItem, Letter

AMENDMENT = "L-17"
_LIMIT = 20


def correct_letter(desk: Desk, actor: Actor, letter_id: int, amendments: Sequence[tuple[str, str]], reason: str) -> int:
    """Issue a notice that corrects slips of an issued letter, citing its number; returns the new letter's id.

    `amendments` are pairs (words as they stand, words as they should be). What changes the decision itself is no slip:
    it needs a new reply. Raises NotFound, and Refusal for a voided or unnumbered letter or without any amendment.
    """
    require(actor, Permission.LETTERS_LETTER_VOID)
    pairs = [(wrong.strip(), right.strip()) for wrong, right in amendments if wrong.strip() or right.strip()]
    if not pairs:
        raise Refusal("请至少填写一处更正内容。")
    if any(not wrong or not right for wrong, right in pairs):
        raise Refusal("每一处更正都要同时写明原文和更正后的内容。")
    if len(pairs) > _LIMIT:
        raise Refusal(said("一份更正通知书最多更正 %(limit)s 处；更正过多的，应当重新作出文书。", limit=_LIMIT))

    def work(session: Session) -> int:
        letter = session.scalar(select(Letter).where(Letter.id == letter_id))
        if letter is None:
            raise NotFound("没有找到这份文书，或者您无权查看。")
        case = find_case(session, actor, letter.case_id)
        if letter.voided_at is not None:
            raise Refusal(said("《%(name)s》已经作废，不需要更正。", name=letter.name))
        if letter.number is None or letter.code == AMENDMENT:
            raise Refusal(
                said("《%(name)s》没有文号或者本身是更正通知书，不能另行更正；请重新出具。", name=letter.name)
            )
        turn = open_turn(desk, session, case, actor.author)
        item = session.get(CaseItem, letter.item_id) if letter.item_id else None
        given = {
            "given.amendments": [{"wrong": wrong, "right": right} for wrong, right in pairs],
            "given.reason": reason.strip() or None,
            "letter.name": printed_name(turn, letter),
            "letter.number": letter.number,
            "letter.dated_on": letter.dated_on,
            "letter.recipient": letter.addressee,
        }
        return issue(turn, letter_entry(turn, AMENDMENT), item, letter, given).id

    return desk.write(work)

"""Three policy documents of the demonstration: straight through, returned as an excerpt, urgent and overdue."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from engine.cases.casepage import case_page
from engine.cases.in_force import in_force
from engine.cases.signing import signatures_of
from engine.cases.similarity import similarity
from engine.cases.texts import text_of
from engine.store.files import FileStore
from engine.store.tables import Document
from tests.told import ZONE, Told, tell_stories

LOADED = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, sqlite_template) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("interpretations")
    database = folder / "yishen.db"
    database.write_bytes(sqlite_template.read_bytes())
    told = tell_stories(f"sqlite:///{database}", folder / "var", ("I01", "I02", "I03", "I04", "I05"), LOADED)
    yield told
    told.desk.sessions.engine.dispose()


def test_one_goes_straight_through_and_is_explained_again(told: Told) -> None:
    case = told.case("I01")
    assert (case.in_time, case.archived_at is not None) == (True, True)
    assert [row.type for row in told.ledger("I01")] == [
        "policy_published",
        "interpretation_published",
        "follow_up_ordered",
        "follow_up_published",
    ]
    assert [one.code for one in told.letters("I01")] == ["P-02", "P-01", "P-03", "P-04", "P-05"]
    assert "此件公开发布" in told.letter_text("I01", "P-04")
    assert "政策文件、解读方案、解读材料一并签发" in told.letter_text("I01", "P-03")


def test_one_is_returned_because_its_material_is_an_excerpt(told: Told) -> None:
    returned = [one.outcome for one in told.work("I02", "disclosure_review")]
    assert returned == ["退回修改", "要素齐备，送领导签发"]
    versions = shares(told, "I02")
    assert versions[0] >= 70
    assert versions[1] < 30
    with told.desk.reading() as session:
        signed = signatures_of(session, told.cases["I02"])
        assert [one.superseded_at is None for one in signed] == [False, True, True, True]
        assert [one.signer_name for one in signed[2:]] == ["何志明", "段云峰"]
        assert {paper["sha256"] for paper in signed[-1].papers} == {
            one.sha256 for one in in_force(session, told.cases["I02"], ["policy_document", "plan", "material"])
        }


def shares(told: Told, story: str) -> list[int]:
    """How much of each version of the material stands in the policy document, in per cent."""
    with told.desk.reading() as session:
        files = FileStore(told.desk.files)
        papers = list(session.query(Document).filter_by(case_id=told.cases[story]).order_by(Document.id))
        texts = {one.id: text_of(files, one).lines for one in papers}
    source = [line for one in papers if one.kind == "policy_document" for line in texts[one.id]]
    return [similarity(texts[one.id], source).percent for one in papers if one.kind == "material"]


def test_one_was_released_urgently_and_is_overdue(told: Told) -> None:
    page = case_page(told.desk, told.actor("supervisor"), told.cases["I03"])
    assert page.light.light == "overdue"
    assert [one.step for one in page.lanes[0].signatures] == ["先行公布审批"]
    assert page.lanes[0].published_at is not None
    assert [one.name for one in page.waiting] == ["编写解读材料"]
    assert any("补发解读期限" in one.text for one in told.messages("I03", "supervisor"))


def test_good_materials_are_not_taken_for_excerpts(told: Told) -> None:
    assert all(share < 30 for story in ("I01", "I04") for share in shares(told, story))


def test_one_waits_for_the_leader_with_all_three_in_hand(told: Told) -> None:
    page = case_page(told.desk, told.actor("leader"), told.cases["I04"])
    assert [(one.name, one.mine) for one in page.waiting] == [("领导一并签发", True)]
    assert [len(lane.documents) for lane in page.lanes] == [1, 1, 1]


def test_one_was_given_up_and_archived(told: Told) -> None:
    case = told.case("I05")
    assert (case.in_time, case.archived_at is not None) == (None, True)
    assert told.ledger("I05") == []
    assert [one.outcome for one in told.work("I05", "stop_approval")] == ["同意停止制发"]

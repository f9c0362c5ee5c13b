"""The catalogue answers every decision, and its field contract is written down."""

from pathlib import Path

import pytest

from engine.statute.decisions import DECISIONS, DecisionError, Evidence, RemedyType, letter_code
from letters import field_table
from letters.catalog import HERE, CatalogFault, load

ROOT = Path(__file__).parents[3]
LETTERS = [f"A-{n:02}" for n in range(1, 22)] + [f"L-{n:02}" for n in (*range(2, 16), 17)]
PAPERS = ["L-01", *(f"L-16{part}" for part in "abcde"), *(f"F-{n:02}" for n in range(1, 9))]


def test_the_letter_set_is_complete():
    assert sorted(load().letters) == sorted(LETTERS + PAPERS)
    assert [entry.code for entry in load().letters.values() if entry.paper] == sorted(
        PAPERS, key=list(load().letters).index
    )


@pytest.mark.parametrize("decision", DECISIONS.values(), ids=lambda decision: decision.code)
def test_every_decision_has_its_letter(decision):
    for ground in decision.grounds or (None,):
        entry = load().letter_for(decision.code, ground)
        assert entry.code == letter_code(decision.code, ground)
        assert decision.code in entry.decisions


def test_a_decision_that_needs_a_ground_says_which():
    with pytest.raises(DecisionError, match="trade_secret"):
        load().letter_for("R4")


def test_an_unknown_letter_is_named():
    with pytest.raises(CatalogFault, match="B-01"):
        load()["B-01"]


def test_replies_and_notices_have_a_series_and_the_receipt_has_none():
    catalog = load()
    assert {entry.series for code, entry in catalog.letters.items() if code.startswith("A-")} == {"reply"}
    assert catalog["L-02"].series is None
    assert catalog["L-07"].series is None
    assert catalog["L-05"].series == "notice"
    assert catalog.series["reply"].mark != catalog.series["notice"].mark


def test_remedies_and_evidence_follow_the_decision():
    catalog = load()
    assert catalog["A-11"].remedy("R6") is RemedyType.RF
    assert catalog["A-04"].remedy("P1") is RemedyType.SPLIT
    assert catalog["A-14"].remedy("N1") is RemedyType.CH
    assert catalog["L-14"].remedy("O2") is RemedyType.CH
    assert catalog["L-14"].remedy("O1") is RemedyType.NONE
    assert catalog["L-05"].remedy(None) is RemedyType.NONE
    assert Evidence.SEARCH_RECORD in catalog["A-14"].evidence("N1", "not_found")
    assert Evidence.CLASSIFICATION_BASIS in catalog["A-04"].evidence("P1", "R1")
    assert catalog["L-05"].evidence(None) == ()


def test_a_paper_is_never_numbered_and_every_entry_says_how_long_it_is_kept():
    for entry in load().letters.values():
        assert entry.retention_years >= 10, entry.code
        if entry.paper:
            assert (entry.series, entry.serves, entry.own_remedy) == (None, (), RemedyType.NONE), entry.code


def test_a_refused_correction_of_records_tells_the_remedies_and_a_granted_one_does_not():
    entry = load()["L-15"]
    assert entry.remedy(None, {"record_outcome": "declined"}) is RemedyType.CH
    assert entry.remedy(None, {"record_outcome": "corrected"}) is RemedyType.NONE


def test_no_paper_prints_the_whole_number_of_an_identity_paper():
    assert not [field for entry in load().letters.values() for field in entry.fields if "id_number" in field.source]


def test_a_third_party_is_not_told_who_asked_and_the_applicant_not_who_was_asked():
    catalog = load()
    for code in ("L-06", "L-07", "L-09", "L-10"):
        assert not [field.name for field in catalog[code].fields if field.source.startswith("party.applicant")]
    assert not [field.name for field in catalog["L-08"].fields if field.source == "item.name"]


def test_every_source_is_one_that_the_documentation_names():
    known = {"office", "case", "party", "answer", "item", "clock", "fee", "issue", "remedies"}
    known |= {"flow", "file", "letter", "service", "given", "print", "severed"}
    sources = {field.source for entry in load().letters.values() for field in entry.fields}
    assert {source.split(".")[0] for source in sources} == known


def test_documentation_carries_the_field_tables_of_the_catalogue():
    page = (ROOT / "docs" / "letters.md").read_text(encoding="utf-8")
    table = "\n".join(field_table.lines(load()))
    assert table in page, "run `python -m letters.field_table` and put its output into docs/letters.md"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('fields = ["locator"]', 'fields = ["nowhere"]', "A-01: unknown field nowhere"),
        ('serves = ["G2"]', 'serves = ["G1"]', "A-01: decision G1 is answered by A-02"),
        ('serves = ["G2"]', 'serves = ["X9"]', "A-01: .*X9"),
        ('code = "A-02"', 'code = "A-01"', "A-01"),
        ('kind = "clock_date"', 'kind = "moon_date"', "unknown kind 'moon_date'"),
        ('series = "reply"', 'series = "other"', "unknown series other"),
        ('fields = ["locator"]', 'fields = ["locator", "locator"]', "A-01: a field is listed twice"),
        ("[series.reply]", "[series.reply", "catalog.toml"),
    ],
)
def test_a_contradiction_in_the_catalogue_is_named(tmp_path, old, new, named):
    text = (HERE / "catalog.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "catalog.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogFault, match=named):
        load(tmp_path)

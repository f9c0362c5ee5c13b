"""Document numbers: agency mark, year in hexagonal brackets, running number without leading zeros."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.numbering import DocumentNumber, document_number, parse


def test_a_number_reads_as_the_standard_has_it():
    assert document_number("云政公复", 2026, 12) == "云政公复〔2026〕12号"


@pytest.mark.parametrize(
    "text",
    [
        "云政公复〔2026〕012号", "云政公复[2026]12号", "云政公复（2026）12号", "云政公复〔2026〕第12号",
        "云政公复〔26〕12号", "〔2026〕12号", "云政公复〔2026〕0号", "云政公复〔2026〕12", "云政公复〔2026〕12号附1",
        "",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_number_is_refused(text):
    with pytest.raises(ValueError, match="文号"):
        parse(text)


@pytest.mark.parametrize(
    ("mark", "year", "n"), [("", 2026, 1), ("云政", 2026, 0), ("云政", 26, 1), ("云〔政", 2026, 1)]
)
def test_a_wrong_part_makes_no_number(mark, year, n):
    with pytest.raises(ValueError, match="文号"):
        document_number(mark, year, n)


@given(st.integers(1000, 2999), st.integers(1, 9_999_999))
def test_formatting_and_parsing_agree(year, n):
    number = DocumentNumber("云政公复", year, n)
    assert parse(str(number)) == number

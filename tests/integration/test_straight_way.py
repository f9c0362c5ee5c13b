"""A request from the counter to the archive, every step done by a person who holds that one role."""


def test_a_request_goes_from_registration_to_the_archive(office):
    case = office.register(subject="青石街改造工程批复").case_id
    assert office.waiting(case) == ["completeness"]
    office.advance(case)
    assert office.waiting(case) == []
    assert office.ledger(case) == ["submit", "reply_dated", "reply_signed_personally", "reply_delivered"]
    filed = office.case(case)
    assert (filed.clock_status, filed.in_time, filed.state) == ("replied", True, None)
    assert filed.archived_at == office.clock()
    assert office.inbox("handler") == ["2026-0001：归档，待办理。"]

"""Art. 35: the notice that asks for reasons opens with what the system has counted of the applicant's requests."""


def test_the_notice_opens_with_the_applicants_own_counts(office):
    office.clock.on("2026-08-20")
    office.register()
    office.clock.on("2026-09-16")
    for _ in range(2):
        office.register()
    office.register(name="江月华", id_number="云0002")
    office.register(drill="1")
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="reasons")
    office.clock.on("2026-09-18")
    opened, handler = office.open("reasons_draft", case=case)
    counted = "2026年9月1日至9月18日，您共提出申请3件；2026年以来，您共提出申请4件。"
    assert opened.values["request_counts"] == counted
    office.hand_in(opened, handler, request_counts=counted + "其中3件内容相同。")
    office.do("reasons_issue", case=case, outcome="return", return_reason="请补充。")
    opened, _handler = office.open("reasons_draft", case=case)
    assert opened.values["request_counts"].endswith("其中3件内容相同。")  # what was written stands above the count

"""The processing fee: whoever records the payment reads what is due."""


def test_the_payment_form_names_the_sum_that_was_charged(office, logged_in):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, request_kind="information", outcome="handle")
    office.do("plan", case=case, outcome="fee")
    office.do("fee_draft", case=case, fee_mode="per_page", fee_pages=260)
    office.do("fee_issue", case=case, outcome="issue")
    office.do("fee_service", case=case)
    opened, _intake = office.open("fee_payment", case=case, who="intake")
    page = logged_in("intake").get(f"/work/{opened.work_item_id}").text
    assert "计费数量 260，应缴信息处理费 5100 元。" in page

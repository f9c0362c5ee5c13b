"""Lists that work: columns in order, filters kept, many at once, a deputy, receipts, search, print and spreadsheet."""

import re
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import unquote

from openpyxl import load_workbook
from sqlalchemy import select

from engine.store.tables import Case, CaseEvent, ReceiptPrint


def rows(page):
    """The numbers of the cases in the order of the list."""
    return [int(one) for one in dict.fromkeys(re.findall(r'href="/cases/(\d+)"', page))]


def boxes(page):
    return re.findall(r'type="checkbox"[^>]* name="(?:row|case)" value="([^"]+)"', page)


def events(desk, action):
    with desk.reading() as session:
        return list(session.scalars(select(CaseEvent.data).where(CaseEvent.action == action)))


def test_columns_put_a_list_in_order_and_the_address_keeps_it(cases, logged_in):
    late, fresh, _online = cases
    handler = logged_in("handler")
    page = handler.get("/work?tab=claim").text
    assert 'aria-sort="ascending"><a class="sort" href="/work?tab=claim&amp;sort=due&amp;order=turned"' in page
    assert "已超期 <span" in page
    page = handler.get("/work?tab=claim&sort=number").text
    assert rows(page) == [fresh, late]
    assert 'aria-sort="descending"' in page
    assert "已超期 <span" not in page
    assert rows(handler.get("/work?tab=claim&sort=number&order=turned").text) == [late, fresh]
    assert rows(handler.get("/cases?sort=received&order=turned&channel=in_person").text)[0] == late
    assert rows(handler.get("/cases?sort=due&order=turned&text=改造").text) == [fresh, late]


def test_filters_are_kept_under_a_name_by_each_person(cases, logged_in):
    handler = logged_in("handler")
    page = handler.get("/cases?content=改造&channel=in_person").text
    assert 'name="q-content" value="改造"' in page
    answer = handler.post("/lists/filters/cases", {"q-content": "改造", "q-_external": "1", "name": " 改造 类 "})
    assert answer.headers["Location"] == "/cases?content=%E6%94%B9%E9%80%A0"
    page = handler.get("/cases?content=改造").text
    assert re.search(r'class="chip on" href="/cases\?content=[^"]+" aria-current="true">改造 类', page)
    assert "改造 类" not in logged_in("legal").get("/cases").text
    page = handler.get("/lists/filters/cases").text
    drop = re.search(r'action="(/lists/filters/\d+/drop)"', page)[1]
    other = logged_in("intake")
    other.get("/cases")
    assert other.post(drop).status_code == 404
    assert handler.post(drop).status_code == 303
    assert "还没有常用筛选" in handler.get("/lists/filters/cases").text
    assert handler.post("/lists/filters/elsewhere", {"q-text": "a", "name": "b"}).status_code == 404


def test_many_are_claimed_at_once_and_each_says_what_became_of_it(cases, office, logged_in):
    handler, second = logged_in("handler"), office.people["handler"]
    page = handler.get("/work?tab=claim").text
    ticked = boxes(page)
    assert len(ticked) == 2
    done = handler.post("/work/batch", {"row": ticked, "do": "claim"}, page="/work").text
    assert "2 项已签收" in done
    again = handler.post("/work/batch", {"row": ["99.98", "x.y"], "do": "claim"}, page="/work").text
    assert "1 项没有办成" in again
    assert second.id == office.open_steps(cases[0])[0].assignee_id
    for listed in ("/work?tab=claim&text=改造", "/cases?content=改造&sort=due"):
        answer = handler.post("/work/batch", {"do": "print"}, page=listed)
        assert unquote(answer.headers["Location"]) == listed
        page = handler.get(answer.headers["Location"]).text
        assert "请先勾选" in page
        assert "已恢复" not in page, "ticks are not kept"


def test_a_hand_over_is_looked_at_before_it_is_done(cases, office, logged_in, desk):
    from engine.cases.accounts import create_account

    create_account(
        desk, None, username="handler2", name="经办人乙", roles=["handler"], unit_id=1, password="Qingshi-412-lu"
    )
    handler = logged_in("handler")
    handler.post("/work/batch", {"row": boxes(handler.get("/work?tab=claim").text), "do": "claim"}, page="/work")
    supervisor = logged_in("supervisor")
    assert "转办其全部事项" in supervisor.get("/work/batch/hand-over").text
    person = office.people["handler"].id
    page = supervisor.get(f"/work/batch/hand-over?person={person}&to=spread").text
    assert "经办人甲 名下全部事项的转办" in page
    lines = re.findall(r'name="line" value="(\w+)"', page)
    chosen = {f"to-{line}": re.search(rf'name="to-{line}".*?value="(\w+)" selected', page)[1] for line in lines}
    held = {f"held-{line}": str(person) for line in lines}
    sent = {"line": lines, **chosen, **held, "person": str(person)}
    refused = supervisor.post("/work/batch/hand-over", {**sent, "reason": ""})
    assert refused.status_code == 422
    assert "请填写转办原因" in refused.text
    done = supervisor.post("/work/batch/hand-over", {**sent, "reason": "调离"}).text
    assert f"{len(lines)} 项已转办" in done
    assert "已转给 经办人乙" in done
    again = supervisor.post("/work/batch/hand-over", {**sent, "reason": "调离"}).text
    assert f"{len(lines)} 项没有办成" in again
    assert supervisor.post("/work/batch", {"case": str(cases[0]), "do": "reassign"}, page="/cases").status_code == 303
    assert logged_in("intake").get("/work/batch/hand-over").status_code == 403


def test_sheets_of_the_chosen_cases_are_printed_behind_a_list(cases, logged_in):
    handler = logged_in("handler")
    handler.get("/cases")
    answer = handler.post("/work/batch", {"case": [str(one) for one in cases[:2]], "do": "print"}, page="/cases")
    page = handler.get(answer.headers["Location"]).text
    assert page.count('class="sheet-form"') == 2
    assert "办件清单" in page
    assert "内部资料" in page
    assert "没有选中的申请" in logged_in("unit").get(answer.headers["Location"]).text


def test_leave_is_arranged_and_the_deputy_sees_whom_he_stands_in_for(cases, office, logged_in, clock, desk):
    handler = logged_in("handler")
    wrong = handler.post("/leave", {"deputy": "", "first_on": "2026-05-09", "last_on": "2026-05-01"})
    assert wrong.status_code == 422
    assert "请选择代理人" in wrong.text
    unit = office.people["unit"].id
    sent = {"deputy": str(unit), "first_on": "2026-05-08", "last_on": "2026-05-12", "reason": "年休假"}
    unsure = handler.post("/leave", sent)
    assert unsure.status_code == 422
    assert "协办科室甲 不担任：经办人" in unsure.text
    assert "代理中" not in handler.get("/leave").text
    despite = {"despite": str(unit)}
    assert handler.post("/leave", {**sent, **despite}).status_code == 303
    assert "代理中" in handler.get("/leave").text
    deputy = logged_in("unit")
    page = deputy.get("/work?tab=claim").text
    assert "您正在代理：经办人甲" in page
    assert page.count("代 经办人甲") == len(boxes(page)) > 0, "nothing of it is the unit's own"
    deputy.post("/work/batch", {"row": boxes(page)[:1], "do": "claim"}, page="/work")
    page = deputy.get("/work").text
    assert "代 经办人甲" in page
    step = re.search(r'href="(/work/\d+)"', page)[1]
    assert "您正在代 经办人甲 办理" in deputy.get(step).text
    end = re.search(r'action="(/leave/\d+/end)"', handler.get("/leave").text)[1]
    deputy.get("/leave")
    assert deputy.post(end).status_code == 403
    assert handler.post(end).status_code == 303
    assert deputy.get(step).status_code == 404
    admin = logged_in("admin")
    path = f"/admin/accounts/{office.people['leader'].id}/leave"
    admin.get(path)
    assert admin.post(path, {**sent, **despite}).status_code == 303
    assert "代理中" in admin.get(path).text
    assert admin.get(f"/admin/accounts/{office.people['admin'].id}/leave").status_code == 404


def test_search_by_what_officers_know(cases, office, logged_in):
    late, fresh, online = cases
    office.clock.on("2026-05-08")
    office.advance(fresh)
    office.desk.write(lambda session: setattr(session.get_one(Case, late), "decision", "P1"))
    supervisor = logged_in("supervisor")

    def found(query):
        return set(rows(supervisor.get(f"/cases?{query}").text))

    letter = re.search(r"\w+〔2026〕\d+号", supervisor.get("/letters").text)[0]
    number = office.case(fresh).number
    wanted = {
        f"number={number}": {fresh},
        f"document={letter}": {fresh},
        "document=2026-1": {fresh},
        "document=〔1999〕1号": set(),
        "applicant=吴桂": {late},
        "content=改造": {late, fresh},
        "applicant=改造": set(),
        "due_to=2026-05-01": {late},
        "due_from=2026-05-02&due_to=2026-12-31&status=open": {online},
        "from=2026-05-08": {fresh, online},  # as shown: the day it arrived, until that is confirmed
        "concluded_from=2026-05-08&concluded_to=2026-05-08": {fresh},
        "unit=1": {fresh},
        "extension=yes": set(),
        "extension=no&consultation=no&review=no": {late, fresh, online},
        "light=overdue": {late},
        "decision=G2": {fresh},
        "decision=P1": set(),  # what is only drafted is no result yet
        "decision=P1&status=open": {late},
        f"handler={office.people['handler'].id}": {fresh},
    }
    for query, expected in wanted.items():
        assert found(query) == expected, query
    assert "拟定：P1 部分公开" in supervisor.get("/cases?decision=P1&status=open").text
    page = supervisor.get("/cases?due_to=2026-05-01&extension=no").text
    assert "届满不晚于 2026-05-01" in page
    assert "没有延期" in page
    assert 'href="/cases?extension=no"' in page


def test_the_spreadsheet_has_what_is_shown_masked_marked_and_recorded(cases, logged_in, desk):
    def sheet(role, query="content=改造"):
        answer = logged_in(role).get(f"/lists/cases.xlsx?{query}")
        assert answer.status_code == 200
        return load_workbook(BytesIO(answer.data)).active

    full, masked = sheet("handler"), sheet("supervisor")
    for one, names in ((full, {"韩立国", "吴桂兰"}), (masked, {"韩**", "吴**"})):
        lines = [[cell.value for cell in row] for row in one.iter_rows()]
        top = next(place for place, line in enumerate(lines) if line[0] == "期限")
        assert {line[2] for line in lines[top + 1 :]} == names
        assert len(lines) == top + 3
    assert "督办人员甲 2026-05-08 10:00" in masked["A2"].value
    assert masked["A2"].value in masked.oddHeader.right.text
    assert masked["A2"].value in masked.oddFooter.left.text
    assert "内容含“改造”" in masked["A3"].value
    assert [("xlsx" in data, '"masked": true' in data) for data in events(desk, "list_taken")] == [
        (True, False),
        (True, True),
    ]
    told = "申请人是自然人的，姓名只显示第一个字，与页面一致"
    assert told in masked["A5"].value
    assert not any(told in str(cell.value) for row in full.iter_rows() for cell in row)
    # Page, print, sheets and spreadsheet of the same list say the same to the same person.
    for role, shown, hidden in (("supervisor", "吴**", "吴桂兰"), ("handler", "吴桂兰", "吴**")):
        visitor = logged_in(role)
        for path in (
            "/cases?content=改造",
            "/lists/cases/print?content=改造",
            f"/work/batch/sheets?case={cases[0]}&case={cases[1]}",
        ):
            page = visitor.get(path).text
            assert shown in page, (role, path)
            assert hidden not in page, (role, path)
    page = logged_in("supervisor").get("/lists/cases/print?content=改造").text
    assert told in page
    assert "内部资料" in page
    assert told not in logged_in("supervisor").get("/lists/cases/print?content=没有这样的").text, "nothing was masked"
    assert logged_in("unit").get("/lists/cases.xlsx").status_code == 403


def test_ones_own_work_is_taken_out_as_it_is_shown(cases, office, logged_in, desk):
    _late, fresh, _online = cases
    office.do("completeness", case=fresh, who="handler", outcome="complete")
    handler = logged_in("handler")
    for tab, rows_there in {"todo": 1, "claim": 1, "done": 1, "closed": 0}.items():
        shown = handler.get(f"/work?tab={tab}&text=改造").text
        assert f'href="/lists/work.xlsx?tab={tab}&amp;text=' in shown
        book = load_workbook(BytesIO(handler.get(f"/lists/work.xlsx?tab={tab}&text=改造").data)).active
        lines = [[cell.value for cell in row] for row in book.iter_rows()]
        top = next(place for place, line in enumerate(lines) if "编号" in line)
        place = lines[top].index("编号")
        listed = [line[place] for line in lines[top + 1 :]]
        assert listed == re.findall(r'class="num nowrap" href="/cases/\d+">([^<]+)<', shown), tab
        assert len(listed) == rows_there, tab
        assert ("分给" in lines[top]) is (tab == "claim")
        assert ("办理时间" in lines[top]) is (tab in {"done", "closed"})
        printed = handler.get(f"/lists/work/print?tab={tab}&text=改造").text
        assert all(number in printed for number in listed)
    assert any('"list": "claim"' in data for data in events(desk, "list_taken"))
    trail = logged_in("auditor").get("/audit?action=list_taken").text
    assert re.search(r"方式</span> 导出.*?清单</span> 待签", trail, re.DOTALL)
    assert logged_in("unit").get("/lists/work.xlsx").status_code == 403
    page = logged_in("unit").get("/work").text
    assert "/lists/work.xlsx" not in page
    assert "/lists/work/print" in page
    assert logged_in("unit").get("/lists/work/print").status_code == 200, "what one sees one may print"
    assert logged_in("unit").get("/lists/cases/print").status_code == 403


def test_receipts_are_printed_in_one_go_and_it_is_kept_which(cases, office, logged_in, desk, monkeypatch):
    monkeypatch.setattr("engine.cases.receipt_queue.pdf_possible", lambda _desk: False)
    late, fresh, online = cases
    intake = logged_in("intake")
    page = intake.get("/receipts").text
    assert boxes(page) == [str(late), str(fresh)]
    answer = intake.post("/receipts", {"case": [str(one) for one in cases], "do": "page"})
    assert answer.status_code == 303
    printed = intake.get(answer.headers["Location"]).text
    assert printed.count("政府信息公开申请接收回执") == 2
    assert f"{office.case(online).number} 没有打印" in printed
    assert "吴桂兰" in printed
    page = intake.get("/receipts").text
    assert "没有待打印的回执" in page
    with desk.reading() as session:
        kept = session.execute(select(ReceiptPrint.case_id, ReceiptPrint.printed_by)).all()
    assert kept == [(late, office.people["intake"].id), (fresh, office.people["intake"].id)]
    assert boxes(intake.get(f"/receipts?case={late}").text) == [str(late)]
    assert logged_in("legal").get("/receipts").status_code == 403


def test_receipts_become_one_pdf_where_that_is_possible(cases, logged_in, monkeypatch, desk):
    from engine.store.tables import PrintBatch

    for module in ("receipt_queue", "print_batches", "letter_files"):
        monkeypatch.setattr(f"engine.cases.{module}.pdf_possible", lambda _desk: True)
    intake = logged_in("intake")
    intake.get("/receipts")
    intake.post("/receipts", {"case": [str(one) for one in cases[:2]], "do": "pdf"})
    page = intake.get("/receipts").text
    assert "2 份回执正在合成" in page
    with desk.reading() as session:
        assert len(session.scalars(select(PrintBatch)).one().letter_ids) == 2


def test_the_queries_of_a_list_do_not_grow_with_it(cases, office, logged_in, desk, clock):
    from sqlalchemy import event

    asked = []
    event.listen(desk.sessions.engine, "before_cursor_execute", lambda _c, _k, statement, *_r: asked.append(statement))
    handler = logged_in("handler")
    supervisor = logged_in("supervisor")
    pages = {
        "/work": handler,
        "/work?tab=claim": handler,
        "/work?tab=claim&sort=received": handler,
        "/cases": supervisor,
        "/cases?applicant=韩&extension=no&unit=1": supervisor,
        "/lists/cases.xlsx": supervisor,
        "/receipts": logged_in("intake"),
        "/work/batch/hand-over": supervisor,
    }

    def counted():
        found = {}
        for path, visitor in pages.items():
            visitor.get(path)
            asked.clear()
            visitor.get(path)
            found[path] = len(asked)
        return found

    before = counted()
    clock.moment = datetime(2026, 5, 8, 3, 0, tzinfo=UTC)
    for number in range(6):
        case = office.register(subject=f"再来{number}").case_id
        if number % 2:
            office.do("completeness", case=case, who="handler", outcome="complete")
    after = counted()
    # A list that was empty asks for the names in it once it has lines; nothing goes by the number of lines.
    assert all(after[path] <= before[path] + 3 for path in pages), (before, after)
    assert max(after.values()) <= 30, after

"""Whatever the engine records, an auditor reads it in words."""

import ast
import re
from pathlib import Path

from webui.audit_words import ACTIONS, data_words

ENGINE = Path(__file__).parents[2] / "engine"
# What writes an audit event, and where the action stands among its arguments.
RECORDERS = {"record": 0, "record_case_event": 4, "record_event": 5}


def said(node):
    """The actions that an argument may be; of an f-string the words it begins with."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.IfExp):
        return said(node.body) | said(node.orelse)
    return {f"{node.values[0].value}*"} if isinstance(node, ast.JoinedStr) else set()


def recorded(tree, recorders):
    """The actions recorded in a file; functions that hand on an argument of their own join the recorders."""
    found = set()
    for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
        names = [one.arg for one in function.args.args if one.arg != "self"]
        for call in (one for one in ast.walk(function) if isinstance(one, ast.Call)):
            place = recorders.get(getattr(call.func, "attr", getattr(call.func, "id", "")))
            if place is None or len(call.args) <= place:
                continue
            given = call.args[place]
            if isinstance(given, ast.Name) and given.id in names:
                recorders.setdefault(function.name, names.index(given.id))
            found |= said(given)
    return found


def actions_of_the_engine():
    everywhere, found = dict(RECORDERS), set()
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(ENGINE.rglob("*.py"))]
    for tree in trees * 2:  # what hands on an argument may be called in a file before its own
        own = dict(everywhere)
        for _ in range(2):
            found |= recorded(tree, own)
        everywhere |= {name: place for name, place in own.items() if not name.startswith("_")}
    return found


def test_every_action_that_the_engine_records_has_a_title():
    actions = actions_of_the_engine()
    assert {
        "complete",
        "logout",
        "reopen",
        "item_closed",
        "account_opened",
        "papers_changed",
        "publication_*",
    } <= actions
    known = {*ACTIONS, "publication_*"}
    assert sorted(actions - known) == []


def test_the_data_of_an_event_is_said_in_words(app):
    with app.test_request_context():
        digest = "7e9d6f784bf8f66d426e6c0a84e3ae1b2bdff5565b2e6f4114e20f1f74291cbc"
        paper = {"document": 51, "sha256": digest, "title": "政策文件", "filename": "办法.docx", "version": 1}
        told = {
            ("legal_event", ("on", "2026-04-20"), ("type", "submit"), ("channel", "in_person"), ("id", "c1")): [
                ("事件", "提交申请"),
                ("日期", "2026-04-20"),
                ("渠道", "当面"),
            ],
            ("start", ("passed", ("start", "again"))): [],
            (
                "letter",
                ("code", "L-06"),
                ("letter", "补正告知书"),
                ("number", "云政公告〔2026〕1号"),
                ("sha256", digest),
            ): [
                ("文书", "补正告知书"),
                ("文号", "云政公告〔2026〕1号"),
                ("文件哈希", "7e9d6f784b"),
            ],
            ("reassign", ("from", "经办人甲"), ("to", "经办人乙"), ("work_item", 7), ("reason", "出差")): [
                ("原办理人", "经办人甲"),
                ("转给", "经办人乙"),
                ("理由", "出差"),
            ],
        }
        for (action, *data), words in told.items():
            assert data_words(action, {key: list(one) if isinstance(one, tuple) else one for key, one in data}) == words
        signed = data_words("signature", {"papers": [paper, paper], "step": "审签", "words": "审签：同意"})
        assert signed == [("材料", "政策文件“办法.docx”、政策文件“办法.docx”"), ("签署内容", "审签：同意")]
        roles = data_words("account_changed", {"account": "li", "roles": [["handler"], ["handler", "legal"]]})
        assert roles == [("用户名", "li"), ("角色", "经办人 → 经办人、法制人员")]


def test_the_pages_of_the_audit_trail_show_no_code(office, logged_in):
    case = office.register(subject="青石街改造工程批复").case_id
    office.advance(case, until="archive")
    auditor = logged_in("auditor")
    page = auditor.get("/audit").text
    options = re.findall(r'<option value="\w+">([^<]+)</option>', page)
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in page.split("<tbody>")[1].split("<tr>")[1:]]
    assert len(options) > 5
    assert len(rows) > 15
    for words in [*options, *(row[2] for row in rows)]:
        assert re.search(r"[\u4e00-\u9fff]", words), words
    told = "\n".join(row[4] for row in rows)
    assert "完整性审查" in told
    assert not re.search(r"passed|[{\[]&#34;|[0-9a-f]{64}|in_person", told)

"""The English catalogues are complete, their placeholders agree, and pages use them but not for what people typed."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import render_template_string

from engine.cases.errors import Refusal
from engine.cases.permissions import ROLES
from engine.statute.said import listed, made_again, made_of, said, together
from webui.drawing import drawing
from webui.speech import counted, gettext
from webui.translations.chinese import renew, words_of
from webui.wording import ROLE_TITLES

ROOT = Path(__file__).parents[2]
DAY = date(2026, 10, 23)
CATALOGUE = ROOT / "webui/translations/en/LC_MESSAGES/messages.po"
CASE_TYPES = sorted(path.parent for path in ROOT.glob("workflows/*/case.toml"))
CATALOGUES = [CATALOGUE, *(folder / "en.po" for folder in CASE_TYPES)]


def entries(path):
    with path.open("rb") as stream:
        return {message.id: message.string for message in read_po(stream) if message.id}


def test_every_sentence_of_pages_engine_and_letters_has_its_english(tmp_path):
    pot = tmp_path / "yishen.pot"
    extract = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "--quiet",
        "extract",
        "--keyword",
        "_l",
        "--keyword",
        "N_",
    ]
    mapping = ["--mapping-file", "webui/translations/babel.cfg", "--output-file", str(pot), "."]
    subprocess.run([*extract, *mapping], cwd=ROOT, check=True)
    english = entries(CATALOGUE)
    missing = [text for text in entries(pot) if not english.get(text)]
    assert missing == [], "run webui/translations/update and translate these"


@pytest.mark.parametrize("folder", CASE_TYPES, ids=lambda folder: folder.name)
def test_every_word_of_a_case_type_has_its_english(folder):
    english = entries(folder / "en.po")
    assert [text for text in sorted(words_of(folder)) if not english.get(text)] == []


def test_new_words_of_a_case_type_are_added_and_old_ones_keep_their_english(tmp_path):
    (tmp_path / "case.toml").write_text('title = "建议办理"\nnumber = "建议{seq}"\n', encoding="utf-8")
    assert renew(tmp_path) == 1
    path = tmp_path / "en.po"
    path.write_text(path.read_text("utf-8").replace('msgstr ""', 'msgstr "Suggestions"'), encoding="utf-8")
    (tmp_path / "case.toml").write_text('title = "建议办理"\nnotice = "收到建议"\n', encoding="utf-8")
    assert renew(tmp_path) == 1
    assert entries(path) == {"建议办理": "Suggestions", "收到建议": ""}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_placeholders_agree(path):
    for text, english in entries(path).items():
        if english:
            assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", text)), text


def test_every_role_has_words():
    assert {code: str(title) for code, title in ROLE_TITLES.items()} == dict(ROLES)


@pytest.fixture
def english(app):
    with app.test_request_context():
        from flask import session

        session["language"] = "en"
        yield


@pytest.mark.usefixtures("english")
def test_the_sentence_of_a_command_is_said_in_english_with_its_values():
    refusal = Refusal(said("附件“%(name)s”是空文件，请重新选择。", name="<图纸>.dwg"))
    assert str(refusal) == "附件“<图纸>.dwg”是空文件，请重新选择。"
    assert gettext(str(refusal)) == "Attachment “<图纸>.dwg” is empty. Choose it again."
    page = render_template_string("{{ refused }}|{{ _(refused) }}", refused=str(refusal))
    assert page == "|".join(["Attachment “&lt;图纸&gt;.dwg” is empty. Choose it again."] * 2)


@pytest.mark.usefixtures("english")
def test_a_message_kept_apart_is_put_together_again_with_the_signs_of_english():
    note = said("尚未与申请人确认，按到达之日从严计算。")
    due = said("%(number)s：%(what)s今日到期（%(due)s）。", number="2026-0001", what="答复期限", due=DAY)
    kept = json.loads(json.dumps(made_of(together(due, note, ""))))
    assert made_again(kept) == f"2026-0001：答复期限今日到期（{DAY}）。尚未与申请人确认，按到达之日从严计算。"
    told = "2026-0001: Reply date due today (2026-10-23). Not confirmed with the applicant yet, counted from arrival."
    assert gettext(made_again(kept)) == told
    assert gettext(listed(said("已办结。"), said("已办结。"))) == "Closed.; Closed."
    assert (made_of("已办结。"), together(), listed()) == (None, "", "")


@pytest.mark.usefixtures("english")
def test_words_of_a_case_type_are_said_in_english_but_not_what_stands_in_a_form_control():
    page = render_template_string(
        '{{ step }}|<input value="{{ step }}">|<textarea>{{ step }}</textarea>|{{ _("办理意见") }}', step="完整性审查"
    )
    assert page.split("|")[0] == "Completeness check"
    assert '<input value="完整性审查">' in page
    assert "<textarea>完整性审查</textarea>" in page


@pytest.mark.usefixtures("english")
def test_words_put_together_are_said_in_english_but_not_what_somebody_typed():
    page = render_template_string(
        "{{ a }}|{{ b }}|{{ c }}", a="R1 不予公开：国家秘密", b="按期办结率：全部", c="全部：李文博、完整性审查"
    )
    assert page == "R1 Withheld: State secret|On-time rate: All|全部：李文博、完整性审查"
    letter = "政府信息公开申请答复书（予以公开·告知方式、途径和时间）"
    assert gettext(letter) == "Reply to a disclosure request (disclosed: ways, means and time told)"


def test_in_chinese_everything_stays_as_it_is(app):
    with app.test_request_context():
        assert render_template_string("{{ step }}", step="完整性审查") == "完整性审查"


@pytest.mark.usefixtures("english")
def test_english_counts_one_and_many():
    for days, words in ((1, "1 working day left"), (12, "12 working days left")):
        assert gettext("剩 %(days)s 个工作日", days=days) == words
        assert render_template_string("{{ _('剩 %(days)s 个工作日', days=days) }}", days=days) == words
        assert gettext(said("剩 %(days)s 个工作日", days=days)) == words
    assert (
        counted("%(n)s {case|cases} of %(of)s {was|were} late", {"n": 1, "of": 2}) == "%(n)s case of %(of)s were late"
    )
    assert gettext("%(number)s 已登记。", number="1 {a|b}").startswith("1 {a|b}")


@pytest.mark.usefixtures("english")
def test_a_diagram_is_drawn_in_english():
    place = '<BPMNShape bpmnElement="a"><BPMNLabel><Bounds x="100" y="50" width="30"/></BPMNLabel></BPMNShape>'
    xml = f'<d><userTask id="a" name="完整性审查"/><text>完整性审查</text><flow name="&lt;谁也不认识&gt;"/>{place}</d>'
    told = drawing(xml).get_data(as_text=True)
    assert 'id="a" name="Completeness check"' in told
    assert "<text>Completeness check</text>" in told
    assert 'name="&lt;谁也不认识&gt;"' in told
    # Wide enough for its longest word, around the same middle.
    left, width = (float(one) for one in re.search(r'x="([\d.]+)" y="50" width="([\d.]+)"', told).groups())
    assert width > 12 * 6
    assert left + width / 2 == 115

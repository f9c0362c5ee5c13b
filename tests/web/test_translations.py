"""The English catalogue is complete and its placeholders agree."""

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from engine.cases.permissions import ROLES
from webui.wording import ROLE_TITLES

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "webui/translations/en/LC_MESSAGES/messages.po"
KEYWORDS = ("_l", "Refusal", "NotPermitted", "NotFound", "Stale")


def test_every_sentence_of_the_pages_has_its_english(tmp_path):
    pot = tmp_path / "yishen.pot"
    keywords = [part for word in KEYWORDS for part in ("--keyword", word)]
    extract = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", *keywords]
    mapping = ["--mapping-file", "webui/translations/babel.cfg", "--output-file", str(pot), "."]
    subprocess.run([*extract, *mapping], cwd=ROOT, check=True)
    with CATALOGUE.open("rb") as stream:
        english = {message.id: message.string for message in read_po(stream) if message.id}
    with pot.open("rb") as stream:
        missing = [message.id for message in read_po(stream) if message.id and not english.get(message.id)]
    assert missing == [], "run webui/translations/update and translate these"


def test_placeholders_agree():
    with CATALOGUE.open("rb") as stream:
        for message in read_po(stream):
            if message.id and message.string:
                wanted = set(re.findall(r"%\(\w+\)s", message.id))
                assert set(re.findall(r"%\(\w+\)s", message.string)) == wanted, message.id


def test_every_role_has_words():
    assert {code: str(title) for code, title in ROLE_TITLES.items()} == dict(ROLES)

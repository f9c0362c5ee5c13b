"""What a page says in the reader's language: its own words, the sentences of commands, and the words of case types.

Three sources stand behind one look-up. The catalogue of the pages (`translations/`) also holds the Chinese sentences
and titles of engine and letters; the words of a case type (names of steps, labels, choices) stand in its own folder
as `en.po`. Everything that a template puts out passes through here, so that no page has to remember which of its
values are words. Only what stands in a form control is what somebody typed or a code, and is never translated.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import flask_babel
from babel.messages.pofile import PoFileError, read_po
from flask import Flask, current_app, g, has_app_context
from jinja2.ext import Extension
from markupsafe import Markup, escape

from engine.statute.said import Sentence

Words = dict[str, str]

# What a form control holds: a value between quotes, or the text of a text area.
_CONTROL = re.compile(r'(?<= value="){{(?P<value>[^{}]+)}}(?=")|{{(?P<text>[^{}]+)}}(?=</textarea>)')
_HAN = re.compile(r"[\u3400-\u9fff]")
# Where words are put together: a code before its title, a title and its variant, titles one after another.
# How English counts: `%(count)s {case|cases}`, by the number said last before it.
_COUNTED = re.compile(r"(%\((?P<of>\w+)\)[sd][^%{}]*)\{(?P<one>[^{}|]*)\|(?P<more>[^{}|]*)\}")
_NEIGHBOURS = re.compile(r"(?<=\)s)(?=%\()")
_CODE = re.compile(r"[A-Z]\d+\s")
_JOINTS = [re.compile(rf"([{signs}])") for signs in ("；", "：", "（）", "、")]
_SIGNS = {"、": ", ", "，": ", ", "；": "; ", "：": ": ", "（": " (", "）": ")"}
# What a template says in Jinja's brackets, and the signs that stand between them.
_BRACKETS = re.compile(r"""(\{\#.*?\#\}|\{[{%](?:"[^"]*"|'[^']*'|[^"'])*?[}%]\})""", re.DOTALL)
_BETWEEN = re.compile(f"[{''.join(_SIGNS)}]")


def is_english() -> bool:
    """Whether this request is answered in English."""
    if not has_app_context():
        return False
    known: bool | None = g.get("is_english")
    if known is None:  # a page asks for every word that it puts out
        locale = flask_babel.get_locale()
        known = g.is_english = locale is not None and locale.language == "en"
    return known


def words_of_case_types(folders: Iterable[Path]) -> Words:
    """The English of the case types in `folders`; one without an `en.po`, or with a broken one, speaks Chinese."""
    found: Words = {}
    for folder in folders:
        try:
            with (folder / "en.po").open("rb") as stream:
                entries = list(read_po(stream, abort_invalid=True))
        except (OSError, PoFileError, ValueError):
            continue
        found.update({str(one.id): str(one.string) for one in entries if one.id and one.string})
    return found


def in_english(text: str, words: Words) -> str:
    """`text` in English as far as a catalogue knows it: a sentence by its template and values, others as a whole."""
    if isinstance(text, Sentence):
        told = _looked_up(text.template, words) if _HAN.search(text.template) else _joined(text.template)
        values = {name: in_english(str(value), words) for name, value in text.values.items()}
        return counted(told, values) % values
    return _looked_up(text, words) if _HAN.search(text) else text


def counted(template: str, values: Mapping[str, object]) -> str:
    """An English template with the right one of each `{case|cases}`, by the value named last before it."""
    while _COUNTED.search(template):
        template = _COUNTED.sub(
            lambda found: found[1] + found["one" if str(values.get(found["of"])) == "1" else "more"], template
        )
    return template


def _joined(template: str) -> str:
    """A template that only puts sentences together, with the signs of English between them."""
    for sign, latin in _SIGNS.items():
        template = template.replace(sign, latin)
    return _NEIGHBOURS.sub(" ", template)


def _looked_up(text: str, words: Words) -> str:
    whole = _whole(text, words)
    if whole != text or not _HAN.search(text):
        return whole
    code = _CODE.match(text)
    if code:
        return code[0] + _looked_up(text[code.end() :], words)
    for joint in _JOINTS:
        if joint.search(text):
            parts = [_SIGNS.get(part) or _looked_up(part, words) for part in joint.split(text)]
            # Only where every part is a word: anything else is what somebody typed.
            if not any(_HAN.search(part) for part in parts):
                return "".join(parts)
    return text


def _whole(text: str, words: Words) -> str:
    found = flask_babel.get_translations().gettext(text) if text else text
    return words.get(text, text) if found == text else found


def gettext(text: str, /, **values: object) -> str:
    """flask_babel's; it says the sentence of a command anew, and values that are words in the reader's language."""
    if not is_english():
        return text % values if values else text
    words = _words()
    told = in_english(text, words)
    return counted(told, values) % {name: _spoken(value, words) for name, value in values.items()} if values else told


def _spoken(value: object, words: Words) -> object:
    return in_english(value, words) if isinstance(value, str) and not isinstance(value, Markup) else value


def _words() -> Words:
    found: Words = current_app.extensions["yishen_words"]
    return found


def _on_page(text: str, /, **values: object) -> Markup:
    """`_` of a template: its own words are markup, values and the sentences of commands are not."""
    told = isinstance(text, Sentence)
    if is_english():
        words = _words()
        text = counted(in_english(text, words), values)
        values = {name: _spoken(value, words) for name, value in values.items()}
    if told:
        return escape(text)
    return Markup(text) % values  # noqa: S704  # a template's own words, not a visitor's


def _put_out(value: object) -> object:
    """Everything that a template puts out."""
    if not isinstance(value, str) or not is_english():
        return value
    return _SIGNS.get(value) or _spoken(value, _words())


def _sign(sign: str) -> str:
    """A sign between two expressions of a template, as the reader's language writes it."""
    return _SIGNS[sign] if is_english() else sign


def _as_typed(value: object) -> Markup:
    return escape("" if value is None else value)


class _Controls(Extension):
    """What stands in a form control is put out as it is: `{{ x }}` there becomes `{{ (x) | as_typed }}`.

    Signs that stand in the template itself, as in `{{ x }}：{{ y }}`, become those of the reader's language.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Of a template, before it is parsed."""
        source = _CONTROL.sub(lambda found: f"{{{{ ({found['value'] or found['text']}) | as_typed }}}}", source)
        parts = _BRACKETS.split(source)
        parts[::2] = [_BETWEEN.sub(r'{{ sign("\g<0>") }}', words) for words in parts[::2]]
        return "".join(parts)


def install(app: Flask, case_types: Iterable[Path]) -> None:
    """Let the templates of `app` speak, with the words of the case types in these folders."""
    app.extensions["yishen_words"] = words_of_case_types(case_types)
    app.jinja_env.add_extension(_Controls)
    app.jinja_env.finalize = _put_out
    app.jinja_env.filters["as_typed"] = _as_typed
    app.jinja_env.globals.update(_=_on_page, gettext=_on_page, sign=_sign)

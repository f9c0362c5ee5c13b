"""Sentences with values in them that can still be said in another language.

Commands and rules speak Chinese. A sentence in which a name stands cannot be looked up in a catalogue; so it remembers
the words and the values it was made from, and is the finished Chinese text everywhere else.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any, Self


class Sentence(str):
    """The finished Chinese text; `template` and `values` are what it was made of, for a catalogue to say anew."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """`template` has named places, %(name)s; a place without a value raises KeyError."""
        made = super().__new__(cls, template % values)
        made.template = template
        made.values = dict(values)
        return made

    def __str__(self) -> str:
        """Itself, so that `str(refusal)` keeps what it was made of."""
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, Mapping[str, object]]]:
        """A copy keeps what it was made of."""
        return type(self), (self.template, self.values)


def together(*sentences: str) -> str:
    """Sentences one after another, of which each can still be said in another language; "" for none."""
    some = [one for one in sentences if one]
    return reduce(lambda first, second: said("%(first)s%(second)s", first=first, second=second), some) if some else ""


def listed(*phrases: str) -> str:
    """Phrases of one sentence, one after another; "" for none."""
    return reduce(lambda first, second: said("%(first)s；%(second)s", first=first, second=second), phrases or ("",))


def made_of(text: str) -> dict[str, Any] | None:
    """What a sentence is made of, for JSON; None for a finished text, of which nothing is known."""
    if not isinstance(text, Sentence):
        return None
    return {"template": text.template, "values": {name: _kept(value) for name, value in text.values.items()}}


def _kept(value: object) -> object:
    if isinstance(value, str):
        return made_of(value) or str(value)
    return value if isinstance(value, int) else str(value)


def made_again(parts: Mapping[str, Any]) -> Sentence:
    """The sentence of what `made_of` has taken apart."""
    values = {name: made_again(one) if isinstance(one, Mapping) else one for name, one in parts["values"].items()}
    return Sentence(parts["template"], values)


def said(template: str, /, **values: object) -> Sentence:
    """The sentence of `template`, whose places %(name)s get the values of these names; "%" itself is written %%."""
    return Sentence(template, values)

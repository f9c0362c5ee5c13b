"""Sentences with values in them that can still be said in another language.

Commands and rules speak Chinese. A sentence in which a name stands cannot be looked up in a catalogue; so it remembers
the words and the values it was made from, and is the finished Chinese text everywhere else.
"""

from collections.abc import Mapping
from typing import Self


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


def said(template: str, /, **values: object) -> Sentence:
    """The sentence of `template`, whose places %(name)s get the values of these names; "%" itself is written %%."""
    return Sentence(template, values)

"""What a letter is made of: blocks of text with Jinja marks (`letters.notices`, `letters.replies`), read by
`letters.build_templates`. `{{ name }}` is a field of the catalogue.
"""

from dataclasses import dataclass
from typing import Final

from letters.letterform import Page
from letters.tables import Grid, Line


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph in a style of the letter."""

    text: str
    style: str = "正文文字"
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """One paragraph for each line of a list field; `keep_last` holds the last one with what follows."""

    field: str
    pattern: str = "{{ line }}"
    style: str = "正文文字"
    keep: bool = False
    keep_last: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """Blocks printed only when the field has a value."""

    field: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form of label and value; `heights_mm` are the least heights of its rows."""

    rows: tuple[tuple[str, str], ...]
    heights_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form of four columns."""

    lines: tuple[Line, ...]


Block = Text | Each | When | Grid | Sheet | Form


@dataclass(frozen=True, slots=True)
class Body:
    """A letter: to whom, its blocks, and how it ends. Only a `letter` page has red head and 文号."""

    addressee: str
    blocks: tuple[Block, ...]
    closing: str = "特此答复。"
    remedies: bool = False
    attachments: bool = False
    page: Page = "letter"
    signed: bool = True
    titled: bool = True


LAW: Final = "《中华人民共和国政府信息公开条例》"
LINES: Final = "{{% for line in {0} %}}{{{{ line }}}}{{% if not loop.last %}}\n{{% endif %}}{{% endfor %}}"
"""The lines of a list field one below the other in a table cell: `LINES.format(name)`."""
LISTED: Final = "{{ loop.index }}．{{ line }}{% if loop.last %}。{% else %}；{% endif %}"
OPENING: Final = (
    "{{ you }}提出的政府信息公开申请，本机关于{{ receipt_on }}收到（登记编号：{{ case_number }}）。"
    "{% if corrected_on %}本机关于{{ corrected_on }}收到{{ you }}补正后的申请。{% endif %}"
    "申请公开的内容为：“{{ subject }}”。"
)

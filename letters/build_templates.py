"""Writes the Word templates: `python -m letters.build_templates`.

The office's go to `letters/templates`, those of the product's case types to `workflows/<case type>/letters/templates`.
Templates are built by a program because Word splits marks across runs when it saves; an office may still edit them,
and `yishen letters check` says whether an edited one is usable.
"""

import io
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from docx.document import Document as DocumentType
from docx.shared import Pt

from letters import letterform, tables
from letters.blocks import Block, Body, Each, Form, Sheet, Text, When
from letters.catalog import HERE, Entry, load
from letters.notices import NOTICES
from letters.own_papers import own_papers
from letters.papers import PAPERS
from letters.replies import REPLIES
from letters.tables import Grid

_CONTACT: Final = (
    "（联系人：{{ contact_person }}，联系电话：{{ contact_phone }}"
    "{% if contact_address %}，地址：{{ contact_address }}{% endif %}）"
)
_ENCLOSED: Final = "{{ row.name }}（{{ row.form }}{% if row.pages %}，{{ row.pages }}页{% endif %}）"
_ATTACHMENT: Final = "附件：\t" + _ENCLOSED
_ATTACHMENTS: Final = "{% if loop.first %}附件：{% endif %}\t{{ loop.index }}. " + _ENCLOSED
_LONG_ORGAN: Final = 14  # characters; beyond them the name does not fit over the date in the ordinary band


_WORDING: Final = {**NOTICES, **REPLIES, **PAPERS}


_CASE_TYPES: Final = HERE.parent / "workflows"


def build(entry: Entry, body: Body | None = None) -> bytes:
    """The template of one letter; the same wording gives the same bytes. `body`: of a case type's own letter."""
    body = body or _WORDING[entry.code]
    document = letterform.blank_letter(entry.name, body.page)
    if body.page == "letter":
        letterform.add(document, "文号", "{{ document_number }}")
    if body.titled:
        title = letterform.add(document, "标题文字", entry.name)
        if body.page != "letter":
            title.paragraph_format.space_before = Pt(0)
        if entry.paper:
            title.paragraph_format.space_after = Pt(8)
    if body.addressee:
        letterform.add(document, "主送", f"{body.addressee}：")
    *most, last = body.blocks
    for block in most:
        _write(document, block)
    # A signature never stands alone on a page: the last lines of the text go with it.
    owed = body.remedies and entry.field("remedies").required
    _write(document, last if owed else _kept(last))
    _ending(document, body)
    return _packed(document)


def _kept(block: Block) -> Block:
    match block:
        case Text():
            return replace(block, keep=True)
        case Each():
            return replace(block, keep_last=True)
    return block


def _write(document: DocumentType, block: Block) -> None:
    match block:
        case Text(text, style, keep):
            letterform.add(document, style, text, keep=keep)
        case Each(field, pattern, style, keep, keep_last):
            _each(document, f"line in {field}", pattern, style, keep=keep, keep_last=keep_last)
        case When(field, blocks):
            letterform.add(document, "正文文字", f"{{%p if {field} %}}")
            for inner in blocks:
                _write(document, inner)
            letterform.add(document, "正文文字", "{%p endif %}")
        case Grid():
            tables.rows_table(document, block)
        case Sheet(rows, heights):
            tables.sheet(document, rows, heights)
        case Form(lines):
            tables.form(document, lines)


def _each(document: DocumentType, loop: str, pattern: str, style: str, *, keep: bool, keep_last: bool) -> None:
    letterform.add(document, style, f"{{%p for {loop} %}}")
    if keep_last and not keep:
        letterform.add(document, style, "{%p if loop.last %}")
        letterform.add(document, style, pattern, keep=True)
        letterform.add(document, style, "{%p else %}")
        letterform.add(document, style, pattern)
        letterform.add(document, style, "{%p endif %}")
    else:
        letterform.add(document, style, pattern, keep=keep)
    letterform.add(document, style, "{%p endfor %}")


def _ending(document: DocumentType, body: Body) -> None:
    if body.remedies:
        letterform.add(document, "正文文字", "{%p if remedies %}")
        _each(document, "line in remedies", "{{ line }}", "正文文字", keep=False, keep_last=not body.attachments)
        letterform.add(document, "正文文字", "{%p endif %}")
    if body.closing:
        letterform.add(document, "正文文字", body.closing, keep=True)
    if body.attachments:
        letterform.add(document, "正文文字", "", keep=True)
        # A name that goes on in the next line stands under its own first character, with a number before it or without.
        letterform.attachments(document, "附件说明（单件）", 0)
        letterform.add(document, "附件说明（单件）", "{%p if files|length == 1 %}")
        _each(document, "row in files", _ATTACHMENT, "附件说明（单件）", keep=True, keep_last=False)
        letterform.add(document, "附件说明", "{%p else %}")
        _each(document, "row in files", _ATTACHMENTS, "附件说明", keep=False, keep_last=True)
        letterform.add(document, "附件说明", "{%p endif %}")
    if not body.signed:
        return
    # Room for the seal over name and date; the chain keeps them with the last lines of the letter.
    for _ in range(2 if body.page == "letter" else 1):
        letterform.add(document, "正文文字", "", keep=True)
    for test, style in ((f"<= {_LONG_ORGAN}", "署名"), (f"> {_LONG_ORGAN}", "署名（长）")):
        letterform.add(document, style, f"{{%p if organ|length {test} %}}")
        letterform.add(document, style, "{{ organ }}")
        letterform.add(document, style, "{{ issued_on }}")
        letterform.add(document, style, "{%p endif %}")
    letterform.add(document, "附注", _CONTACT)


def _packed(document: DocumentType) -> bytes:
    saved, packed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(
                zipfile.ZipInfo(info.filename, (2026, 1, 1, 0, 0, 0)), source.read(info), zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def built() -> Iterator[tuple[Path, bytes]]:
    """Every template of the product: where it lies and its bytes."""
    for entry in load().letters.values():
        yield entry.template, build(entry)
    for folder in sorted(_CASE_TYPES.glob("*/letters")):
        own = load(folder)
        for code, body in own_papers(folder).items():
            yield own[code].template, build(own[code], body)


def write_all() -> int:
    """Write every template to its place; how many there are."""
    count = 0
    for path, content in built():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    return count


if __name__ == "__main__":
    sys.stdout.write(f"{write_all()} templates written\n")

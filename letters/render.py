"""From a letter code and its fields to a finished .docx.

`render` needs every required field; `preview` does not, and carries a mark that it is no letter yet.
"""

from collections.abc import Mapping
from typing import Final

from engine.statute.said import said
from letters import fields as values
from letters import templates
from letters.catalog import Catalog, Entry, Field
from letters.templates import ParsedTemplate, TemplateFault

PREVIEW_MARK: Final = "预览稿　未编号　不得发出"
UNNUMBERED: Final = "（预览　未编号）"
NUMBER: Final = "issue.number"


def template_of(entry: Entry) -> bytes:
    """The bytes of the entry's template file. Raises `TemplateFault` when it is not there."""
    try:
        return entry.template.read_bytes()
    except OSError as fault:
        raise TemplateFault(
            said("找不到模板 %(file)s，请从安装包恢复或者重新上传", file=entry.template.name)
        ) from fault


def missing_fields(code: str, fields: Mapping[str, object], catalog: Catalog) -> tuple[Field, ...]:
    """Required fields of the letter that have no value, in catalogue order."""
    return values.missing(catalog[code], fields)


def render(code: str, fields: Mapping[str, object], catalog: Catalog, template: bytes | None = None) -> bytes:
    """The finished letter. `template` replaces the catalogue's own file.

    Raises `MissingFields` and `FieldFault` for the values, `TemplateFault` for the template.
    """
    entry = catalog[code]
    parsed = _fitting(entry, template)
    return parsed.render({**values.present(entry, fields), "preview": ""})


def preview(code: str, fields: Mapping[str, object], catalog: Catalog, template: bytes | None = None) -> bytes:
    """The letter as far as it goes, marked as a preview on every page: absent values stand as 【待填：…】, no number.

    Raises `FieldFault` for wrong values, `TemplateFault` for the template.
    """
    entry = catalog[code]
    given = {**fields, **dict.fromkeys((each.name for each in entry.fields if each.source == NUMBER), UNNUMBERED)}
    absent = values.missing(entry, given)
    known = tuple(each for each in entry.fields if each not in absent)
    words = values.present_fields(known, given)
    for each in absent:
        words[each.name] = values.placeholder(each)
    return _fitting(entry, template).render({**words, "preview": PREVIEW_MARK})


def contract_faults(entry: Entry, parsed: ParsedTemplate) -> tuple[str, ...]:
    """Where template and catalogue disagree, one sentence each; empty when they agree."""
    known = {each.name: each for each in entry.fields}
    unknown_names = sorted(parsed.variables - set(known) - {"preview"})
    faults: list[str] = [said("模板用了目录中没有的字段“%(name)s”", name=name) for name in unknown_names]
    for name in _unused(entry, parsed):
        label = known[name].label
        faults.append(said("模板没有用到必填字段“%(name)s”（%(label)s）", name=name, label=label))
    if "preview" not in parsed.variables:
        faults.append("模板页眉没有预览标记 {{ preview }}，预览稿会与正式文书无法区分")
    for name in sorted(parsed.lists & set(known)):
        field = known[name]
        if not values.is_list(field):
            faults.append(said("模板逐行列出“%(name)s”，但它不是多行字段", name=name))
        unknown = parsed.columns.get(name, frozenset()) - {column.name for column in field.columns}
        faults += [
            said("模板用了“%(name)s”中没有的列“%(column)s”", name=name, column=column) for column in sorted(unknown)
        ]
    faults += [
        said("字段“%(name)s”有多行，模板应当逐行列出", name=name)
        for name in sorted(parsed.variables & set(known))
        if values.is_list(known[name]) and name not in parsed.lists
    ]
    return tuple(faults)


def _unused(entry: Entry, parsed: ParsedTemplate) -> list[str]:
    return [each.name for each in entry.fields if each.required and each.name not in parsed.variables]


def _fitting(entry: Entry, template: bytes | None) -> ParsedTemplate:
    parsed = templates.parse(template_of(entry) if template is None else template)
    faults = contract_faults(entry, parsed)
    if faults:
        raise TemplateFault(f"《{entry.name}》（{entry.code}）的模板与字段目录不符：{'；'.join(faults)}")
    return parsed

"""A template is data: whatever else it tries is refused with a sentence, and costs neither time nor memory."""

import io
import time
import zipfile

import pytest

from letters import templates
from letters.catalog import load
from letters.render import contract_faults, render, template_of
from letters.samples import samples
from letters.templates import TemplateFault, parse

CATALOG = load()
GOOD = template_of(CATALOG["A-11"])
FIELDS = next(iter(samples(CATALOG["A-11"], CATALOG))).fields


def changed(parts=(), *, drop=(), source=GOOD):
    """The good template with some parts put in, replaced or dropped."""
    replaced = dict(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in drop and name not in replaced:
                new.writestr(name, old.read(name))
        for name, data in replaced.items():
            new.writestr(name, data)
    return packed.getvalue()


def part(name):
    return zipfile.ZipFile(io.BytesIO(GOOD)).read(name).decode()


def with_text(text):
    """The good template with `text` in place of its 特此答复。"""
    body = part("word/document.xml")
    assert "特此答复。" in body
    return changed({"word/document.xml": body.replace("特此答复。", text)})


LINKED = part("word/_rels/document.xml.rels").replace(
    "</Relationships>",
    '<Relationship Id="rX" Target="https://elsewhere.example.cn/t.dotm" TargetMode="External" Type="'
    'http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>',
)
ENTITIES = '<!DOCTYPE a [<!ENTITY b "b">]>' + part("word/settings.xml").split("?>")[-1]


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ reason.__class__ }}",
        "{{ reason|attr('__class__') }}",
        "{{ organ.__init__.__globals__ }}",
        "{{ organ['__class__'] }}",
        "{{ organ.upper() }}",
        "{{ cycler.__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ lipsum() }}",
        "{{ range(1000000)|list }}",
        "{% for a in range(1000000) %}{{ a }}{% endfor %}",
        "{% for a in reason %}{% for b in reason %}{{ b }}{% endfor %}{% endfor %}",
        "{% for a in reason recursive %}{{ loop(reason) }}{% endfor %}",
        "{% for a in reason if a %}{{ a }}{% endfor %}",
        "{{ 'A' * 1000000000 }}",
        "{{ 9**9**9 }}",
        "{{ organ ~ organ }}",
        "{{ organ|center(100000000) }}",
        "{% set x = organ %}{{ x }}",
        "{% macro m() %}x{% endmacro %}{{ m() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends organ %}",
        "{% raw %}x{% endraw %}{{ organ.a.b }}",
        "{{ organ|safe }}",
        "{% for row in reason %}{{ row.__class__ }}{% endfor %}",
        "{% for row in reason %}{{ loop.previtem }}{% endfor %}",
    ],
)
def test_code_in_a_template_is_refused(text):
    began = time.monotonic()
    with pytest.raises(TemplateFault):
        render("A-11", FIELDS, CATALOG, with_text(text))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (b"", "不是有效的 Word 文档"),
        (b"PK\x03\x04 nothing", "不是有效的 Word 文档"),
        (GOOD[: len(GOOD) // 2], "不是有效的 Word 文档"),
        (changed(drop=["word/document.xml"]), "缺少正文"),
        (changed(drop=["word/styles.xml"]), "不是有效的 Word 文档"),
        (changed({"word/document.xml": "<w:document"}), "不是有效的 Word 文档"),
        (changed({"word/vbaProject.bin": b"macro"}), "宏"),
        (changed({"word/embeddings/oleObject1.bin": b"object"}), "嵌入对象"),
        (changed({"word/afchunk1.htm": b"<html/>"}), "可疑部件"),
        (
            changed({"[Content_Types].xml": part("[Content_Types].xml").replace(
                "wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml")}),
            "启用宏",
        ),
        (
            changed({"word/_rels/document.xml.rels": LINKED}),
            "外部文件",
        ),
        (
            changed({"word/settings.xml": ENTITIES}),
            "实体声明",
        ),
        (
            changed({"word/footer1.xml": part("word/footer1.xml").replace(" PAGE ", ' INCLUDETEXT "/etc/passwd" ')}),
            "INCLUDETEXT",
        ),
        (changed({"word/footnotes.xml": "<a>{{ organ }}</a>"}), "正文、页眉和页脚"),
        (changed({f"word/extra{n}.xml": "<a/>" for n in range(300)}), "部件过多"),
        (changed({"word/big.xml": b" " * 50_000_000}), "过大"),
        (b"\0" * 5_000_000, "过大"),
        (with_text("{% if organ %}"), "模板标记有误"),
        (with_text("{{ organ"), "模板标记有误"),
        (with_text("{{ nowhere }}"), "没有的字段“nowhere”"),
        (with_text("{{ reason }}{{ process_kind|upper }}"), "过滤器|模板标记有误"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_broken_or_dangerous_file_is_refused_with_a_sentence(template, words):
    with pytest.raises(TemplateFault, match=words):
        render("A-11", FIELDS, CATALOG, template)


def test_a_template_that_forgets_a_field_or_the_preview_mark_is_refused():
    body = part("word/document.xml").replace("{{ process_kind }}", "某类信息")
    assert any(
        "process_kind" in fault
        for fault in contract_faults(CATALOG["A-11"], parse(changed({"word/document.xml": body})))
    )
    heads = {f"word/header{n}.xml": part(f"word/header{n}.xml").replace("preview", "organ") for n in (1, 2, 3)}
    assert any("预览标记" in fault for fault in contract_faults(CATALOG["A-11"], parse(changed(heads))))


def test_a_list_must_be_gone_through_and_a_word_must_not():
    body = part("word/document.xml")
    whole = body.replace("for line in reason", "for line in remedies")
    assert contract_faults(CATALOG["A-11"], parse(changed({"word/document.xml": whole})))
    letterwise = with_text("{% for x in organ %}{{ x }}{% endfor %}")
    assert any("不是多行字段" in fault for fault in contract_faults(CATALOG["A-11"], parse(letterwise)))
    column = changed(
        {"word/document.xml": part_of("A-02", "word/document.xml").replace("row.pages", "row.price")},
        source=template_of(CATALOG["A-02"]),
    )
    assert any("price" in fault for fault in contract_faults(CATALOG["A-02"], parse(column)))


def part_of(code, name):
    return zipfile.ZipFile(io.BytesIO(template_of(CATALOG[code]))).read(name).decode()


def test_rendering_stops_at_its_limits(monkeypatch):
    monkeypatch.setattr(templates, "SECONDS", -1.0)
    with pytest.raises(TemplateFault, match="秒"):
        render("A-11", FIELDS, CATALOG)
    monkeypatch.setattr(templates, "SECONDS", 5.0)
    monkeypatch.setattr(templates, "OUTPUT_LIMIT", 1_000)
    with pytest.raises(TemplateFault, match="过大"):
        render("A-11", FIELDS, CATALOG)


def test_an_edited_template_is_read_anew_and_an_unchanged_one_is_kept():
    assert parse(GOOD) is parse(bytes(GOOD))
    edited = with_text("谨此答复。")
    assert (
        "谨此答复。"
        in zipfile.ZipFile(io.BytesIO(render("A-11", FIELDS, CATALOG, edited))).read("word/document.xml").decode()
    )
    assert parse(edited) is not parse(GOOD)


def test_marks_that_word_has_split_across_runs_are_still_understood():
    body = part("word/document.xml")
    split = body.replace("{{ process_kind }}", '{{ </w:t></w:r><w:r><w:t xml:space="preserve">process_kind }}')
    assert split != body
    letter = render("A-11", FIELDS, CATALOG, changed({"word/document.xml": split}))
    assert "讨论记录" in zipfile.ZipFile(io.BytesIO(letter)).read("word/document.xml").decode()

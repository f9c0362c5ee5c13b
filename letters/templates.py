"""Word templates made safe: opened with limits, read by docxtpl, compiled in a sandbox, kept by content hash.

A template is data from an office, not code: only variables, `if` and `for` over a letter's own lists are understood.
Everything else a .docx or a Jinja template could carry (macros, linked files, calls, attributes) is a `TemplateFault`.
"""

import hashlib
import io
import re
import time
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.environment import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from engine.statute.said import said

FILE_LIMIT: Final = 4_000_000  # bytes of a template file
UNPACKED_LIMIT: Final = 40_000_000  # bytes of all its parts together
PART_LIMIT: Final = 200  # parts in the package
OUTPUT_LIMIT: Final = 16_000_000  # characters of one rendered part
SECONDS: Final = 5.0  # for rendering one letter
CACHE_SIZE: Final = 128

_BODY: Final = "word/document.xml"
_MARKED: Final = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_BANNED_PARTS: Final = ("vbaproject", "vbadata", "activex", "embeddings/", "afchunk", "customui")
_ALLOWED_FIELDS: Final = frozenset({"PAGE", "NUMPAGES"})
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
# A number of a case or a telephone; not one within an address that somebody copies.
_HYPHENED: Final = re.compile(r"(?<![A-Za-z0-9./:@_-])\d{2,}(?:-\d{2,})+(?![A-Za-z0-9./:@_-])")
_HELD: Final = "\u2011"
_LOOP: Final = frozenset({"index", "first", "last", "length"})
_PLAIN_NODES: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.For, nodes.Getattr, nodes.Const,
    nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.Filter,
)  # fmt: skip


NO_DOCUMENT: Final = "不是有效的 Word 文档：文件损坏或者是别的格式，请用 Word 或者 WPS 另存为 .docx"
# How a person would call what Jinja calls otherwise.
_WRITTEN: Final = {
    "Call": "调用", "Getitem": "下标", "Macro": "macro", "Assign": "set", "Include": "include", "Import": "import",
    "Extends": "extends", "Concat": "连接", "Mul": "乘法", "Pow": "乘方", "Add": "加法",
}  # fmt: skip


class TemplateFault(ValueError):
    """The template cannot be used; the Chinese message says what to mend."""


@dataclass(frozen=True, slots=True)
class ParsedTemplate:
    """A template ready to render.

    `variables` are the names it prints, `lists` those it loops over, `columns` the row attributes it reads by list.
    `unchanged` are the parts copied as they are, `marked` the compiled ones.
    """

    digest: str
    variables: frozenset[str]
    lists: frozenset[str]
    columns: Mapping[str, frozenset[str]]
    order: tuple[str, ...]
    unchanged: Mapping[str, bytes]
    marked: Mapping[str, Template]

    def render(self, words: Mapping[str, object]) -> bytes:
        """The finished .docx; equal words give equal bytes. Raises `TemplateFault` beyond time or size."""
        until = time.monotonic() + SECONDS
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
            for name in self.order:
                data = self.unchanged[name] if name in self.unchanged else self._part(name, words, until)
                # A fixed time of day: the bytes of a letter depend on its words alone.
                package.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def _part(self, name: str, words: Mapping[str, object], until: float) -> bytes:
        chunks: list[str] = []
        size = 0
        try:
            for chunk in self.marked[name].generate(words):
                size += len(chunk)
                if size > OUTPUT_LIMIT:
                    raise TemplateFault(said("生成的文书过大（%(part)s）", part=name))
                if time.monotonic() > until:
                    raise TemplateFault(said("生成文书超过%(seconds)s秒，已停止", seconds=f"{SECONDS:g}"))
                chunks.append(chunk)
        except TemplateError as fault:
            raise TemplateFault(said("模板无法套用：%(why)s", why=fault)) from fault
        data = "".join(chunks).encode()
        try:
            root = etree.fromstring(data, _xml_parser())
        except etree.XMLSyntaxError as fault:
            raise TemplateFault(said("套用后不是有效的文档（%(part)s）：%(why)s", part=name, why=fault)) from fault
        if _hold_numbers(root):
            data = etree.tostring(root, encoding="utf-8")
        return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + data


def _hold_numbers(root: etree._Element) -> bool:
    """Keep numbers such as 2026-0074 on one line: their hyphens become those of Word that never break.

    Text read from the document has plain hyphens as before. True when there was such a number.
    """
    held = False
    for piece in list(root.iter(f"{_W}t")):
        first, *rest = _HYPHENED.sub(lambda found: found[0].replace("-", _HELD), piece.text or "").split(_HELD)
        if not rest:
            continue
        held = True
        piece.text = first
        piece.set(_SPACE, "preserve")
        last = piece
        for text in rest:
            hyphen = etree.Element(f"{_W}noBreakHyphen")
            last.addnext(hyphen)
            last = etree.Element(f"{_W}t", {_SPACE: "preserve"})
            last.text = text
            hyphen.addnext(last)
    return held


def _xml_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    length = environment.filters["length"]
    environment.filters.clear()
    environment.filters["length"] = length
    environment.tests.clear()
    return environment


_ENVIRONMENT: Final = _environment()


class _Cache:
    """Parsed templates by content hash, the least recently used dropped first; safe for threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, ParsedTemplate] = OrderedDict()
        self._lock = Lock()

    def get(self, data: bytes) -> ParsedTemplate:
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
                return self._kept[digest]
        parsed = _parse(data, digest)
        with self._lock:
            self._kept[digest] = parsed
            while len(self._kept) > CACHE_SIZE:
                self._kept.popitem(last=False)
        return parsed


_CACHE: Final = _Cache()


def parse(data: bytes) -> ParsedTemplate:
    """Open a .docx template, refuse what could harm, compile the rest. Kept by content hash. `TemplateFault`."""
    return _CACHE.get(data)


def _parse(data: bytes, digest: str) -> ParsedTemplate:
    parts = _unpack(data)
    for name, content in parts.items():
        _inspect(name, content)
    try:
        document = DocxTemplate(io.BytesIO(data))
        document.init_docx()
    except Exception as fault:
        raise TemplateFault(NO_DOCUMENT) from fault
    marked: dict[str, Template] = {}
    reading = _Reading()
    for name in list(parts):
        if not _MARKED.fullmatch(name):
            if b"{{" in parts[name] or b"{%" in parts[name]:
                raise TemplateFault(said("模板标记只能放在正文、页眉和页脚中（%(part)s）", part=name))
            continue
        root = etree.fromstring(parts[name], _xml_parser())
        _closed(name, root)
        source = document.patch_xml(etree.tostring(root, encoding="unicode"))
        try:
            tree = _ENVIRONMENT.parse(source)
            reading.walk(tree)
            marked[name] = _ENVIRONMENT.from_string(source)
        except TemplateError as fault:
            raise TemplateFault(said("模板标记有误（%(part)s）：%(why)s", part=name, why=_syntax(fault))) from fault
        del parts[name]
    order = tuple(info for info in _names(data))
    columns = {key: frozenset(value) for key, value in reading.columns.items()}
    return ParsedTemplate(digest, frozenset(reading.variables), frozenset(reading.lists), columns, order, parts, marked)


def _syntax(fault: TemplateError) -> str:
    """What Jinja found wrong, in the words of whoever edits the template."""
    message = fault.message or ""
    if "end of template" in message:
        return "有 if 或者 for 没有写结尾（endif、endfor），或者标记没有写完整"
    if "unknown tag" in message:
        return "有不认识的标记，只能用 if、for 和它们的结尾"
    return "标记没有写完整，或者用了不允许的写法"


def _names(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for info in package.infolist():
            if not info.is_dir():
                yield info.filename


def _unpack(data: bytes) -> dict[str, bytes]:
    if len(data) > FILE_LIMIT:
        raise TemplateFault(said("模板文件过大（超过%(limit)s MB）", limit=FILE_LIMIT // 1_000_000))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = [info for info in package.infolist() if not info.is_dir()]
            # The directory's sizes are the sender's word; reading stops at them, so they are a safe bound.
            if len(infos) > PART_LIMIT or sum(info.file_size for info in infos) > UNPACKED_LIMIT:
                raise TemplateFault("模板解开后过大或者部件过多")
            if len({info.filename for info in infos}) != len(infos):
                raise TemplateFault("模板中有重名的部件")
            parts = {info.filename: package.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as fault:
        raise TemplateFault(NO_DOCUMENT) from fault
    if _BODY not in parts or "[Content_Types].xml" not in parts:
        raise TemplateFault("不是有效的 Word 文档：缺少正文")
    return parts


def _inspect(name: str, content: bytes) -> None:
    lowered = name.lower()
    if any(banned in lowered for banned in _BANNED_PARTS) or ".." in name or name.startswith("/"):
        raise TemplateFault(said("模板含有宏、嵌入对象或者可疑部件（%(part)s），请另存为不含宏的 .docx", part=name))
    if not lowered.endswith((".xml", ".rels")):
        return
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise TemplateFault(said("模板含有实体声明（%(part)s），不予使用", part=name))
    try:
        root = etree.fromstring(content, _xml_parser())
    except etree.XMLSyntaxError as fault:
        raise TemplateFault(
            said("不是有效的 Word 文档：%(part)s 不完整，请用 Word 或者 WPS 重新保存为 .docx", part=name)
        ) from fault
    if lowered == "[content_types].xml" and b"macroenabled" in content.lower():
        raise TemplateFault("模板是启用宏的文档，请另存为不含宏的 .docx")
    if lowered.endswith(".rels") and any(link.get("TargetMode") == "External" for link in root):
        raise TemplateFault(said("模板链接了外部文件或者网址（%(part)s），请断开链接后再用", part=name))
    for instruction in root.iter("{*}instrText", "{*}fldSimple"):
        code = (instruction.text or instruction.get(f"{{{root.nsmap.get('w', '')}}}instr") or "").split()
        if code and code[0].upper() not in _ALLOWED_FIELDS:
            raise TemplateFault(said("模板含有域“%(code)s”，只允许使用页码域", code=code[0]))


def _closed(name: str, root: etree._Element) -> None:
    # An unclosed mark would swallow the paragraphs up to the next one without an error.
    for paragraph in root.iter("{*}p"):
        text = "".join(piece.text or "" for piece in paragraph.iter("{*}t"))
        for opening, closing in (("{{", "}}"), ("{%", "%}"), ("{#", "#}")):
            if text.count(opening) != text.count(closing):
                raise TemplateFault(
                    said(
                        "模板标记有误（%(part)s）：“%(text)s”中的 %(opening)s 与 %(closing)s 不成对",
                        part=name,
                        text=text[:40],
                        opening=opening,
                        closing=closing,
                    )
                )


class _Reading:
    """Walks a parsed Jinja template: refuses what is not plain, gathers names, lists and row attributes."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.lists: set[str] = set()
        self.columns: dict[str, set[str]] = {}

    def walk(self, node: nodes.Node, rows: Mapping[str, str] | None = None) -> None:
        rows = rows or {}
        if not isinstance(node, _PLAIN_NODES):
            raise TemplateFault(
                said("模板标记用了不允许的写法：%(what)s", what=_WRITTEN.get(type(node).__name__, type(node).__name__))
            )
        match node:
            case nodes.For():
                rows = self._loop(node, rows)
                for child in node.body:
                    self.walk(child, rows)
                return
            case nodes.Getattr():
                self._attribute(node, rows)
                return
            case nodes.Filter() if node.name != "length" or node.args or node.kwargs:
                raise TemplateFault(said("模板标记用了不允许的过滤器：%(name)s", name=node.name))
            case nodes.Name() if node.name not in rows:
                self.variables.add(node.name)
        for child in node.iter_child_nodes():
            self.walk(child, rows)

    def _loop(self, node: nodes.For, rows: Mapping[str, str]) -> dict[str, str]:
        # One list, one level: the work of a letter is bounded by the values it is given.
        if rows or not isinstance(node.iter, nodes.Name) or not isinstance(node.target, nodes.Name):
            raise TemplateFault("循环只能逐行列出一个字段，不能嵌套或者使用表达式")
        if node.test is not None or node.recursive or node.else_:
            raise TemplateFault("循环不能带条件、递归或者 else")
        self.variables.add(node.iter.name)
        self.lists.add(node.iter.name)
        return {node.target.name: node.iter.name, "loop": ""}

    def _attribute(self, node: nodes.Getattr, rows: Mapping[str, str]) -> None:
        if not isinstance(node.node, nodes.Name) or node.node.name not in rows or node.attr.startswith("_"):
            raise TemplateFault(said("模板标记取了不允许的属性：%(name)s", name=node.attr))
        if node.node.name == "loop":
            if node.attr not in _LOOP:
                raise TemplateFault(said("模板标记取了不允许的属性：%(name)s", name=f"loop.{node.attr}"))
            return
        self.columns.setdefault(rows[node.node.name], set()).add(node.attr)

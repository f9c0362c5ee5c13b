"""The files of a case type as text, and the hash by which a version of them is known.

The case type's own letters belong to it: their catalogue as text, their Word templates in base64, so that a version in
the database is whole and an old case prints what it printed when it began.
"""

import base64
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.process.faults import DefinitionFault, Fault

CASE_TOML = "case.toml"
MAX_BYTES = 2_000_000
_PATTERNS = (CASE_TOML, "*.bpmn", "forms/*.json", "letters/catalog.toml", "letters/samples.toml")
_TEMPLATES = "letters/templates/*.docx"


@dataclass(frozen=True)
class Bundle:
    """A case type's files: `files` maps the path inside the folder to text (`*.docx`: to base64)."""

    case_type: str
    files: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the canonical form: sorted paths, line ends as LF."""
        files = {path: _unix(text) for path, text in self.files.items()}
        canonical = json.dumps([self.case_type, files], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def read_bundle(folder: Path) -> Bundle:
    """Read a case type's folder. Raises DefinitionFault when a file is missing, too large or not UTF-8."""
    files = {
        path.relative_to(folder).as_posix(): _read(folder, path)
        for pattern in _PATTERNS
        for path in sorted(folder.glob(pattern))
    }
    for path in sorted(folder.glob(_TEMPLATES)):
        if not path.name.startswith("~$"):  # Word's lock file beside an open document
            files[path.relative_to(folder).as_posix()] = base64.b64encode(_bytes(folder, path)).decode("ascii")
    if CASE_TOML not in files:
        raise DefinitionFault(
            Fault(CASE_TOML, "", f"文件夹 {folder.name} 中没有 case.toml。", "请补上事项说明文件 case.toml。")
        )
    return Bundle(_identity(files[CASE_TOML]), files)


def _bytes(folder: Path, path: Path) -> bytes:
    name = path.relative_to(folder).as_posix()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DefinitionFault(Fault(name, "", f"文件读不出来（{error.strerror}）。", "请检查文件和权限。")) from error
    if len(content) > MAX_BYTES:
        raise DefinitionFault(Fault(name, "", "文件超过 2 MB。", "请拆分流程或者删去无关内容。"))
    return content


def _read(folder: Path, path: Path) -> str:
    name = path.relative_to(folder).as_posix()
    try:
        return _unix(_bytes(folder, path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DefinitionFault(Fault(name, "", "文件不是 UTF-8 编码。", "请另存为 UTF-8 编码。")) from error


def _identity(text: str) -> str:
    try:
        identity = tomllib.loads(text).get("id")
    except tomllib.TOMLDecodeError as error:
        raise DefinitionFault(Fault(CASE_TOML, "", f"不是有效的 TOML：{error}。", "请按提示的行列改正。")) from error
    if not isinstance(identity, str) or not identity:
        raise DefinitionFault(Fault(CASE_TOML, "id", "没有写明事项类型的标识。", '请加上 id = "…"（英文小写）。'))
    return identity


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")

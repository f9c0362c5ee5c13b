"""Reading `config.toml`: the values, or one sentence that names file, line and key."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.settings.models import Settings

_HEADER = re.compile(r"^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(#.*)?$")
_ASSIGNMENT = re.compile(r"^\s*([A-Za-z0-9_\-\"'. ]+?)\s*=")

# pydantic's kinds of error -> what is wrong, in the reader's language.
_WRONG = {
    "missing": "缺少这一项",
    "int_type": "应为整数",
    "bool_type": "应为 true 或 false",
    "string_type": "应为文字（加引号）",
    "literal_error": "只能是 {expected}",
    "date_type": "应为日期（不加引号）",
    "tuple_type": "应为列表",
    "dict_type": "应为一节（表）",
    "model_type": "应为一节（表）",
    "string_too_short": "不能为空",
    "string_too_long": "太长",
    "string_pattern_mismatch": "写法不对",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
}


class SettingsFault(Exception):
    """A configuration that cannot be used; `str()` is one Chinese line naming file, line, key and what is allowed."""


def load_settings(path: Path | None, *, database_url: str | None = None, data_dir: Path | None = None) -> Settings:
    """Read `path`; when None, `config.toml` of the working directory or else of the installation.

    `database_url` and `data_dir` stand above what the file says. Raises SettingsFault.
    """
    file = path or _nearest()
    text = _text(file)
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        raise SettingsFault(
            f"{file} 第 {line} 行：TOML 语法错误（{error}）。请检查引号、等号、方括号，以及是否重复。"
        ) from error
    if database_url is not None:
        values["database_url"] = database_url
    if data_dir is not None:
        values["data_dir"] = str(data_dir)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"] == ("database_url",) and database_url is not None:
            about = _description(("database_url",))
            raise SettingsFault(f"--database-url 写法不对，现在写的是 {database_url!r}。说明：{about}。") from error
        raise SettingsFault(_sentence(file, text, first)) from error


def _nearest() -> Path:
    here = Path("config.toml")
    beside = Path(__file__).parents[2] / "config.toml"
    return here if here.exists() or not beside.exists() else beside


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise SettingsFault(f"找不到配置文件 {file}。请用 --config 指明它的位置，或在安装目录运行。") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsFault(f"{file} 第 {line} 行：文件不是 UTF-8 编码。请另存为 UTF-8 后重试。") from error
    except OSError as error:
        raise SettingsFault(f"无法读取配置文件 {file}：{error.strerror}。") from error


def _sentence(file: Path, text: str, error: ErrorDetails) -> str:
    where = tuple(part for part in error["loc"] if part != "[key]")
    line = _line_of(text, where)
    place = f"{file} 第 {line} 行" if line else f"{file}"
    key = _key(where)
    kind = error["type"]
    if kind == "extra_forbidden":
        allowed = "、".join(_names(_model_at(where[:-1])))
        return f"{place}：没有 {key} 这一项。这里可以写的有：{allowed}。"
    if kind == "value_error":
        wrong = str(error["ctx"]["error"])
    else:
        # Kinds that no field of ours can produce today still get pydantic's own words.
        wrong = _WRONG.get(kind, error["msg"]).format(**error.get("ctx", {})).replace(" or ", " 或 ")
    given = "" if kind == "missing" or isinstance(error["input"], Mapping) else f"，现在写的是 {error['input']!r}"
    about = _description(where)
    return f"{place}：{key} {wrong}{given}。" + (f"说明：{about}。" if about else "")


def _key(where: tuple[str | int, ...]) -> str:
    names = [str(part) if isinstance(part, str) else f"第{part + 1}项" for part in where]
    if len(names) == 1:
        return names[0]
    return f"[{names[0]}] " + ".".join(names[1:])


def _line_of(text: str, where: tuple[str | int, ...]) -> int | None:
    """The line that sets `where`, else the header of its section, else None."""
    wanted = [part for part in where if isinstance(part, str)]
    index = next((part for part in where if isinstance(part, int)), 0)
    best, best_length, table, seen = None, 0, [], 0
    for number, content in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(content):
            table = _parts(header[1])
            if table == wanted[: len(table)]:
                repeated = content.lstrip().startswith("[[")
                seen += repeated
                if len(table) > best_length or (repeated and seen == index + 1):
                    best, best_length = number, len(table)
            continue
        if assignment := _ASSIGNMENT.match(content):
            full = table + _parts(assignment[1])
            if full == wanted[: len(full)] and (len(full) > best_length):
                best, best_length = number, len(full)
    return best


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(where: tuple[str | int, ...]) -> type[BaseModel]:
    model: type[BaseModel] = Settings
    for part in where:
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                model = _first_model(field.annotation) or model
    return model


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _first_model(part))), None)


def _description(where: tuple[str | int, ...]) -> str:
    about = ""
    model: type[BaseModel] = Settings
    for part in where:
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                about = field.description or about
                model = _first_model(field.annotation) or model
                break
    return about

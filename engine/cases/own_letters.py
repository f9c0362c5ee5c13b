"""Letters that only one case type has: their catalogue and templates lie in its folder and belong to its version."""

import base64
import tempfile
from pathlib import Path
from threading import Lock

from engine.cases.desk import Desk
from engine.process import Definition, Fault, parse, read_bundle
from letters.catalog import Catalog, load
from letters.checking import Report, check

_CATALOG = "letters/catalog.toml"
_unpacked: set[Path] = set()
_lock = Lock()


def catalog_for(desk: Desk, definition: Definition, code: str) -> Catalog:
    """The catalogue that holds a letter code: the case type's own, else the office's. Raises CatalogFault."""
    own = own_catalog(desk, definition)
    return own if own is not None and code in own.letters else load()


def own_catalog(desk: Desk, definition: Definition) -> Catalog | None:
    """The catalogue that this version of a case type brings along, if any. Raises CatalogFault."""
    if _CATALOG not in definition.letters:
        return None
    return load(_unpack(desk, definition), definition.case_type.id)


def _unpack(desk: Desk, definition: Definition) -> Path:
    """The letters of this version as files: templates are read from disk, so they are put there once per process."""
    root = Path(desk.settings.data_dir) / "case_types"
    folder = root / definition.digest / "letters"
    with _lock:
        if folder in _unpacked:
            return folder
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        for path, text in definition.letters.items():
            target = root / definition.digest / path
            content = base64.b64decode(text) if path.endswith(".docx") else text.encode()
            # Written beside its place and renamed: another process may be reading.
            with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as file:
                file.write(content)
            Path(file.name).replace(target)
        _unpacked.add(folder)
    return folder


def letter_faults(folder: Path) -> list[Fault]:
    """What is wrong with the letters of a case type's folder: unknown codes, and whatever `own_report` finds."""
    definition = parse(read_bundle(folder))
    known = set(load().letters)
    faults: list[Fault] = []
    if _CATALOG in definition.letters:
        for one in own_report(folder).faults:
            if one.file == "catalog.toml" and not one.sample:
                return [Fault(_CATALOG, "", f"文书目录有误：{one.message}。", "请按提示改正。")]
            file = f"letters/templates/{one.file}"
            faults.append(Fault(file, one.sample, f"{one.message}。", "请修改模板或者文书目录。"))
        known |= set(load(folder / "letters").letters)
    for step in definition.steps.values():
        if step.letter not in {None, "decision", *known}:
            where = definition.nodes[step.element].file
            faults.append(Fault(where, step.element, f"没有文书“{step.letter}”。", "请核对代码，或者登记到文书目录。"))
    return sorted(faults)


def own_report(folder: Path) -> Report:
    """The check of the letters that the case type in `folder` brings along; nothing to check is a clean report.

    They are rendered, read again and linted like the office's own, with the samples beside their catalogue.
    """
    if not (folder / _CATALOG).is_file():
        return Report(0, 0, ())
    load.cache_clear()
    return check(folder / "letters", whole=False)

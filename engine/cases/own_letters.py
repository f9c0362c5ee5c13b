"""Letters that only one case type has: their catalogue and templates lie in its folder and belong to its version."""

import base64
import tempfile
from pathlib import Path
from threading import Lock

from engine.cases.desk import Desk
from engine.process import Definition
from letters.catalog import Catalog, load

_CATALOG = "letters/catalog.toml"
_unpacked: set[Path] = set()
_lock = Lock()


def catalog_for(desk: Desk, definition: Definition, code: str) -> Catalog:
    """The catalogue that holds a letter code: the case type's own, else the office's. Raises CatalogFault."""
    if _CATALOG in definition.letters:
        own = load(_unpack(desk, definition))
        if code in own.letters:
            return own
    return load()


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

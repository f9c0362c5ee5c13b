"""Files by content hash, outside the web root: attachments and issued letters."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_CHUNK = 1 << 20
_PREFIX = 2
_HASH = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """A folder of immutable files named by their SHA-256.

    A file is complete or absent: it is written beside its place, synced and renamed. A file whose transaction was
    rolled back stays as an unused copy and harms nobody.
    """

    def __init__(self, root: Path) -> None:
        """`root` is created at the first `put`."""
        self.root = root

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store the bytes; returns (SHA-256 hex, size). Raises OSError when the disk is full: nothing is left then."""
        self.root.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.root, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            target = self.path(digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def keep(self, content: bytes) -> str:
        """Store small content unless it is here already; returns its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.path(sha256).is_file():
            self.put([content])
        return sha256

    def path(self, sha256: str) -> Path:
        """Where the file of this hash lies."""
        return self.root / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes. Raises FileNotFoundError when the file is missing, ValueError when it was altered."""
        content = self.path(sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"stored file {sha256} was altered")
        return content

    def each(self) -> Iterator[str]:
        """The hashes of all files, in order."""
        if not self.root.is_dir():
            return
        for folder in sorted(one for one in self.root.iterdir() if one.is_dir() and len(one.name) == _PREFIX):
            yield from sorted(one.name for one in folder.iterdir() if _HASH.fullmatch(one.name))

    def intact(self, sha256: str) -> bool:
        """Whether the file is there and still has its hash."""
        digest = hashlib.sha256()
        try:
            with self.path(sha256).open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == sha256

"""A whole office in one file: every table as lines, every stored file, and a list of what has to be there.

The file is a tar archive, written and read from front to end in bounded memory:

    about.json            format, schema revision, moment, columns of every table
    tables/<name>.jsonl.gz    the rows, in the order in which they can be inserted
    files/<ab>/<sha256>   attachments, letters, templates
    manifest.json         rows and SHA-256 of every table, number and SHA-256 of the files' names; last, so that a
                          backup that was broken off is seen to be

Tables are read in one snapshot. Stored files are never changed or removed, so all that the snapshot names are there.
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Engine

from engine.store.files import FileStore
from engine.store.walk import (
    Counting,
    Tally,
    columns,
    filled_table,
    read_lines,
    reset_sequences,
    snapshot,
    tables,
    unhurried,
    write_lines,
)

FORMAT = 1
_ABOUT, _MANIFEST = "about.json", "manifest.json"
_TABLE = re.compile(r"tables/([a-z_]+)\.jsonl\.gz")
_FILE = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_CHUNK = 1 << 20


class BackupFault(Exception):
    """A backup that cannot be written or restored; the Chinese sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: tables by name, number and bytes of the files; `damaged` are files without their hash."""

    made_at: datetime
    revision: str
    tables: Mapping[str, Tally]
    files: int
    size: int
    damaged: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(one.rows for one in self.tables.values())


def write_backup(engine: Engine, files: FileStore, target: Path, at: datetime, revision: str) -> Contents:
    """Write everything to `target`, which must not exist; it appears there complete or not at all.

    Raises BackupFault, OSError when the disk is full.
    """
    if target.exists():
        raise BackupFault(f"{target} 已经存在，请换一个文件名。")
    if not target.parent.is_dir():
        raise BackupFault(f"没有文件夹 {target.parent}，请先建立。")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
                contents = _write(engine, files, archive, at, revision)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(name, target)  # unlike a rename this never takes the place of a file that has come meanwhile
    finally:
        Path(name).unlink(missing_ok=True)
    return contents


def _write(engine: Engine, files: FileStore, archive: tarfile.TarFile, at: datetime, revision: str) -> Contents:
    about = {
        "format": FORMAT,
        "revision": revision,
        "made_at": at.isoformat(),
        "database": engine.dialect.name,
        "tables": {table.name: columns(table) for table in tables()},
    }
    _add(archive, _ABOUT, at, _json(about))
    with snapshot(engine) as connection:
        tallies = {table.name: _add_table(archive, connection, table, at) for table in tables()}
    names, count, size, damaged = hashlib.sha256(), 0, 0, []
    for sha256 in files.each():
        length, intact = _add_file(archive, files.path(sha256), sha256, at)
        names.update(f"{sha256}\n".encode())
        count, size = count + 1, size + length
        if not intact:
            damaged.append(sha256)
    manifest = {
        "tables": {name: [one.rows, one.sha256] for name, one in tallies.items()},
        "files": {"count": count, "bytes": size, "sha256": names.hexdigest(), "damaged": damaged},
    }
    _add(archive, _MANIFEST, at, _json(manifest))
    return Contents(at, revision, tallies, count, size, tuple(damaged))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _entry(archive: tarfile.TarFile, name: str, at: datetime, size: int, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, int(at.timestamp()), 0o600
    archive.addfile(entry, content)
    _forget(archive)


def _forget(archive: tarfile.TarFile) -> None:
    """The library would keep an object for every file that has passed."""
    archive.members.clear()  # type: ignore[attr-defined]  # documented nowhere, but the one way to bounded memory


def _add(archive: tarfile.TarFile, name: str, at: datetime, content: bytes) -> None:
    _entry(archive, name, at, len(content), io.BytesIO(content))


def _add_table(archive: tarfile.TarFile, connection: Connection, table: Table, at: datetime) -> Tally:
    counting = Counting(read_lines(connection, table))
    with tempfile.TemporaryFile() as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, mtime=0) as lines:
            lines.writelines(counting)
        size = packed.tell()
        packed.seek(0)
        _entry(archive, f"tables/{table.name}.jsonl.gz", at, size, packed)
    return counting.tally


class _Hashing(io.RawIOBase):
    """A file that hashes what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content


def _add_file(archive: tarfile.TarFile, path: Path, sha256: str, at: datetime) -> tuple[int, bool]:
    """The file's size, and whether it still has its hash."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        hashing = _Hashing(file)
        _entry(archive, f"files/{sha256[:2]}/{sha256}", at, size, hashing)  # type: ignore[arg-type]  # only read is used
    return size, hashing.digest.hexdigest() == sha256


def restore_backup(
    engine: Engine, files: Path, source: Path, revision: str, prove: Callable[[Connection, FileStore, Contents], None]
) -> Contents:
    """Bring a backup into an empty database of the program's own schema and an empty folder of files.

    Args:
        engine: of a database whose tables exist and are empty.
        files: the folder of stored files, absent or empty.
        source: the backup.
        revision: of the schema of the database.
        prove: called with all in its place before anything is kept; what it raises undoes everything.

    Raises:
        BackupFault: something is there already, or the backup is damaged, cut off or of another version.
    """
    if files.exists() and any(files.iterdir()):
        raise BackupFault(f"{files} 中已经有文件，只能恢复到空的数据目录。")
    with _opened(source) as archive, engine.connect() as connection:
        if (name := filled_table(connection)) is not None:
            raise BackupFault(f"数据库不是空的（表 {name} 有内容），只能恢复到空的数据库。")
        unhurried(connection)
        files.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=files.parent, prefix=".restoring-") as folder:
            staged = Path(folder) / "files"
            staged.mkdir()
            contents = _restore(connection, FileStore(staged), archive, revision)
            os.sync()
            prove(connection, FileStore(staged), contents)
            if files.exists():
                files.rmdir()
            staged.rename(files)
            try:
                connection.commit()
            except BaseException:
                shutil.rmtree(files)
                raise
    return contents


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:") as archive:
            yield archive
    except FileNotFoundError as error:
        if error.filename != str(source):
            raise
        raise BackupFault(f"没有文件 {source}，请核对路径。") from error
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BackupFault(f"{source.name} 不是完整的备份文件（{error}），请用另一份备份。") from error


def _restore(connection: Connection, files: FileStore, archive: tarfile.TarFile, revision: str) -> Contents:
    about = _about(archive, revision)
    wanted = {table.name: table for table in tables()}
    tallies: dict[str, Tally] = {}
    names, count, size, damaged = hashlib.sha256(), 0, 0, []
    while (entry := archive.next()) is not None:
        _forget(archive)
        content = archive.extractfile(entry)
        if content is None:
            raise BackupFault(f"备份中有不认识的内容 {entry.name}，没有恢复。")
        if (of_table := _TABLE.fullmatch(entry.name)) and of_table[1] in wanted:
            tallies[of_table[1]] = _load(connection, wanted.pop(of_table[1]), content)
        elif of_file := _FILE.fullmatch(entry.name):
            length, intact = _store(files, of_file[2], content)
            size += length
            damaged += [] if intact else [of_file[2]]
            names.update(f"{of_file[2]}\n".encode())
            count += 1
        elif entry.name == _MANIFEST:
            files_read = {"count": count, "bytes": size, "sha256": names.hexdigest(), "damaged": damaged}
            _compare(_parsed(content), tallies, files_read)
            reset_sequences(connection)
            made_at = datetime.fromisoformat(about["made_at"])
            return Contents(made_at, about["revision"], tallies, count, size, tuple(damaged))
        else:
            raise BackupFault(f"备份中有不认识的内容 {entry.name}，没有恢复。")
    raise BackupFault("备份没有写完（缺少清单），请用另一份备份。")


def _about(archive: tarfile.TarFile, revision: str) -> dict[str, Any]:
    entry = archive.next()
    content = archive.extractfile(entry) if entry is not None and entry.name == _ABOUT else None
    if content is None:
        raise BackupFault("这不是本系统的备份文件。")
    about = _parsed(content)
    if about.get("format") != FORMAT:
        raise BackupFault(
            f"备份是第 {about.get('format')} 版格式，本程序只认识第 {FORMAT} 版，请用相应版本的程序恢复。"
        )
    if about.get("revision") != revision:
        raise BackupFault(
            f"备份的数据库版本是 {about.get('revision')}，本程序是 {revision}。请用做备份时的程序版本恢复，再升级。"
        )
    if about.get("tables") != {table.name: columns(table) for table in tables()}:
        raise BackupFault("备份中的表与本程序的表不一致，请用做备份时的程序版本恢复，再升级。")
    return about


def _parsed(content: IO[bytes]) -> dict[str, Any]:
    try:
        found = json.loads(content.read())
    except ValueError as error:
        raise BackupFault("备份的清单已经损坏，请用另一份备份。") from error
    return found if isinstance(found, dict) else {}


def _load(connection: Connection, table: Table, content: IO[bytes]) -> Tally:
    with gzip.GzipFile(fileobj=content, mode="rb") as lines:
        counting = Counting(lines)
        try:
            write_lines(connection, table, counting)
        except ValueError as error:
            raise BackupFault(f"备份中的表 {table.name} 已经损坏，请用另一份备份。") from error
    return counting.tally


def _store(files: FileStore, sha256: str, content: IO[bytes]) -> tuple[int, bool]:
    """Put a file under its name; returns its size, and whether it has its hash."""
    path, digest = files.path(sha256), hashlib.sha256()
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        return file.tell(), digest.hexdigest() == sha256


def _compare(manifest: Mapping[str, Any], tallies: Mapping[str, Tally], files: Mapping[str, Any]) -> None:
    """Raise BackupFault unless everything of the manifest has been read as it was written, and nothing else."""
    read = {name: [one.rows, one.sha256] for name, one in tallies.items()}
    wanted = manifest.get("tables", {})
    for name in sorted({*wanted, *read}):
        if wanted.get(name) != read.get(name):
            raise BackupFault(f"备份中的表 {name} 与清单不一致，请用另一份备份。")
    if manifest.get("files") != files:
        raise BackupFault("备份中的文件与清单不一致，请用另一份备份。")

"""The session of a command: SQLAlchemy's own, with a short way for what every step does.

A step changes columns of two loaded rows and appends three others. For that the library's unit of work (sorting,
cascades, identities) costs as much again as the SQL itself; docs/performance.md has the figures. Here a row that only
changed is written by one plain UPDATE, and a row that nobody reads back is never made an object at all. Everything
else (new objects, deletions, changed collections, savepoints) goes the library's way.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table, Update, bindparam, insert, inspect, update
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.exc import StaleDataError

from engine.store.base import Base

# Key of a session's `info`: rows to append, by table.
_APPENDED = "appended"
# The same: rows that have been written, which the session itself forgets as soon as nobody else holds them.
_WRITTEN = "written"


def append(session: Session, model: type[Base], **row: Any) -> None:
    """Add a row that nothing in this transaction reads back as an object; it is written with the next flush."""
    session.info.setdefault(_APPENDED, {}).setdefault(model, []).append(row)


def written(session: Session) -> list[Any]:
    """The rows that this unit of work has made or changed, as objects, by its flushes so far."""
    return list(session.info.get(_WRITTEN, ()))


class UnitOfWork(Session):
    """A session whose flush writes changed rows by plain UPDATEs, then the appended rows, one statement a table."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write everything that waits. Raises StaleDataError when another transaction has changed a versioned row."""
        if self._is_clean() and not self.info.get(_APPENDED):
            return
        changes = {row: _changed(row) for row in self.dirty}
        self.info.setdefault(_WRITTEN, {}).update(dict.fromkeys((*self.new, *changes)))
        if self.new or self.deleted or self.in_nested_transaction() or None in changes.values():
            super().flush(objects)
        else:
            for row, changed in changes.items():
                self._write(row, changed or {})
        for model, rows in self.info.pop(_APPENDED, {}).items():
            self.connection().execute(_insert(model), rows)

    def _write(self, row: Base, changed: dict[str, Any]) -> None:
        state = inspect(row)
        mapper = state.mapper
        if changed:
            version = mapper.version_id_col
            if version is not None:
                changed[str(version.key)] = state.dict[str(version.key)] + 1
            names = [column.key for column in _identifying(mapper)]
            values = {f"old_{name}": state.dict[name] for name in names}
            values |= {f"new_{name}": value for name, value in changed.items()}
            done = self.connection().execute(_update(mapper, tuple(changed)), values)
            if done.rowcount != 1:
                raise StaleDataError(f"{mapper.class_.__name__} {state.identity} was changed by another transaction")
            state.dict.update(changed)
        state._commit_all(state.dict, self.identity_map)  # noqa: SLF001 - there is no public "this has been written"


def _changed(row: Base) -> dict[str, Any] | None:
    """The columns of a loaded row that have a new value; None when something else than plain columns has changed."""
    state = inspect(row)
    now = state.dict
    changed = {name: now.get(name) for name, before in state.committed_state.items() if now.get(name) != before}
    return changed if changed.keys() <= _plain_columns(state.mapper) else None


@cache
def _identifying(mapper: Mapper[Any]) -> tuple[Any, ...]:
    """The columns by which a row is found again: its key and, where it has one, its version."""
    version = mapper.version_id_col
    return mapper.primary_key if version is None else (*mapper.primary_key, version)


@cache
def _plain_columns(mapper: Mapper[Any]) -> frozenset[str]:
    return frozenset(mapper.columns.keys()) - {column.key for column in mapper.primary_key}


@cache
def _update(mapper: Mapper[Any], names: tuple[str, ...]) -> Update:
    columns = mapper.columns
    found = [column == bindparam(f"old_{column.key}") for column in _identifying(mapper)]
    return update(_table(mapper)).where(*found).values({columns[name]: bindparam(f"new_{name}") for name in names})


@cache
def _insert(model: type[Base]) -> Insert:
    return insert(_table(inspect(model)))


def _table(mapper: Mapper[Any]) -> Table:
    return cast("Table", mapper.local_table)

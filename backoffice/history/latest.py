"""Who made a row what it is, as far as the record knows: what was changed behind its back has no name."""

from collections.abc import Collection

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session, joinedload

from backoffice.history.rows import Key, key_text, rows_by_key
from backoffice.models import Change, Operation
from backoffice.planning import Way, by_index_of

# Further back nobody is looked for.
LOOKED_AT = 50


def who_set(
    session: Session, table: Table, key: Key, columns: Collection[str]
) -> dict[str, Operation | None]:
    """By which operations these columns of a row came to hold what they hold; None where it was by none."""
    snapshot = rows_by_key(session, table, [key]).get(key, {})
    changes = _latest(session, table, key)
    return {column: _setter(changes, column, snapshot.get(column)) for column in columns}


def who_deleted(session: Session, table: Table, key: Key) -> Operation | None:
    """The operation that deleted a row; None where none did, or where the row came back since."""
    latest = next(iter(_latest(session, table, key)), None)
    return latest.operation if latest is not None and latest.action == "delete" else None


def _latest(session: Session, table: Table, key: Key) -> list[Change]:
    newest = changes_of_row(session, table.name, key_text(key)).limit(LOOKED_AT)
    return list(session.scalars(newest.options(joinedload(Change.operation))))


def changes_of_row(session: Session, table: str, key: str) -> Select[Change]:
    """The statement that reads the changes of a row, the latest first, be they long ago."""
    way = Way((Change.id.desc(),), descending=True, column=Change.id)
    values = {Change.table_name: table, Change.row_key: key}
    return by_index_of(select(Change), values, way, session.get_bind().dialect.name)


def _setter(changes: Collection[Change], column: str, value: object) -> Operation | None:
    """Whose change was the last of a column, unless the value is another one by now."""
    for change in changes:
        if change.after is None:  # of a row that was put back only the operation is known
            return change.operation if change.action == "insert" else None
        if column in change.after:
            return change.operation if change.after[column] == value else None
    return None

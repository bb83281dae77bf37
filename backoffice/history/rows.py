"""Rows as the database holds them, with the columns that the models do not know, and how they are named."""

import json
from collections.abc import Collection
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Table, select, tuple_
from sqlalchemy.orm import Session

from backoffice.history.snapshots import Snapshot, snapshot_of

Key = tuple[Any, ...]
Snapshots = dict[Key, Snapshot]

KEYS_A_QUERY = 500


def key_text(key: Key) -> str:
    """A primary key as the record of a change names it; one of several columns is a JSON array."""
    return str(key[0]) if len(key) == 1 else json.dumps(key, default=str)


def rows_by_key(session: Session, table: Table, keys: Collection[Key], *, lock: bool = False) -> Snapshots:
    """The rows with these keys, whole; locked against other writers if asked."""
    found: Snapshots = {}
    remaining = iter(keys)
    while chunk := list(islice(remaining, KEYS_A_QUERY)):
        found.update(rows_where(session, table, with_keys(table, chunk), lock=lock))
    return found


def rows_where(
    session: Session, table: Table, condition: ColumnElement[bool], *, lock: bool = False
) -> Snapshots:
    """The rows that meet `condition`, by key, with every column that the table has."""
    key = list(table.primary_key)
    statement = select(*key, snapshot_of(session, table)).select_from(table).where(condition)
    if lock:
        statement = statement.with_for_update()
    return {tuple(row[:-1]): row[-1] for row in session.connection().execute(statement)}


def with_keys(table: Table, keys: Collection[Key]) -> ColumnElement[bool]:
    """The condition that a row of `table` is one of these."""
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(list(keys))

"""What bulk work knows of a table: which rows a list has, and which of them are not to be touched."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import Session

from backoffice.models import RowKey
from backoffice.registry.guard import Protect

# Which rows are not as they were shown any more: by key, the version that each of them had then.
Changed = Callable[[Mapping[RowKey, str]], Collection[RowKey]]
# The conditions of a list: of its filters, as (name, value) pairs, its search, and the reader's time zone.
Conditions = Callable[[Session, Sequence[tuple[str, str]], str, tzinfo], list[ColumnElement[bool]]]


@dataclass(frozen=True)
class BulkTarget:
    """A table whose rows can be worked on in bulk, by a page or by a worker."""

    table: Table
    conditions: Conditions
    protect: Protect
    changed: Changed

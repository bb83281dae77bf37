"""A row's version: a keyed digest of what a page shows of it, by which it is known again unchanged.

A page that offers to do something to a row carries the row's version, as `version`, in a hidden input whose
value is the row's key, a colon and the version. What the page does not show is not part of it, so that an
application that notes a `last_seen` at every request makes no row another one; and nothing is stored.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from flask import request
from sqlalchemy import inspect, select
from sqlalchemy.orm import QueryableAttribute

from backoffice.console.http import digest, is_digest_of
from backoffice.extensions import db
from backoffice.listing import Relation
from backoffice.models import RowKey, parse_keys
from backoffice.registry import TableView

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView

# The pages that show a row, each other columns of it.
LIST, DETAILS, EDIT = "list", "details", "edit"
# Beside a past version: every column that may be shown.
HISTORY = "history"
SENT = "version"


def etags_of(view: "RecordView", keys: Collection[RowKey], page: str = LIST) -> dict[RowKey, str]:
    """The versions of those rows with these keys that are there, as `page` shows them now; in one query."""
    return {key: _version(view, page, key, values) for key, values in _values(view, keys, page).items()}


def etag_of_row(view: "RecordView", row: object, page: str = LIST) -> str:
    """The version of a row that was read with `select_with_keys`, for the list or the details."""
    return etag_maker(view, page)(row)


def etag_maker(view: "RecordView", page: str = LIST) -> Callable[[object], str]:
    """What gives the version of such a row; made once where there are many."""
    columns = view.columns.shown if page == LIST else view.details_columns
    names = [f"{one.name}_key" if isinstance(one, Relation) else one.name for one in columns]
    key = view.columns.key.name

    def version(row: object) -> str:
        return _version(view, page, getattr(row, key), [getattr(row, name) for name in names])

    return version


def etag_of_record(view: "RecordView", record: object) -> str:
    """The version of a record that a form is made of."""
    values = [getattr(record, attribute.key) for attribute in _attributes(view, EDIT)]
    return _version(view, EDIT, view.key_of(record), values)


def etag_of_values(view: TableView, key: RowKey, values: Mapping[str, object]) -> str:
    """The version of a row whose columns hold these values, for the page of a past version."""
    return _version(view, HISTORY, key, sorted(values.items()))


def is_etag_of_values(view: TableView, version: str, key: RowKey, values: Mapping[str, object]) -> bool:
    """Whether that is the version of these values."""
    return _is_version(view, version, HISTORY, key, sorted(values.items()))


def sent_etags(view: "RecordView") -> dict[RowKey, str]:
    """The versions that came with this request, by the keys of their rows."""
    pairs = (text.rpartition(":") for text in request.form.getlist(SENT))
    versions = {key: version for key, _, version in pairs}
    return dict(zip(parse_keys(view.sql_table, versions), versions.values(), strict=True))


def changed(view: "RecordView", versions: Mapping[RowKey, str]) -> set[RowKey]:
    """Those of these rows that are there, and are not as they were when they had these versions."""
    by_page: dict[str, list[RowKey]] = {}
    for key, version in versions.items():
        by_page.setdefault(_page_of(version), []).append(key)
    return {
        key
        for page, keys in by_page.items()
        for key, values in _values(view, keys, page).items()
        if not _is_version(view, versions[key], page, key, values)
    }


def _values(view: "RecordView", keys: Collection[RowKey], page: str) -> dict[RowKey, list[object]]:
    key = view.columns.key.attribute
    rows = db.session.execute(select(key, *_attributes(view, page)).where(key.in_(keys)))
    return {row[0]: list(row[1:]) for row in rows}


def _attributes(view: "RecordView", page: str) -> list[QueryableAttribute[object]]:
    """The row's own columns that a page shows; of another row it is only which one."""
    if page == EDIT:
        return [_form_attribute(view, name) for name in view.form_names]
    return [column.attribute for column in (view.columns.shown if page == LIST else view.details_columns)]


def _form_attribute(view: "RecordView", name: str) -> QueryableAttribute[object]:
    mapper = inspect(view.model)
    if name in mapper.relationships:
        (column,) = mapper.relationships[name].local_columns
        name = mapper.get_property_by_column(column).key
    attribute: QueryableAttribute[object] = getattr(view.model, name)
    return attribute


def _page_of(version: str) -> str:
    page = version.partition("-")[0]
    return page if page in (LIST, DETAILS, EDIT) else LIST


def _is_version(view: TableView, version: str, page: str, key: RowKey, values: Iterable[object]) -> bool:
    return is_digest_of(version.rpartition("-")[2], view.sql_table.name, page, key, tuple(values))


def _version(view: TableView, page: str, key: RowKey, values: Iterable[object]) -> str:
    return f"{page}-{digest(view.sql_table.name, page, key, tuple(values))}"

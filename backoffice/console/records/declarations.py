"""What is made of a view's declarations: its columns, and its forms."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flask import url_for
from sqlalchemy import inspect
from sqlalchemy.orm import DeclarativeBase

from backoffice.console.records.forms import RecordForm, form_class, has_field
from backoffice.listing import Columns, Kind
from backoffice.models import is_secret

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView

# Flask-Admin's ways to say how a list is sorted.
DefaultSort = str | tuple[str, bool] | list[tuple[str, bool]] | None


def columns_of(view: "RecordView", shown: Iterable[str]) -> Columns:
    """The columns of the view's lists, of which these are shown. Raises ValueError for a wrong one."""
    return Columns(
        view.model,
        shown,
        filters=view.column_filters or (),
        search=view.column_searchable_list or (),
        sort=view.column_sortable_list or (),
        order=_order(view.column_default_sort),
        display=view.relation_labels,
        labels=view.column_labels,
    )


def _order(declared: DefaultSort) -> str | None:
    """Flask-Admin's `("timestamp", True)` as an address says it: `-timestamp`.

    A list of two of them names the primary key second, by which ties go: `-timestamp,id`.
    """
    if declared is None or isinstance(declared, str):
        return declared
    pairs = declared if isinstance(declared, list) else [declared]
    return ",".join(f"-{name}" if descending else str(name) for name, descending in pairs)


def every_column(model: type[DeclarativeBase]) -> list[str]:
    """All columns of a model but the secret ones."""
    attributes = model.__mapper__.column_attrs
    return [one.key for one in attributes if not is_secret(one.columns[0].name)]


def first_text(columns: Columns) -> str:
    """The first column of text that is shown, or else the key."""
    texts = (column.name for column in columns.shown if column.kind is Kind.TEXT)
    return next(texts, columns.key.name)


def form_names(view: "RecordView") -> tuple[list[str], list[str]]:
    """The columns and relations of the view's form that have a field, and those that are only shown."""
    names = list(view.form_columns or (column.name for column in view.columns.shown))
    fields = [name for name in names if has_field(view.model, name, view.form_overrides or {})]
    return fields, [name for name in names if name not in fields]


def record_form(view: "RecordView", names: Iterable[str]) -> type[RecordForm]:
    """The form over one record, with these fields."""
    return _form(view, names, view.column_descriptions or {})


def bulk_form(view: "RecordView") -> type[RecordForm]:
    """The form whose values many records get. Raises ValueError for a field that has to be unique."""
    for name in view.bulk_edit_columns:
        column = view.sql_table.columns[column_written(view.model, name)]
        if column.unique or column.primary_key:
            raise ValueError(f"{name!r} has to be unique and cannot be the same for many rows")
    return _form(view, view.bulk_edit_columns, {})


def _form(view: "RecordView", names: Iterable[str], descriptions: Mapping[str, str]) -> type[RecordForm]:
    return form_class(
        view.model,
        names,
        labels=view.column_labels or {},
        descriptions=descriptions,
        arguments=_arguments(view),
        overrides=view.form_overrides or {},
        lookup=lambda name: url_for(f"{view.endpoint}.ajax_lookup", name=name),
    )


def _arguments(view: "RecordView") -> dict[str, dict[str, object]]:
    arguments = {name: dict(given) for name, given in (view.form_args or {}).items()}
    for name, column in view.relation_labels.items():
        arguments.setdefault(name, {}).setdefault("label_column", column)
    return arguments


def column_written(model: type[DeclarativeBase], name: str) -> str:
    """The column that the field `name` of a form writes."""
    mapper = inspect(model)
    if name in mapper.relationships:
        (column,) = mapper.relationships[name].local_columns
        return str(column.name)
    return str(mapper.columns[name].name)

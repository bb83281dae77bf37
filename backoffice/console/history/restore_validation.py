"""What the form for editing a record would say to values that are to be put back."""

from collections.abc import Mapping
from enum import Enum

from sqlalchemy import inspect
from wtforms import Field

from backoffice.console.presenters import AuditedTable
from backoffice.exceptions import Invalid, NotFound


def editable_columns(table: AuditedTable) -> dict[str, str]:
    """The columns that the form for editing writes, and the fields that do."""
    if table.view is None:
        return {}
    columns = inspect(table.view.model).columns
    form = table.view.form_class(None, None)
    return {columns[getattr(field, "attribute", field.name)].name: field.name for field in form}


def check_values(table: AuditedTable, key: str, values: Mapping[str, object]) -> None:
    """Refuse what the form would refuse. Raises Invalid, or what the view's own rules raise."""
    record, view = table.record(key), table.view
    if record is None or view is None:
        raise NotFound(key)
    form = view.form_class(None, record)
    fields = {editable_columns(table)[column]: value for column, value in values.items()}
    form.edited = list(fields)
    for name, value in fields.items():
        _enter(form[name], value)
    wrong = [form[name] for name in fields if not form[name].validate(form)]
    if wrong:
        raise Invalid(" ".join(f"{field.label.text}: {' '.join(map(str, field.errors))}" for field in wrong))
    view.before_save(form, record)


def _enter(field: Field, value: object) -> None:
    """As if it had been typed."""
    field.raw_data, field.process_errors = None, []
    field.data = value.name if isinstance(value, Enum) else value
    text = getattr(field, "_value", lambda: str(field.data))()
    field.raw_data = ["" if value is None else text]

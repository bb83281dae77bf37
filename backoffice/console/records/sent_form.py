"""The form that a request is about: which record's it is, and what was sent in it."""

from typing import TYPE_CHECKING

from flask import request
from wtforms.validators import InputRequired

from backoffice.accounts import FormName
from backoffice.console.http import person
from backoffice.console.presenters import REQUIRED
from backoffice.console.records.fields import CheckboxField
from backoffice.console.records.form_state import STATE, FormState
from backoffice.console.records.forms import RecordForm, inputs_of
from backoffice.console.records.probe_detection import BESIDE_FIELDS, note_fields
from backoffice.extensions import db
from backoffice.models import RowKey, StoredColumn, parse_key, stored_columns

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


def form_name(view: "RecordView", key: RowKey | None) -> FormName:
    """Which form is that of the record with this key, or of a new one."""
    return FormName(view.table, "" if key is None else str(key))


def form_in_address(view: "RecordView") -> FormName | None:
    """The form of the record that the address names; None where it names none."""
    key = parse_key(view.sql_table, request.args.get("id"))
    return form_name(view, key) if key is not None else None


def record_of(view: "RecordView", name: FormName) -> object | None:
    """The record of a form; None for a new one."""
    return view.record_or_404(name.key) if name.key else None


def form_over(view: "RecordView", record: object) -> RecordForm:
    """The form over a record, or over none for a new one, with what was sent in it."""
    sent = request.form if request.method == "POST" else None
    is_edited = sent is not None and record is not None
    state = FormState.sent(form_name(view, view.key_of(record))) if is_edited else None
    form = view.form_class(sent, record, state.shown if state else None)
    note_fields(request.form, BESIDE_FIELDS | {name for field in form for name in inputs_of(field)})
    _require_what_the_table_requires(view, form)
    return form


def _require_what_the_table_requires(view: "RecordView", form: RecordForm) -> None:
    """An adopted table may want a value where the model does not."""
    stored = stored_columns(db.engine, view.table)
    for field in (one for one in form if not isinstance(one, CheckboxField)):
        column = stored.get(getattr(field, "attribute", field.name))
        if column is None or column.nullable or (form.is_new and _has_default(view, column)):
            continue
        field.validators = (InputRequired(REQUIRED), *field.validators)
        field.flags.required, field.flags.optional = True, False


def _has_default(view: "RecordView", column: StoredColumn) -> bool:
    """Whether a new row gets a value here by itself."""
    known = view.sql_table.columns.get(column.name)
    return column.has_default or (known is not None and known.default is not None)


def is_foreign(name: FormName) -> bool:
    """Whether a form says of its making what the console did not say, or said of another form."""
    state = FormState.sent(name)
    return bool(request.form.get(STATE)) and not (state and state.is_of(person()))


def point_out(form: RecordForm, message: str, field: str | None = None) -> None:
    """Say what is wrong, at the field that it is about, or else at the top."""
    if field is not None and field in form:
        form[field].errors = [*form[field].errors, message]
    else:
        form.form_errors.append(message)

"""Writing what was edited on a form, in one transaction, over what others may have written meanwhile."""

from typing import TYPE_CHECKING, NamedTuple

from flask import request
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import lazyload

from backoffice.accounts import drafts
from backoffice.console.http import person, wants_json
from backoffice.console.records.field_values import Value
from backoffice.console.records.form_state import FormState
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.merge import Merge, resolve
from backoffice.console.records.sent_form import form_name, point_out
from backoffice.console.records.uniqueness import point_out_taken
from backoffice.database import with_retries
from backoffice.database_errors import mariadb_number
from backoffice.exceptions import Busy, Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import RowKey
from backoffice.registry import registry

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView

# The hidden input that says what a page showed that asked, and the beginning of those that answer.
SEEN = "_seen"
CHOICE = "_keep."
# What MariaDB calls a broken check, which on the other databases is a broken rule like any.
BROKEN_CHECK = 4025


class Gone(NotFound):
    """The record of a form was deleted since the form was made."""


class Saved(NamedTuple):
    """What was saved: its key, its name, as which operation, if one was needed; and what others changed."""

    key: RowKey
    name: str
    operation_id: int | None
    changed: list[str]


def save(view: "RecordView", form: RecordForm, key: RowKey | None) -> Saved | None:
    """Write what was edited; None where the form has to be shown again, with what is wrong in it.

    Raises Overtaken where somebody has to decide first, and Gone where there is nothing to write to.
    """
    try:
        return with_retries(lambda: _write(view, form, key))
    except Invalid as error:
        point_out(form, str(error), error.field)
    except Busy as error:
        if wants_json():
            raise
        form.is_held_up = True
        point_out(form, str(error))
    except IntegrityError:
        _explain_refusal(view, form, key)
    except DataError:
        point_out(form, _("The database cannot hold one of these values: it is too long or too large."))
    except OperationalError as error:
        if mariadb_number(error.orig) != BROKEN_CHECK:
            raise
        _explain_refusal(view, form, key)
    return None


def _write(view: "RecordView", form: RecordForm, key: RowKey | None) -> Saved:
    verb = "create" if key is None else "update"
    with operation(f"{view.table}:{verb}", table=view.table) as act:
        record = _record_to_write(view, key)
        merge = Merge.found(form, record) if key is not None else None
        if key is not None and merge is not None:
            resolve(form, merge, choices(form), seen(view, key))
        view.before_save(form, record)
        form.write_to(record)
        db.session.add(record)
        db.session.flush()
        drafts.forget(person().id, form_name(view, key))
        name = view.name_of(record)
        act.facts = registry().about(view.table, view.key_of(record))
        changed = [name for name in merge.changed if name not in form.edited] if merge else []
        return Saved(view.key_of(record), name, act.id if act.changed_rows else None, changed)


def _record_to_write(view: "RecordView", key: RowKey | None) -> object:
    if key is None:
        return view.model()
    # What a model loads along, PostgreSQL cannot lock: the other side of an outer join.
    record = db.session.get(view.model, key, options=[lazyload("*")], with_for_update=True)
    if record is None:
        raise Gone(_("This record was deleted meanwhile. Nothing was saved."))
    return record


def choices(form: RecordForm) -> dict[str, str]:
    """What was answered where two had changed one field."""
    return {field.name: request.form.get(f"{CHOICE}{field.name}", "") for field in form}


def seen(view: "RecordView", key: RowKey) -> dict[str, Value]:
    """The values that the record had on the page that asked."""
    state = FormState.sent(form_name(view, key), SEEN)
    return state.shown if state else {}


def _explain_refusal(view: "RecordView", form: RecordForm, key: RowKey | None) -> None:
    """Say in the person's words which rule of the table was broken: another may just have been faster."""
    try:
        view.before_save(form, db.session.get(view.model, key) if key is not None else view.model())
    except Invalid as error:
        point_out(form, str(error), error.field)
    else:
        db.session.rollback()
        if not point_out_taken(view, form, key):
            point_out(
                form, _("The database refused this: a value is taken already, or breaks a rule of the table.")
            )

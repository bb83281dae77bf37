"""Writing what was edited on a form, in one transaction, over what others may have written meanwhile."""

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import request
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, IntegrityError

from backoffice.accounts import FormName
from backoffice.console.http import wants_json
from backoffice.console.records.form_state import FormState
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.merge import Meanwhile, settle
from backoffice.database import with_retries
from backoffice.exceptions import Busy, Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import operation

# The hidden input that says what a page showed that asked, and the beginning of those that answer.
SEEN = "_seen"
CHOICE = "_keep."

if TYPE_CHECKING:
    from backoffice.console.records.base import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class Gone(NotFound):
    """The record of a form was deleted since the form was made."""


class Saved(NamedTuple):
    """What was saved: its key, its name, as which operation, if one was needed; and what others changed."""

    key: Any
    name: str
    operation_id: int | None
    changed: list[str]


class Saving(Records):
    """How a form is saved; `before_save` is for views of one's own."""

    def form_name(self, key: Any) -> FormName:
        """Which form is that of the record with this key, or of a new one."""
        return FormName(self.sql_table.name, "" if key is None else str(key))

    def before_save(self, form: RecordForm, record: Any) -> None:
        """Called inside the transaction, before what was edited is written to `record`.

        May raise Invalid, with the name of the field; then nothing is saved and the form shows it. It is
        called again where the transaction has to be, because the database was busy with others'.
        """

    def draft_context(self, form: RecordForm, key: Any) -> dict[str, Any]:
        """What the page of a form needs to keep what is typed; what was typed before is put into the form."""
        return {"state": []}

    def forget_draft(self, key: Any) -> None:
        """Forget what was typed, in the transaction that saves it."""

    def _save(self, form: RecordForm, key: Any) -> Saved | None:
        """Write what was edited; None where the form has to be shown again, with what is wrong in it.

        Raises Overtaken where somebody has to decide first, and Gone where there is nothing to write to.
        """
        try:
            return with_retries(lambda: self._write(form, key))
        except Invalid as error:
            self._point_out(form, str(error), error.field)
        except Busy as error:
            if wants_json():
                raise
            form.is_held_up = True
            self._point_out(form, str(error))
        except IntegrityError:
            self._explain_refusal(form, key)
        except DataError:
            self._point_out(
                form, _("The database cannot hold one of these values: it is too long or too large.")
            )
        return None

    def _write(self, form: RecordForm, key: Any) -> Saved:
        verb = "create" if key is None else "update"
        with operation(f"{self.table}:{verb}", table=self.table) as act:
            record = self._record_to_write(key)
            meanwhile = Meanwhile.found(form, record) if key is not None else None
            if meanwhile is not None:
                settle(form, meanwhile, self._choices(form), self._seen(key))
            self.before_save(form, record)
            form.write_to(record)
            db.session.add(record)
            db.session.flush()
            self.forget_draft(key)
            name = self.name_of(record)
            act.selection = self.in_history(self.singular, name)
            changed = [name for name in meanwhile.changed if name not in form.edited] if meanwhile else []
            return Saved(self.key_of(record), name, act.id if act.changed_rows else None, changed)

    def _record_to_write(self, key: Any) -> Any:
        if key is None:
            return self.model()
        record = db.session.get(self.model, key, with_for_update=True)
        if record is None:
            raise Gone(_("This record was deleted meanwhile. Nothing was saved."))
        return record

    def _choices(self, form: RecordForm) -> dict[str, str]:
        """What was answered where two had changed one field."""
        return {field.name: request.form.get(f"{CHOICE}{field.name}", "") for field in form}

    def _seen(self, key: Any) -> dict[str, Any]:
        """The values that the record had on the page that asked."""
        seen = FormState.sent(self.form_name(key), SEEN)
        return seen.shown if seen else {}

    def _explain_refusal(self, form: RecordForm, key: Any) -> None:
        """Say in the person's words which rule of the table was broken: another may just have been faster."""
        try:
            self.before_save(form, db.session.get(self.model, key) if key is not None else self.model())
        except Invalid as error:
            self._point_out(form, str(error), error.field)
        else:
            db.session.rollback()
            self._point_out(
                form, _("The database refused this: a value is taken already, or breaks a rule of the table.")
            )

    def _point_out(self, form: RecordForm, message: str, field: str | None = None) -> None:
        if field in form:
            form[field].errors = [*form[field].errors, message]
        else:
            form.form_errors.append(message)

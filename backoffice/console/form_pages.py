"""Reading, creating and editing one record."""

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, IntegrityError
from wtforms.validators import InputRequired

from backoffice.console.addresses import inside
from backoffice.console.base import back
from backoffice.console.forms import RecordForm, form_class
from backoffice.console.translated_form import REQUIRED
from backoffice.exceptions import Conflict, Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models.stored import stored_columns, unfillable_columns

if TYPE_CHECKING:
    from backoffice.console.records import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class FormPages(Records):
    """`/details/`, `/new/` and `/edit/`."""

    def _refresh_cache(self) -> None:
        super()._refresh_cache()
        self.form_class = form_class(
            self.model,
            self.form_columns or [column.name for column in self.columns.shown],
            labels=self.column_labels,
            descriptions=self.column_descriptions or {},
            arguments=self._form_arguments(),
            overrides=self.form_overrides or {},
            lookup=lambda name: f"/admin/{self.endpoint}/ajax/lookup/?name={name}",
        )

    def _form_arguments(self) -> dict[str, dict[str, Any]]:
        arguments = {name: dict(given) for name, given in (self.form_args or {}).items()}
        for name, column in self.relation_labels.items():
            arguments.setdefault(name, {}).setdefault("label_column", column)
        return arguments

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        record = self.record_or_404(request.args.get("id"))
        return self.render(
            "records/details.html",
            title=self.name_of(record),
            breadcrumbs=self.breadcrumbs(),
            facts=self.facts(record),
            links=self.links(self.key_of(record)),
            edit_url=self.edit_url(self.key_of(record)),
            delete_url=url_for(".delete_view") if self.allows("delete") else None,
            key=self.key_of(record),
            return_url=url_for(".index_view"),
        )

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        unfillable = unfillable_columns(db.engine, self.sql_table)
        if unfillable:
            raise Conflict(
                _(
                    "New records cannot be made here: the table wants a value for %(columns)s, which the "
                    "console does not know.",
                    columns=", ".join(unfillable),
                )
            )
        form = self._form(None)
        if request.method == "POST" and form.validate() and (key := self._save(form, None)) is not None:
            flash(_("%(name)s was created.", name=self.name_of_key(key)), "success")
            return self._onward(key)
        return self._form_page(form, self._form_title(None))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        record = self.record_or_404(request.args.get("id"))
        title, key = self._form_title(record), self.key_of(record)
        form = self._form(record)
        if request.method == "POST" and form.validate() and self._save(form, key) is not None:
            if form.edited:
                flash(_("%(name)s was saved.", name=self.name_of_key(key)), "success")
            else:
                flash(_("Nothing was changed."), "info")
            return self._onward(key)
        return self._form_page(form, title, key)

    def _form_title(self, record: Any) -> str:
        if record is None:
            return str(_("New %(singular)s", singular=self.singular))
        return str(_("Edit %(name)s", name=self.name_of(record)))

    def _form(self, record: Any) -> RecordForm:
        form = self.form_class(request.form if request.method == "POST" else None, record)
        self._require_what_the_table_requires(form)
        return form

    def _require_what_the_table_requires(self, form: RecordForm) -> None:
        """An adopted table may want a value where the model does not."""
        stored = stored_columns(db.engine, self.sql_table.name)
        for field in form:
            column = stored.get(getattr(field, "attribute", field.name))
            if column is not None and not column.nullable and not column.has_default:
                if column.name in self.sql_table.columns and self.sql_table.columns[column.name].default:
                    continue
                field.validators = (InputRequired(REQUIRED), *field.validators)
                field.flags.required, field.flags.optional = True, False

    def _save(self, form: RecordForm, key: Any) -> Any:
        """Write what was edited; None where the form has to be shown again, with what is wrong in it."""
        verb = "create" if key is None else "update"
        try:
            with operation(f"{self.table}:{verb}", table=self.table) as act:
                record = self._record_to_write(key)
                self.before_save(form, record)
                form.write_to(record)
                db.session.add(record)
                db.session.flush()
                act.selection = self.in_history(self.singular, self.name_of(record))
                self.forget_draft(key)
                return self.key_of(record)
        except Invalid as error:
            self._point_out(form, str(error), error.field)
        except IntegrityError:
            self._explain_refusal(form, key)
        except DataError:
            self._point_out(
                form, _("The database cannot hold one of these values: it is too long or too large.")
            )
        return None

    def _record_to_write(self, key: Any) -> Any:
        if key is None:
            return self.model()
        record = db.session.get(self.model, key, with_for_update=True)
        if record is None:
            raise NotFound(_("This record was deleted meanwhile. Nothing was saved."))
        return record

    def before_save(self, form: RecordForm, record: Any) -> None:
        """Called inside the transaction, before what was edited is written to `record`.

        May raise Invalid, with the name of the field; then nothing is saved and the form shows it.
        """

    def forget_draft(self, key: Any) -> None:
        """Forget what was typed, in the transaction that saves it."""

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

    def _onward(self, key: Any) -> ResponseReturnValue:
        if "_add_another" in request.form:
            return redirect(url_for(".create_view", url=inside(request.form.get("url"))), 303)
        if "_continue_editing" in request.form:
            return redirect(url_for(".edit_view", id=key, url=inside(request.form.get("url"))), 303)
        return back(url_for(".index_view"))

    def draft_context(self, form: RecordForm, key: Any) -> dict[str, Any]:
        """What the page of a form needs to keep what is typed; what was typed before is put into the form."""
        return {}

    def _form_page(self, form: RecordForm, title: str, key: Any = None) -> tuple[str, int]:
        return_url = inside(request.values.get("url"))
        page = self.render(
            "records/form.html",
            title=title,
            breadcrumbs=self.breadcrumbs(key),
            form=form,
            facts=[],
            can_continue=True,
            can_add_another=self.allows("create"),
            cancel_url=return_url or url_for(".index_view"),
            links=self.links(key) if key is not None else [],
            delete_url=url_for(".delete_view") if key is not None and self.allows("delete") else None,
            key=key,
            return_url=return_url,
            **self.draft_context(form, key),
        )
        return page, 422 if form.errors else 200

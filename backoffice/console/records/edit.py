"""Reading, creating and editing one record."""

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from wtforms.validators import InputRequired

from backoffice.console.base import back, person
from backoffice.console.http import inside
from backoffice.console.presenters import REQUIRED, undoable
from backoffice.console.records.conflict_page import LOOK_OVER
from backoffice.console.records.etags import DETAILS, SENT, sent_versions, version_of_record, version_of_row
from backoffice.console.records.form_state import STATE, FormState
from backoffice.console.records.forms import RecordForm, form_class, inputs_of
from backoffice.console.records.merge import Overtaken
from backoffice.console.records.probe_detection import BESIDE_FIELDS, note_fields
from backoffice.console.records.save import Gone, Saved
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.models import parse_key, stored_columns, unfillable_columns

if TYPE_CHECKING:
    from backoffice.console.records.conflict_page import ConflictPages
else:  # Flask-Admin would make each base class of a view a view of its own
    ConflictPages = object


class FormPages(ConflictPages):
    """`/details/`, `/new/` and `/edit/`."""

    def _refresh_cache(self) -> None:
        super()._refresh_cache()
        self.form_names = list(self.form_columns or (column.name for column in self.columns.shown))
        self.form_class = form_class(
            self.model,
            self.form_names,
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
        key = self.key_of(record)
        row = self.details_row(key)
        return self.render(
            "records/details.html",
            title=self.name_of(record),
            breadcrumbs=self.breadcrumbs(),
            facts=self.facts(row),
            links=self.links(key),
            edit_url=self.edit_url(key),
            delete_url=url_for(".delete_view") if self.allows("delete") else None,
            key=key,
            version=[(SENT, f"{key}:{version_of_row(self, row, DETAILS)}")],
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
        is_sent = request.method == "POST" and LOOK_OVER not in request.form
        if is_sent and form.validate() and (saved := self._save(form, None)) is not None:
            self._tell(_("%(name)s was created.", name=saved.name), saved)
            return self._onward(saved.key)
        return self._form_page(form, self._form_title(None))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        key = parse_key(self.sql_table, request.args.get("id"))
        record = db.session.get(self.model, key) if key is not None else None
        if record is None:
            return self.gone_page(key)
        title, form = self._form_title(record), self._form(record)
        if request.method != "POST":
            return self._form_page(form, title, key)
        if self._is_foreign(key):
            return self._refuse_foreign(form, title, key)
        return self._save_edited(form, title, key)

    def _save_edited(self, form: RecordForm, title: str, key: Any) -> ResponseReturnValue:
        try:
            saved = self._save(form, key) if form.validate() else None
        except Overtaken as overtaken:
            return self.conflict_page(form, overtaken.meanwhile, key)
        except Gone:
            return self.gone_page(key)
        if saved is None:
            return self._form_page(form, title, key)
        self._tell(self._saved_words(saved), saved)
        return self._onward(key)

    def _tell(self, words: str, saved: Saved) -> None:
        """Say what was done, with the way to undo it."""
        if saved.operation_id is None:
            flash(words, "info")
        else:
            flash(undoable(words, saved.operation_id), "success")

    def _saved_words(self, saved: Saved) -> str:
        words = _("%(name)s was saved.", name=saved.name) if saved.operation_id else None
        sentences = [words or _("Nothing was changed."), *self.meanwhile_words(saved.key, saved.changed)]
        if saved.operation_id and saved.changed:
            sentences.append(_("Both changes are kept."))
        return " ".join(sentences)

    def _is_foreign(self, key: Any) -> bool:
        """Whether a form says of its making what the console did not say, or said of another form."""
        state = FormState.sent(self.form_name(key))
        return bool(request.form.get(STATE)) and not (state and state.is_of(person()))

    def _refuse_foreign(self, form: RecordForm, title: str, key: Any) -> ResponseReturnValue:
        self._point_out(form, _("This form is not as the console made it for you. Please look it over."))
        fields = ", ".join(str(form[name].label.text) for name in form.edited)
        if fields:
            words = _("What stands here replaces what the record has in: %(fields)s.", fields=fields)
            self._point_out(form, words)
        return self._form_page(form, title, key, 400)

    def _form_title(self, record: Any) -> str:
        if record is None:
            return str(_("New %(singular)s", singular=self.singular))
        return str(_("Edit %(name)s", name=self.name_of(record)))

    def _form(self, record: Any) -> RecordForm:
        sent = request.form if request.method == "POST" else None
        state = FormState.sent(self.form_name(self.key_of(record))) if sent and record is not None else None
        form = self.form_class(sent, record, state.shown if state else None)
        note_fields(request.form, BESIDE_FIELDS | {name for field in form for name in inputs_of(field)})
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

    def _onward(self, key: Any) -> ResponseReturnValue:
        if "_add_another" in request.form:
            return redirect(url_for(".create_view", url=inside(request.form.get("url"))), 303)
        if "_continue_editing" in request.form:
            return redirect(url_for(".edit_view", id=key, url=inside(request.form.get("url"))), 303)
        return back(url_for(".index_view"))

    def _version(self, key: Any) -> list[tuple[str, str]]:
        """How the record was shown when the form was first made, however often it was sent since."""
        record = db.session.get(self.model, key) if key is not None else None
        if record is None:
            return []
        version = sent_versions(self).get(key) or version_of_record(self, record)
        return [(SENT, f"{key}:{version}")]

    def _form_page(
        self, form: RecordForm, title: str, key: Any = None, status: int | None = None
    ) -> tuple[str, int, dict[str, str]]:
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
            version=self._version(key),
            return_url=return_url,
            **self.draft_context(form, key),
        )
        status = status or (503 if form.is_held_up else 422 if form.errors else 200)
        return page, status, {"Retry-After": "5"} if status == 503 else {}

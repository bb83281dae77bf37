"""Giving many records the same values: which ones, what it would change, and only then it is done."""

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _

from backoffice import bulk
from backoffice.console.base import back, person
from backoffice.console.http import inside
from backoffice.console.presenters import Cell, cell, operation_url, report_of, undoable
from backoffice.console.records.bulk_edit_preview import before_and_after
from backoffice.console.records.fields import ReferenceField
from backoffice.console.records.forms import RecordForm, form_class
from backoffice.console.records.probe_detection import note_fields
from backoffice.exceptions import Conflict, DoneAlready, Invalid
from backoffice.extensions import db
from backoffice.models import Selection
from backoffice.work import is_big

# The hidden input by which a form says that its values were shown beside those that the rows have.
PREVIEWED = "previewed"
# A tick beside a field: this one is to be changed, be it to nothing.
CHOSEN = "change"

if TYPE_CHECKING:
    from backoffice.console.records.bulk_select import SelectionPages
else:  # Flask-Admin would make each base class of a view a view of its own
    SelectionPages = object


class EditingPages(SelectionPages):
    """`/selection/<token>/edit/`: first which fields and values, then before and after, then it is done."""

    bulk_form_class: type[RecordForm]

    def _refresh_cache(self) -> None:
        super()._refresh_cache()
        table = self.sql_table
        for name in self.bulk_edit_columns:
            column = table.columns[self._column_of(name)]
            if column.unique or column.primary_key:
                raise ValueError(f"{name!r} has to be unique and cannot be the same for many rows")
        self.bulk_form_class = form_class(
            self.model,
            self.bulk_edit_columns,
            labels=self.column_labels,
            descriptions={},
            arguments=self._form_arguments(),
            overrides=self.form_overrides or {},
            lookup=lambda name: f"/admin/{self.endpoint}/ajax/lookup/?name={name}",
        )

    @expose("/selection/<token>/edit/", methods=("GET", "POST"))
    def edit_selection_view(self, token: str) -> ResponseReturnValue:
        try:
            selection = bulk.find(person().id, self.sql_table.name, token)
        except DoneAlready as done:
            return self.done_already(done)
        form = self.bulk_form_class(request.form if request.method == "POST" else None)
        note_fields(request.form.getlist(CHOSEN), form._fields)
        chosen = [name for name in request.form.getlist(CHOSEN) if name in form]
        if request.method != "POST":
            return self._edit_page(selection, form, chosen)
        error = self._what_is_wrong(selection, form, chosen)
        if error is not None or "_back" in request.form:
            return self._edit_page(selection, form, chosen, error)
        if PREVIEWED not in request.form:
            return self._edit_page(selection, form, chosen, previewing=True)
        untyped = self.not_typed(selection.rows)
        if untyped is not None:
            return self._edit_page(selection, form, chosen, untyped, previewing=True)
        return self._edit(selection, form, chosen)

    def _what_is_wrong(self, selection: Selection, form: RecordForm, chosen: list[str]) -> str | None:
        if selection.frozen_at is None:
            return str(_("The rows are still being read. Please wait until their number is known."))
        if not chosen:
            return str(_("Please tick what is to be changed."))
        valid = [form[name].validate(form) for name in chosen]  # all of them: every error is wanted
        if not all(valid):
            return str(_("Please look at what is marked below."))
        return None

    def _edit(self, selection: Selection, form: RecordForm, chosen: list[str]) -> ResponseReturnValue:
        values = self._values(form, chosen)
        words = self.words_of_selection(selection, bulk.chosen_at(db.session(), selection.id, 0, 1).keys)
        try:
            act = bulk.edit(selection, values, words)
        except DoneAlready as done:
            return self.done_already(done)
        except (Conflict, Invalid) as refusal:
            return self._edit_page(selection, form, chosen, str(refusal))
        if not act.is_finished:
            return redirect(operation_url(act.id), 303)
        flash(undoable(report_of(act), act.id), "success")
        return back(url_for(".index_view"))

    def _edit_page(
        self,
        selection: Selection,
        form: RecordForm,
        chosen: list[str],
        error: str | None = None,
        *,
        previewing: bool = False,
    ) -> ResponseReturnValue:
        note = self.shown_again(selection)
        number, is_frozen = self.number_words(selection.rows), selection.frozen_at is not None
        title = _("Edit %(rows)s", rows=self.counted(selection.rows, None if is_frozen else "…"))
        keys = bulk.chosen_at(db.session(), selection.id, 0, 10).keys
        page = self.render(
            "records/bulk_edit.html",
            title=title,
            breadcrumbs=self.breadcrumbs(),
            introduction=self.matching_words(selection),
            form=form,
            chosen=chosen,
            previewing=previewing,
            values=[(str(form[name].label.text), self._shown(form, name)) for name in chosen],
            columns=self.sample_columns(),
            rows=[] if previewing else self.sample_rows(keys),
            changes=before_and_after(self, keys, self._values(form, chosen)) if previewing else [],
            more=self.more_words(len(keys), selection.rows),
            reading=None if is_frozen else self.reading_words(selection),
            error=error,
            note=None if error else note,
            background=is_big(selection.rows),
            type_to_confirm=self.to_type(selection.rows),
            confirm_url=request.path,
            confirm_label=_("Change %(rows)s", rows=self.counted(selection.rows, number)),
            return_url=inside(request.values.get("url")) or url_for(".index_view"),
        )
        return page, 422 if error else 200

    def _values(self, form: RecordForm, chosen: list[str]) -> dict[str, Any]:
        """What the rows would have, by column."""
        return {self._column_of(name): form[name].data for name in chosen}

    def _shown(self, form: RecordForm, name: str) -> Cell:
        """The value that the rows would have, as pages show values."""
        field = form[name]
        if isinstance(field, ReferenceField):
            return cell(field._value() or None, empty=_("none"))
        return cell(field.data, empty=_("none"))

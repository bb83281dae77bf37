"""Giving many records the same values: which ones, what it would change, and only then it is done."""

from typing import TYPE_CHECKING

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice import bulk
from backoffice.console.http import inside
from backoffice.console.presenters import Cell, cell
from backoffice.console.records.bulk_edit_preview import before_and_after
from backoffice.console.records.declarations import column_written
from backoffice.console.records.fields import ReferenceField
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.probe_detection import note_fields
from backoffice.console.records.selection_page import SelectionPage, count_label, more_words, reading_words
from backoffice.exceptions import Conflict, DoneAlready, Invalid
from backoffice.extensions import db
from backoffice.models import Selection
from backoffice.work import is_big

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView

# The hidden input by which a form says that its values were shown beside those that the rows have.
PREVIEWED = "previewed"
# A tick beside a field: this one is to be changed, be it to nothing.
CHOSEN = "change"


class BulkEditPage(SelectionPage):
    """`/selection/<token>/edit/`: first which fields and values, then before and after, then it is done."""

    endpoint = "edit_selection_view"

    def __init__(self, view: "RecordView") -> None:
        super().__init__(view)
        self.form: RecordForm = view.bulk_form_class(request.form if request.method == "POST" else None)
        note_fields(request.form.getlist(CHOSEN), self.form._fields)
        self.chosen = [name for name in request.form.getlist(CHOSEN) if name in self.form]

    def ask(self, selection: Selection) -> ResponseReturnValue:
        return self._page(selection)

    def act(self, selection: Selection) -> ResponseReturnValue:
        error = self._what_is_wrong(selection)
        if error is not None or "_back" in request.form:
            return self._page(selection, error)
        if PREVIEWED not in request.form:
            return self._page(selection, previewing=True)
        untyped = self.not_typed(selection.rows)
        if untyped is not None:
            return self._page(selection, untyped, previewing=True)
        return self._edit(selection)

    def _what_is_wrong(self, selection: Selection) -> str | None:
        if selection.frozen_at is None:
            return str(_("The rows are still being read. Please wait until their number is known."))
        if not self.chosen:
            return str(_("Please tick what is to be changed."))
        valid = [self.form[name].validate(self.form) for name in self.chosen]  # all: every error is wanted
        return None if all(valid) else str(_("Please look at what is marked below."))

    def _edit(self, selection: Selection) -> ResponseReturnValue:
        try:
            return self.done(bulk.edit(selection, self._values()))
        except DoneAlready:  # another click was faster
            raise
        except (Conflict, Invalid) as refusal:
            return self._page(selection, str(refusal))

    def _page(
        self, selection: Selection, error: str | None = None, *, previewing: bool = False
    ) -> ResponseReturnValue:
        view, note = self.view, self.shown_again(selection)
        number, is_frozen = count_label(selection.rows), selection.frozen_at is not None
        keys = bulk.chosen_at(db.session(), selection.id, 0, 10).keys
        page = view.render(
            "records/bulk_edit.html",
            title=_("Edit %(rows)s", rows=view.counted(selection.rows, None if is_frozen else "…")),
            breadcrumbs=view.urls.breadcrumbs(),
            introduction=self.matching_words(selection),
            form=self.form,
            chosen=self.chosen,
            previewing=previewing,
            values=[(str(self.form[name].label.text), self._shown(name)) for name in self.chosen],
            columns=view.cells.headings(),
            rows=[] if previewing else view.cells.sample(keys),
            changes=before_and_after(view, keys, self._values()) if previewing else [],
            more=more_words(len(keys), selection.rows),
            reading=None if is_frozen else reading_words(selection),
            pending=self.is_waiting or not is_frozen,
            others=self.others_at_work(selection),
            error=error,
            note=None if error else note,
            background=is_big(selection.rows),
            type_to_confirm=self.to_type(selection.rows),
            confirm_url=url_for(".edit_selection_view", token=selection.token),
            confirm_label=_("Change %(rows)s", rows=view.counted(selection.rows, number)),
            return_url=inside(request.values.get("url")) or url_for(".index_view"),
        )
        return page, 422 if error else 200

    def _values(self) -> dict[str, object]:
        """What the rows would have, by column."""
        return {column_written(self.view.model, name): self.form[name].data for name in self.chosen}

    def _shown(self, name: str) -> Cell:
        """The value that the rows would have, as pages show values."""
        field = self.form[name]
        if isinstance(field, ReferenceField):
            return cell(field._value() or None, empty=_("none"))
        return cell(field.data, empty=_("none"))

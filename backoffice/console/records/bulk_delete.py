"""Deleting: the rows are kept as a selection, a page says what would happen, and only then it does."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import bulk
from backoffice.bulk import Preview
from backoffice.console.auth import require_proof
from backoffice.console.base import back, person
from backoffice.console.http import inside
from backoffice.console.presenters import delete_effects, operation_url, report_of, undoable
from backoffice.console.records.etags import SENT, changed, sent_versions, version_of
from backoffice.exceptions import Conflict, DoneAlready
from backoffice.extensions import db
from backoffice.models import Operation, Selection

if TYPE_CHECKING:
    from backoffice.console.records.bulk_select import SelectionPages
else:  # Flask-Admin would make each base class of a view a view of its own
    SelectionPages = object


class DeletionPages(SelectionPages):
    """`/selection/<token>/`, which asks whether to delete the rows of a selection."""

    # Whether somebody may be let into the console by a row of this table: see `is_access`.
    holds_access = False

    @expose("/selection/<token>/", methods=("GET", "POST"))
    def selection_view(self, token: str) -> ResponseReturnValue:
        try:
            selection = bulk.find(person().id, self.sql_table.name, token)
        except DoneAlready as done:
            return self.done_already(done)
        if request.method != "POST":
            return self._question(selection)
        along = self._along()
        preview = bulk.preview(db.session(), selection, along)
        error = self._not_yet(selection, preview)
        if error is not None:
            return self._ask_again(selection, error, preview)
        if preview.deletes_more_than(self.most_by_a_press()) or self._takes_access(selection):
            require_proof()
        try:
            act = bulk.delete(selection, along, self.words_of_selection(selection, preview.keys), preview)
        except DoneAlready as done:
            return self.done_already(done)
        except Conflict as refusal:
            return self._ask_again(selection, str(refusal))
        return self._done(act)

    def _takes_access(self, selection: Selection) -> bool:
        if not self.holds_access:
            return False
        keys = bulk.chosen_at(db.session(), selection.id, 0, self.most_by_a_press()).keys
        return self.is_access(keys)

    def is_access(self, keys: Collection[Any]) -> bool:
        """Whether somebody who may enter the console goes with these rows."""
        return False

    def _ask_again(
        self, selection: Selection, error: str, preview: Preview | None = None
    ) -> ResponseReturnValue:
        """The question, with what is wrong with the answer, unless another click was faster."""
        token = selection.token
        db.session.rollback()
        try:
            found = bulk.find(person().id, self.sql_table.name, token)
        except DoneAlready as done:
            return self.done_already(done)
        return self._question(found, error, preview)

    def _along(self) -> list[str]:
        """The references whose rows are to be deleted too."""
        return [name.removeprefix("along:") for name, value in request.form.items() if value == "delete"]

    def _not_yet(self, selection: Selection, preview: Preview) -> str | None:
        """Why this answer cannot be taken: the page has to ask again."""
        if changed(self, sent_versions(self)):
            return str(_("This was changed meanwhile. Nothing was deleted; please look again."))
        seen = set(request.form.getlist("seen"))
        if any(effect.reference.name not in seen for effect in preview.all_effects):
            return str(_("Your choice has effects of its own. Please confirm them too."))
        return self.not_typed(preview.rows) if preview.is_frozen else None

    def _question(
        self, selection: Selection, error: str | None = None, preview: Preview | None = None
    ) -> ResponseReturnValue:
        note = self.shown_again(selection)
        preview = preview or bulk.preview(db.session(), selection, self._along())
        number = self.number_words(preview.rows, exact=preview.exact)
        title = _("Delete %(rows)s", rows=self.counted(preview.rows, number))
        if not preview.rows and preview.is_frozen:
            title = _("Nothing to delete")
        cancel_url = inside(request.values.get("url")) or url_for(".index_view")
        seen = [("seen", effect.reference.name) for effect in preview.all_effects]
        # Read before the rows are: what changes in between is asked about once more, and never overlooked.
        versions = version_of(self, preview.keys) if selection.matching is None else {}
        page = self.render(
            "records/bulk_delete.html",
            title=title,
            breadcrumbs=self.breadcrumbs(),
            introduction=self.matching_words(selection),
            facts=self._facts(preview),
            columns=self.sample_columns(),
            rows=self.sample_rows(preview.keys),
            more=self.more_words(len(preview.keys), preview.rows, exact=preview.exact),
            refusals=[delete_effects.refusal(effect) for effect in preview.refused],
            choices=[delete_effects.choice(effect) for effect in preview.all_effects if effect.is_choice],
            blocked=not preview.rows or any(not effect.is_choice for effect in preview.refused),
            reading=None if preview.is_frozen else self.reading_words(selection),
            background=preview.is_big,
            error=error,
            note=None if error else note,
            type_to_confirm=self.to_type(preview.rows),
            confirm_url=request.path,
            confirm_label=title,
            state=[("url", cancel_url), *seen, *((SENT, f"{key}:{one}") for key, one in versions.items())],
            cancel_url=cancel_url,
            keep_label=ngettext("Keep it", "Keep them", preview.rows),
        )
        return page, 409 if error else 200

    def _facts(self, preview: Preview) -> list[tuple[str, str]]:
        """What would happen, in exact numbers."""
        number = self.number_words(preview.rows, exact=preview.exact)
        facts = [(_("%(things)s removed", things=self.title), number)]
        facts += [delete_effects.fact(effect) for effect in preview.all_effects]
        return facts + self.left_out_facts(preview.left_out)

    def _done(self, act: Operation) -> ResponseReturnValue:
        """Back, with what was done; or on to the page on which a worker's progress is seen."""
        if not act.is_finished:
            return redirect(operation_url(act.id), 303)
        flash(undoable(report_of(act), act.id), "success")
        return back(url_for(".index_view"))

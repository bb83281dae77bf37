"""Deleting: the rows are kept as a selection, a page says what would happen, and only then it does."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import bulk
from backoffice.bulk import Preview
from backoffice.console.auth import require_reauthentication
from backoffice.console.http import inside
from backoffice.console.presenters import delete_effects
from backoffice.console.records.etags import SENT, changed, etags_of, sent_etags
from backoffice.console.records.selection_page import (
    SelectionPage,
    count_label,
    more_words,
    most_by_a_press,
    reading_words,
)
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.models import Selection


class BulkDeletePage(SelectionPage):
    """`/selection/<token>/`, which asks whether to delete the rows of a selection."""

    endpoint = "selection_view"

    def ask(self, selection: Selection) -> ResponseReturnValue:
        return self._question(selection)

    def act(self, selection: Selection) -> ResponseReturnValue:
        token, cascade = selection.token, _cascade()
        preview = bulk.preview(db.session(), selection, cascade)
        error = self._not_yet(preview)
        if error is not None:
            return self._ask_again(token, error, preview)
        if preview.deletes_more_than(most_by_a_press()) or self._takes_access(selection):
            require_reauthentication()
        try:
            return self.done(bulk.delete(selection, cascade, preview))
        except Conflict as refusal:
            return self._ask_again(token, str(refusal))

    def _takes_access(self, selection: Selection) -> bool:
        if not self.view.holds_access:
            return False
        return self.view.is_access(bulk.chosen_at(db.session(), selection.id, 0, most_by_a_press()).keys)

    def _ask_again(self, token: str, error: str, preview: Preview | None = None) -> ResponseReturnValue:
        """The question, with what is wrong with the answer, unless another click was faster."""
        db.session.rollback()
        return self._question(self.find(token), error, preview)

    def _not_yet(self, preview: Preview) -> str | None:
        """Why this answer cannot be taken: the page has to ask again."""
        if changed(self.view, sent_etags(self.view)):
            return str(_("This was changed meanwhile. Nothing was deleted; please look again."))
        seen = set(request.form.getlist("seen"))
        if any(effect.reference.name not in seen for effect in preview.all_effects):
            return str(_("Your choice has effects of its own. Please confirm them too."))
        return self.not_typed(preview.rows) if preview.is_frozen else None

    def _question(
        self, selection: Selection, error: str | None = None, preview: Preview | None = None
    ) -> ResponseReturnValue:
        view, note = self.view, self.shown_again(selection)
        preview = preview or bulk.preview(db.session(), selection, _cascade())
        title = self._title(preview)
        cancel_url = inside(request.values.get("url")) or url_for(".index_view")
        seen = [("seen", effect.reference.name) for effect in preview.all_effects]
        # Read before the rows are: what changes in between is asked about once more, and never overlooked.
        versions = etags_of(view, preview.keys) if selection.matching is None else {}
        page = view.render(
            "records/bulk_delete.html",
            title=title,
            breadcrumbs=view.urls.breadcrumbs(),
            introduction=self.matching_words(selection),
            facts=self._facts(preview),
            columns=view.cells.headings(),
            rows=view.cells.sample(preview.keys),
            more=more_words(len(preview.keys), preview.rows, exact=preview.exact),
            refusals=[delete_effects.refusal(effect) for effect in preview.refused],
            choices=[delete_effects.choice(effect) for effect in preview.all_effects if effect.is_choice],
            blocked=not preview.rows or any(not effect.is_choice for effect in preview.refused),
            reading=None if preview.is_frozen else reading_words(selection),
            pending=self.is_waiting or not preview.is_frozen,
            others=self.others_at_work(selection),
            background=preview.is_big,
            error=error,
            note=None if error else note,
            type_to_confirm=self.to_type(preview.rows),
            confirm_url=url_for(".selection_view", token=selection.token),
            confirm_label=title,
            state=[("url", cancel_url), *seen, *((SENT, f"{key}:{one}") for key, one in versions.items())],
            cancel_url=cancel_url,
            keep_label=ngettext("Keep it", "Keep them", preview.rows),
        )
        return page, 409 if error else 200

    def _title(self, preview: Preview) -> str:
        if not preview.rows and preview.is_frozen:
            return str(_("Nothing to delete"))
        number = count_label(preview.rows, exact=preview.exact)
        return str(_("Delete %(rows)s", rows=self.view.counted(preview.rows, number)))

    def _facts(self, preview: Preview) -> list[tuple[str, str]]:
        """What would happen, in exact numbers."""
        number = count_label(preview.rows, exact=preview.exact)
        facts = [(_("%(things)s removed", things=self.view.title), number)]
        facts += [delete_effects.fact(effect) for effect in preview.all_effects]
        return facts + self.skipped_facts(preview.skipped)


def _cascade() -> list[str]:
    """The references whose rows are to be deleted too."""
    return [name.removeprefix("along:") for name, value in request.form.items() if value == "delete"]

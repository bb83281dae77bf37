"""Deleting: the rows are kept as a selection, a page says what would happen, and only then it does."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from backoffice import bulk
from backoffice.bulk import Deletion, Preview, Report
from backoffice.console import effects
from backoffice.console.addresses import inside
from backoffice.console.base import back, person
from backoffice.exceptions import Conflict, Invalid
from backoffice.extensions import db
from backoffice.models import Selection
from backoffice.models.keys import parse_key

ROWS_SHOWN = 10
# More rows than a page can hold were never ticked by hand.
MOST_ROWS = 1000


if TYPE_CHECKING:
    from backoffice.console.records import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class DeletionPages(Records):
    """`/delete/`, `/action/` and the page of a selection."""

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> ResponseReturnValue:
        return self._ask_about([request.form.get("id", "")])

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        name, keys = request.form.get("action", ""), request.form.getlist("rowid")
        if name == "delete":
            self.require("delete")
            return self._ask_about(keys)
        handler = self._actions_data.get(name)
        if handler is None or not self.is_action_allowed(name):
            raise Invalid(_("There is no such action."))
        return handler[0](keys) or back(url_for(".index_view"))

    def _ask_about(self, keys: Sequence[str]) -> ResponseReturnValue:
        """Keep the rows, and go on to the page that asks."""
        known = [key for key in keys if parse_key(self.sql_table, key) is not None]
        if not known:
            flash(_("Nothing was selected, so nothing was done. Tick the rows first."), "warning")
            return back(url_for(".index_view"))
        if len(known) > MOST_ROWS:
            raise Invalid(_("At most %(most)s rows can be ticked at once.", most=MOST_ROWS))
        selection = bulk.choose(person().id, self.sql_table.name, known)
        return redirect(
            url_for(".selection_view", token=selection.token, url=inside(request.form.get("url"))), 303
        )

    @expose("/selection/<token>/", methods=("GET", "POST"))
    def selection_view(self, token: str) -> ResponseReturnValue:
        try:
            selection = bulk.find(person().id, self.sql_table.name, token)
        except Conflict as done:
            flash(str(done), "info")
            return back(url_for(".index_view"))
        deletion = self._deletion(selection)
        if request.method == "GET":
            return self._question(deletion)
        if self._has_unseen_effects(deletion):
            return self._question(deletion, _("Your choice has effects of its own. Please confirm them too."))
        try:
            report = bulk.delete(selection, deletion, self._words(deletion.keys))
        except Conflict as refusal:
            return self._question(deletion, str(refusal))
        flash(self._report(report), "success")
        return back(url_for(".index_view"))

    def _deletion(self, selection: Selection) -> Deletion:
        keys = [parse_key(self.sql_table, key) for key in bulk.keys_of(selection)]
        along = {name.removeprefix("along:") for name, value in request.form.items() if value == "delete"}
        return Deletion(self.sql_table, keys, self.protected, frozenset(along))

    def protected(self, session: Session, keys: Collection[Any]) -> Mapping[Any, str]:
        """The rows among these that may not be deleted, with the reason; asked inside the transaction too."""
        return {}

    def _has_unseen_effects(self, deletion: Deletion) -> bool:
        """Whether a choice, made just now, reaches into tables that the page did not speak of."""
        seen = set(request.form.getlist("seen"))
        return any(e.reference.name not in seen for e in bulk.preview(db.session(), deletion).all_effects)

    def _question(self, deletion: Deletion, error: str | None = None) -> ResponseReturnValue:
        preview = bulk.preview(db.session(), deletion)
        count = len(preview.keys)
        title = _("Delete %(rows)s", rows=self.counted(count)) if count else _("Nothing to delete")
        cancel_url = inside(request.values.get("url")) or url_for(".index_view")
        seen = [("seen", effect.reference.name) for effect in preview.all_effects]
        page = self.render(
            "records/delete.html",
            title=title,
            breadcrumbs=self.breadcrumbs(),
            introduction=None,
            facts=self._facts(preview),
            columns=self.sample_columns(),
            rows=self.sample_rows(preview.keys[:ROWS_SHOWN]),
            more=self._more(count),
            refusals=[effects.refusal(effect) for effect in preview.refused],
            choices=[effects.choice(effect) for effect in preview.all_effects if effect.is_choice],
            blocked=not count or any(not effect.is_choice for effect in preview.refused),
            error=error,
            type_to_confirm=None,
            confirm_url=request.path,
            confirm_label=title,
            state=[("url", cancel_url), *seen],
            cancel_url=cancel_url,
            keep_label=ngettext("Keep it", "Keep them", count),
        )
        return page, 409 if error else 200

    def _facts(self, preview: Preview) -> list[tuple[str, str]]:
        """What would happen, in exact numbers."""
        facts = [(_("%(things)s removed", things=self.title), format_decimal(len(preview.keys)))]
        facts += [effects.fact(effect) for effect in preview.all_effects]
        if preview.missing:
            facts.append((_("Not there any more"), format_decimal(preview.missing)))
        facts += [(_("Left out"), f"{self.name_of_key(key)}: {why}") for key, why in preview.left_out.items()]
        return facts

    def _more(self, count: int) -> str | None:
        if count <= ROWS_SHOWN:
            return None
        return str(_("and %(count)s more", count=format_decimal(count - ROWS_SHOWN)))

    def _words(self, keys: Sequence[Any]) -> str:
        """The selection, as the record of the operation names it."""
        if len(keys) == 1:
            return self.in_history(self.singular, self.name_of_key(keys[0]))
        return self.in_history(len(keys), self.plural)

    def _report(self, report: Report) -> str:
        """What was really done, for the person who did it."""
        done = [_("%(rows)s deleted.", rows=self.counted(report.deleted))]
        done += [effects.settled(effect) for effect in report.settled]
        if report.missing:
            done.append(ngettext("%(num)s was gone already.", "%(num)s were gone already.", report.missing))
        done += [f"{_('Left out')}: {why}" for why in dict.fromkeys(report.left_out.values())]
        return " ".join(done)

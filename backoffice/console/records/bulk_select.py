"""Choosing rows to act on: those that were ticked, or all that match."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from backoffice import bulk
from backoffice.bulk import SavedQuery
from backoffice.console.base import back
from backoffice.console.http import inside, person
from backoffice.console.lists import refuse_mistakes
from backoffice.console.records.actions import BULK_ACTIONS, BulkAction
from backoffice.console.records.etags import changed, sent_etags
from backoffice.console.records.list_source import listing_of
from backoffice.console.records.probe_detection import keys_sent
from backoffice.console.records.record_page import RecordPage
from backoffice.exceptions import Invalid, NotFound
from backoffice.listing import Listing, parse_filters
from backoffice.models import Selection
from backoffice.reasons import UNKNOWN_FILTER, because
from backoffice.registry import BulkTarget

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView

# More rows than a page can hold were never ticked by hand.
MOST_TICKED = 1000
# What is said for all of them: `matching=none` is not the whole table.
ALL_THAT_MATCH = frozenset({"all", "1"})


class SelectPage(RecordPage):
    """Keeps rows as a selection, and goes on to the page that asks what is to become of them."""

    def _go_on(self, action: BulkAction, selection: Selection | None) -> ResponseReturnValue:
        if selection is None:
            flash(_("Nothing was selected, so nothing was done. Tick the rows first."), "warning")
            return back(url_for(".index_view"))
        url = inside(request.form.get("url"))
        return redirect(url_for(f".{action.endpoint}", token=selection.token, url=url), 303)

    def _ticked(self, texts: Sequence[str]) -> Selection | None:
        """The rows with these keys, with the versions that the page showed of them."""
        keys = keys_sent(self.view.sql_table, texts)
        if not keys:
            return None
        if len(keys) > MOST_TICKED:
            raise Invalid(_("At most %(most)s rows can be ticked at once.", most=MOST_TICKED))
        return bulk.choose(person().id, self.view.table, keys, sent_etags(self.view))

    def _matching(self) -> Selection:
        """All rows of the list whose address the form was sent to."""
        listing = listing_of(self.view, request.args)
        refuse_mistakes(listing)
        filters = [(one.argument, one.text) for one in listing.filters]
        matching = SavedQuery(filters, listing.search, str(get_timezone()))
        return bulk.choose_matching(person().id, self.view.table, matching)


class DeletePage(SelectPage):
    """`/delete/`, of one row."""

    def post(self) -> ResponseReturnValue:
        return self._go_on(BULK_ACTIONS["delete"], self._ticked([request.form.get("id", "")]))


class ActionPage(SelectPage):
    """`/action/`: one of ours, or one that the view declares with Flask-Admin's `@action`."""

    def post(self) -> ResponseReturnValue:
        name, keys = request.form.get("action", ""), request.form.getlist("rowid")
        if name in BULK_ACTIONS:
            self.view.require(name)
            return self._go_on(BULK_ACTIONS[name], self._chosen(keys))
        act = self.view.own_action(name)
        if act is None or not self.view.is_action_allowed(name):
            raise Invalid(_("There is no such action."))
        keys_sent(self.view.sql_table, keys)
        return act(keys) or back(url_for(".index_view"))

    def _chosen(self, keys: Sequence[str]) -> Selection | None:
        """All that match, where just that is said, or the rows that were ticked."""
        said = request.form.getlist("matching")
        if not ALL_THAT_MATCH.issuperset(said):
            raise Invalid(_("It is not clear which rows are meant. Please start from the list."))
        return self._matching() if said else self._ticked(keys)


def bulk_target(view: "RecordView") -> BulkTarget:
    """What bulk work knows of the view's table, here and in a worker."""

    def conditions(
        session: Session, filters: Sequence[tuple[str, str]], search: str, zone: tzinfo
    ) -> list[ColumnElement[bool]]:
        parsed = parse_filters(filters, view.columns, zone)
        if len(parsed) < len(filters):  # without it far more rows would match than were meant
            raise because(NotFound, UNKNOWN_FILTER)
        return Listing(view.columns, parsed, search).where(session)

    return BulkTarget(view.sql_table, conditions, view.protected, lambda shown: changed(view, shown))

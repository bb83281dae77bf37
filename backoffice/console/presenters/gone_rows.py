"""Rows that others refer to and that are not there any more: by the names they had, and where they are."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from flask import current_app, url_for
from flask_babel import gettext as _

from backoffice.console.presenters.cells import Cell
from backoffice.console.presenters.visible_tables import may_see
from backoffice.extensions import db
from backoffice.history import Snapshot, last_known

# A record's own history, where a row leads that is not there any more.
RECORD_HISTORY = "history.record_view"


class GoneRow(NamedTuple):
    """`name` is none where history knows none, or not for the reader's eyes; so is `url`, its history."""

    key: str
    name: str | None = None
    url: str | None = None

    @property
    def cell(self) -> Cell:
        """It in a table, or beside another value."""
        if self.name is None:
            return Cell("text", self.words, self.url)
        return Cell("text", str(_("%(name)s #%(key)s (deleted)", name=self.name, key=self.key)), self.url)

    @property
    def words(self) -> str:
        """It in a sentence."""
        if self.name is None:
            return str(_("#%(key)s, which is gone", key=self.key))
        return str(_("%(name)s #%(key)s, which was deleted", name=self.name, key=self.key))


def gone_rows(
    table: str, keys: Collection[str], name_in: Callable[[Snapshot, str], str | None]
) -> dict[str, GoneRow]:
    """Each of these rows, which are known not to be there; `name_in` finds the name in what a row held.

    What history holds of a table is for those who may look at it.
    """
    known = last_known(db.session(), table, keys) if keys and may_see(table) else {}
    return {
        key: GoneRow(key, name_in(known[key].values, key), record_history_url(table, key))
        if key in known
        else GoneRow(key)
        for key in keys
    }


def record_history_url(table: str, key: str) -> str | None:
    """The history of a row, where the console has such a page."""
    if RECORD_HISTORY not in current_app.view_functions:
        return None
    return url_for(RECORD_HISTORY, table=table, key=key)

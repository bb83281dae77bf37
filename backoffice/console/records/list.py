"""The list: one page of a table, with what can be done with its rows."""

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from backoffice.console import lists
from backoffice.console.lists import ListSource, with_arguments
from backoffice.console.presenters import matching_words
from backoffice.console.records.actions import ticked_actions
from backoffice.console.records.list_rows import ListRows
from backoffice.console.records.list_source import source_of
from backoffice.listing import Count
from backoffice.listing import Page as PageOfRows

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class ListPage(lists.ListPage):
    """`/`, the index of a table."""

    view: "RecordView"
    template = "records/list.html"

    def source(self) -> ListSource:
        return source_of(self.view)

    def drawn(self, page: PageOfRows, count: Count) -> dict[str, object]:
        view = self.view
        delete_url = url_for(".delete_view") if view.allows("delete") else None
        actions = ticked_actions(view)
        headings = [self.shown.sortable(view.cells.heading(column)) for column in view.columns.shown]
        rows = ListRows(view, headings, tickable=bool(actions), delete_url=delete_url)
        return {
            "columns": headings,
            "rows": rows.markup(page.rows),
            "actions": actions,
            "matching": None if page.is_whole else self._matching(count),
        }

    def _matching(self, count: Count) -> tuple[str, str]:
        counted = self.view.counted(count.value)
        return matching_words(count, self.view.plural, counted, narrowed=self.shown.is_narrowed)

    def words(self) -> dict[str, object]:
        view = self.view
        return {
            "title": view.title,
            "singular": view.singular,
            "plural": view.plural,
            "search_placeholder": _("Search %(things)s", things=view.plural),
            "new_url": url_for(".create_view") if view.allows("create") else None,
            "trash_url": url_for("history.trash_view", table=view.table),
            "action_url": with_arguments(url_for(".action_view"), self.shown.address.state()),
        }

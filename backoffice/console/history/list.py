"""The history of all: every operation, the newest first, searched, filtered and sorted by its address."""

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.base import ConsoleView
from backoffice.console.history.access import visible
from backoffice.console.history.list_columns import EARLIER, EXPORTED, columns_of_history, streams_of_history
from backoffice.console.lists import FilePage, ListPage, ListSource, files_at
from backoffice.console.presenters import (
    Cell,
    actor_label,
    operation_label,
    operation_url,
    state_cell,
)
from backoffice.extensions import db
from backoffice.listing import Count
from backoffice.listing import Page as PageOfRows
from backoffice.models import Operation
from backoffice.registry import Heading
from backoffice.statements import AnyRow


class OperationListPage(ListPage):
    """`/`, which leads to the page of each operation."""

    template = "history/list.html"

    def source(self) -> ListSource:
        return _source(self.view)

    def drawn(self, page: PageOfRows, count: Count) -> dict[str, object]:
        undone = _undone(page)
        return {
            "columns": [self.shown.sortable(heading) for heading in _headings()],
            "rows": [_cells(row, undone) for row in page.rows],
        }

    def words(self) -> dict[str, object]:
        return {"title": _("History"), "search_placeholder": _("Search the history")}


class OperationExportPage(FilePage):
    """`/export/csv/`, `/export/jsonl/`."""

    noun = "history"

    def source(self) -> ListSource:
        return _source(self.view)


def _source(view: ConsoleView) -> ListSource:
    """The operations that this person may see."""
    return ListSource(
        columns_of_history(),
        columns_of_history(EXPORTED),
        url_for("history.index_view"),
        visible(Operation.table_name),
        files_at("history.export") if view.allows("export") else None,
        EARLIER,
        streams_of_history,
    )


def _undone(page: PageOfRows) -> Collection[int]:
    """Which of these operations were undone."""
    undoing = select(Operation.undoes_id).where(Operation.undoes_id.in_([row.id for row in page.rows]))
    return set(db.session.scalars(undoing.where(Operation.changed_rows > 0)))


def _cells(row: AnyRow, undone: Collection[int]) -> list[Cell]:
    return [
        Cell("text", operation_label(row), operation_url(row.id)),
        Cell("text", actor_label(row)),
        Cell("datetime", row.started_at),
        Cell("number", row.changed_rows),
        Cell("text", _("undone")) if row.id in undone else state_cell(row.state),
    ]


def _headings() -> list[Heading]:
    return [
        {"label": _("What"), "kind": "text", "wide": True},
        {"name": "actor_name", "label": _("Who"), "kind": "text"},
        {"name": "started_at", "label": _("When"), "kind": "datetime"},
        {"label": _("Rows"), "kind": "number"},
        {"label": _("State"), "kind": "state"},
    ]

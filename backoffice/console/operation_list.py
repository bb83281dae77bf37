"""The history of all: every operation, the newest first, filtered by its address alone."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.cells import Cell
from backoffice.console.filtered_list import status_of
from backoffice.console.operation_access import hidden_tables, in_view
from backoffice.console.operation_addresses import operation_url
from backoffice.console.operation_filters import OPERATIONS
from backoffice.console.operation_words import actor_words, state_cell, verb_choices, words_of
from backoffice.console.table_views import things
from backoffice.extensions import db
from backoffice.listing import Page, distinct_values
from backoffice.models import Operation

SHOWN = (
    "id", "kind", "actor_kind", "actor_name", "started_at", "table_name", "selection",
    "changed_rows", "state",
)  # fmt: skip

if TYPE_CHECKING:
    from backoffice.console.base import ConsoleView
else:  # Flask-Admin would make each base class of a view a view of its own
    ConsoleView = object


class OperationList(ConsoleView):
    """`/`, which leads to the page of each operation."""

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        if address := OPERATIONS.sent_empty():
            return redirect(address)
        filters = OPERATIONS.filters()
        page = OPERATIONS.page(db.session, SHOWN, filters, in_view(Operation.table_name))
        undone = _undone(page)
        html = self.render(
            "history/list.html",
            title=_("History"),
            tables=_tables(),
            kinds=verb_choices(distinct_values(db.session, Operation.kind)),
            columns=_headings(),
            rows=[_cells(row, undone) for row in page.rows],
            **OPERATIONS.context(filters, page),
        )
        return html, status_of(page)


def _undone(page: Page) -> Collection[int]:
    """Which of these operations were undone."""
    undoing = select(Operation.undoes_id).where(Operation.undoes_id.in_([row.id for row in page.rows]))
    return set(db.session.scalars(undoing.where(Operation.changed_rows > 0)))


def _cells(row: Any, undone: Collection[int]) -> list[Cell]:
    return [
        Cell("text", words_of(row), operation_url(row.id)),
        Cell("text", actor_words(row)),
        Cell("datetime", row.started_at),
        Cell("number", row.changed_rows),
        Cell("text", _("undone")) if row.id in undone else state_cell(row.state),
    ]


def _headings() -> list[dict[str, Any]]:
    return [
        {"label": _("What"), "kind": "text", "wide": True},
        {"label": _("Who"), "kind": "text"},
        {"label": _("When"), "kind": "datetime"},
        {"label": _("Rows"), "kind": "number"},
        {"label": _("State"), "kind": "state"},
    ]


def _tables() -> list[tuple[str, str]]:
    hidden = hidden_tables()
    names = distinct_values(db.session, Operation.table_name)
    return sorted(((name, things(name)) for name in names if name not in hidden), key=lambda pair: pair[1])

"""The history of all: every operation, the newest first, filtered by its address alone."""

from collections.abc import Collection, Iterator
from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, false, select

from backoffice.console.base import Page
from backoffice.console.filtered_list import FROM, UNTIL, FilteredList, status_of
from backoffice.console.history.access import hidden_tables, in_view
from backoffice.console.presenters import (
    WORDS,
    Cell,
    actor_words,
    operation_url,
    state_cell,
    things,
    verb_choices,
    verb_of,
    words_of,
)
from backoffice.extensions import db
from backoffice.listing import Page as PageOfRows
from backoffice.listing import distinct_values
from backoffice.models import Operation

RUNNING = "running"
LABELS = {
    "person": lazy_gettext("Who"),
    "table": lazy_gettext("Table"),
    "kind": lazy_gettext("What"),
    FROM: lazy_gettext("From"),
    UNTIL: lazy_gettext("Until"),
    "state": lazy_gettext("State"),
}
SHOWN = (
    "id", "kind", "actor_kind", "actor_name", "started_at", "table_name", "selection", "facts",
    "changed_rows", "state",
)  # fmt: skip


def _condition(name: str, text: str) -> ColumnElement[bool]:
    match name:
        case "person":
            return Operation.actor_name == text
        case "table":
            return Operation.table_name == text
        case "kind":
            return Operation.kind.in_(list(_kinds_of(text)))
        case _:
            # What is unfinished is leased, or waits for that; and that column has an index.
            return Operation.lease_until.is_not(None) if text == RUNNING else false()


def _kinds_of(wanted: str) -> Iterator[str]:
    """The kinds that there are of what was chosen, which is a verb, or a kind itself."""
    yield wanted
    for kind in distinct_values(db.session, Operation.kind):
        if verb_of(kind) == wanted:
            yield kind


def _words(name: str, text: str) -> str:
    match name:
        case "table":
            return things(text)
        case "kind":
            return str(WORDS[text].name) if text in WORDS else text
        case "state":
            return str(_("unfinished")) if text == RUNNING else text
        case _:
            return text


OPERATIONS = FilteredList("history.index_view", Operation, "started_at", LABELS, _condition, _words)


class OperationListPage(Page):
    """`/`, which leads to the page of each operation."""

    def get(self) -> ResponseReturnValue:
        if address := OPERATIONS.sent_empty():
            return redirect(address)
        filters = OPERATIONS.filters()
        page = OPERATIONS.page(db.session, SHOWN, filters, in_view(Operation.table_name))
        undone = _undone(page)
        html = self.view.render(
            "history/list.html",
            title=_("History"),
            tables=_tables(),
            kinds=verb_choices(distinct_values(db.session, Operation.kind)),
            columns=_headings(),
            rows=[_cells(row, undone) for row in page.rows],
            **OPERATIONS.context(filters, page),
        )
        return html, status_of(page)


def _undone(page: PageOfRows) -> Collection[int]:
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

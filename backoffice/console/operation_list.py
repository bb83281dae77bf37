"""The history of all: every operation, the newest first, filtered by its address alone."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.cells import Cell
from backoffice.console.operation_access import hidden_tables, in_view
from backoffice.console.operation_addresses import operation_url
from backoffice.console.operation_filters import (
    ARGUMENTS,
    FROM,
    UNTIL,
    OperationFilter,
    parse_operation_filters,
)
from backoffice.console.operation_words import actor_words, state_cell, verb_choices, words_of
from backoffice.console.table_views import things
from backoffice.extensions import db
from backoffice.listing import LAST, Columns, Listing, Page, distinct_values
from backoffice.models import Operation

SHOWN = (
    "id", "kind", "actor_kind", "actor_name", "started_at", "table_name", "selection",
    "changed_rows", "state",
)  # fmt: skip
PAGE = "page"

if TYPE_CHECKING:
    from backoffice.console.base import ConsoleView
else:  # Flask-Admin would make each base class of a view a view of its own
    ConsoleView = object


class OperationList(ConsoleView):
    """`/`, which leads to the page of each operation."""

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        if "" in request.args.values():  # a form sends what was left empty too
            return redirect(_address({name: text for name, text in request.args.items() if text}))
        filters = parse_operation_filters(request.args)
        page = _listing(filters).page(db.session)
        undone = _undone(page)
        return self.render(
            "history/list.html",
            title=_("History"),
            filters=[_chip(one) for one in filters],
            values={one.argument: one.text for one in filters},
            tables=_tables(),
            kinds=verb_choices(distinct_values(db.session, Operation.kind)),
            clear_url=_address({}),
            columns=_headings(),
            rows=[_cells(row, undone) for row in page.rows],
            page=_pages(page),
        )


def _listing(filters: Sequence[OperationFilter]) -> Listing:
    columns = Columns(Operation, SHOWN, sort=("id", "started_at"))
    # What is looked for by time is read in the order of time, so that an index gives just that.
    timed = any(one.argument in (FROM, UNTIL) for one in filters)
    return Listing(
        columns,
        order="-started_at" if timed else "-id",
        size=current_app.config["PAGE_SIZE"],
        cursor=request.args.get(PAGE, ""),
        within=[in_view(Operation.table_name), *(one.condition for one in filters)],
    )


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


def _chip(one: OperationFilter) -> dict[str, Any]:
    return {
        "label": one.label,
        "words": one.words,
        "error": one.error,
        "remove_url": _address({name: text for name, text in _state().items() if name != one.argument}),
    }


def _pages(page: Page) -> dict[str, str | None]:
    state = _state()
    return {
        "first_url": _address(state) if page.has_previous else None,
        "previous_url": _address({**state, PAGE: page.previous}) if page.previous else None,
        "next_url": _address({**state, PAGE: page.next}) if page.next else None,
        "last_url": _address({**state, PAGE: LAST}) if page.has_next else None,
    }


def _state() -> dict[str, str]:
    """What the address says, but for the page."""
    return {name: request.args[name] for name in ARGUMENTS if name in request.args}


def _address(arguments: dict[str, str]) -> str:
    address = url_for("history.index_view")
    return f"{address}?{urlencode(arguments)}" if arguments else address

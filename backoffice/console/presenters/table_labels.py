"""What the rows of a table are called, and where there is more to read about them."""

from typing import Any

from flask import current_app, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice.console.presenters.cells import Cell
from backoffice.models import Administrator, parse_key
from backoffice.registry import registry

# A record's own history, where a row leads that is not there any more.
RECORD_HISTORY = "history.record_view"


def things(table: str) -> str:
    """What the rows of a table are called: as its view calls them, if it has one."""
    if table == Administrator.__tablename__:
        return str(_("Administrators"))
    view = registry().view_of(table)
    return str(view.title if view is not None else table)


def counted_rows(table: str, rows: int, number: str | None = None) -> str:
    """How many rows of what: of a table without a view, by its name."""
    view, number = registry().view_of(table), number or format_decimal(rows)
    if view is not None:
        return str(view.counted(rows, number))
    return str(
        ngettext(
            "%(number)s row of %(table)s", "%(number)s rows of %(table)s", rows, number=number, table=table
        )
    )


def record_cell(table: str, key: str, name: str | None = None) -> Cell:
    """A row, by `name` or by what it is called now, and where there is more to read about it."""
    view = registry().view_of(table)
    if view is None or not view.allows("view"):
        return Cell("text", f"{things(table)} #{key}", _history_url(table, key))
    url = _history_url(table, key) or view.details_url(key)
    return Cell("text", f"{view.singular} {name or _name_now(view, key)}", url)


def _name_now(view: Any, key: str) -> str:
    parsed = parse_key(view.sql_table, key)
    return f"#{key}" if parsed is None else str(view.name_of_key(parsed))


def _history_url(table: str, key: str) -> str | None:
    if RECORD_HISTORY not in current_app.view_functions:
        return None
    return url_for(RECORD_HISTORY, table=table, key=key)

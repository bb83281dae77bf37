"""What the rows of a table are called, and where there is more to read about them."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice.console.presenters.cells import Cell
from backoffice.console.presenters.gone_rows import record_history_url
from backoffice.models import Administrator, parse_key
from backoffice.registry import TableView, registry


def table_label(table: str) -> str:
    """What the rows of a table are called: as its view calls them, if it has one."""
    if table == Administrator.__tablename__:
        return str(_("Administrators"))
    view = registry().view_of(table)
    return str(view.title if view is not None else table)


def one_of(table: str) -> str:
    """What one row of a table is called: of one without a view, by its name."""
    if table == Administrator.__tablename__:
        return str(_("administrator"))
    view = registry().view_of(table)
    return str(view.singular if view is not None else table)


def rows_label(table: str, rows: int, number: str | None = None) -> str:
    """How many rows of what: of a table without a view, by its name."""
    view, number = registry().view_of(table), number or format_decimal(rows)
    if table == Administrator.__tablename__:
        return str(ngettext("%(number)s administrator", "%(number)s administrators", rows, number=number))
    if view is not None:
        return str(view.counted(rows, number))
    return str(
        ngettext(
            "%(number)s row of %(table)s", "%(number)s rows of %(table)s", rows, number=number, table=table
        )
    )


def named_row(one: str, name: str | None, key: str | None) -> str:
    """One of the rows of a table: `post “hello”`, or `post #17` where it has no name."""
    if name:
        return str(_("%(thing)s “%(name)s”", thing=one, name=name))
    return f"{one} #{key}" if key else one


def record_cell(table: str, key: str, name: str | None = None) -> Cell:
    """A row, by `name` or by what it is called now, and where there is more to read about it."""
    view = registry().view_of(table)
    if view is None or not view.allows("view"):
        return Cell("text", named_row(one_of(table), name, key), record_history_url(table, key))
    url = record_history_url(table, key) or view.details_url(key)
    return Cell("text", named_row(str(view.singular), name or _name_now(view, key), key), url)


def _name_now(view: TableView, key: str) -> str | None:
    parsed = parse_key(view.sql_table, key)
    name = None if parsed is None else str(view.name_of_key(parsed))
    return None if name == f"#{key}" else name

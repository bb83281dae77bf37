"""Cells of tables as HTML. By hand: a list has hundreds of them, which a template would take longer for.

A cell is {kind, value, url}, see cells.py: `url` makes it a link; the `value` of an empty one says what is
missing ("no author"). A column is {label, kind, wide}: the wide one takes the room that is left and is cut
where it is too long; the kind "key" stands back, so that on a phone the column after it heads the card.
"""

from datetime import datetime
from decimal import Decimal

from flask import Flask
from markupsafe import Markup, escape

from backoffice.console.presenters.cells import Cell
from backoffice.console.presenters.formats import Clocks, place, show_datetime
from backoffice.numbers import number_words
from backoffice.registry import Heading


def init_app(app: Flask) -> None:
    """Give the templates `td` and `value`."""
    app.jinja_env.globals.update(td=td, value=value)


def td(column: Heading, cell: Cell) -> Markup:
    """One cell of a table."""
    return Markup(f"{td_opening(column)}{td_content(cell, Clocks.of_reader())}</td>")  # noqa: S704, both are escaped


def td_opening(column: Heading) -> str:
    """The beginning of each cell of this column, the same for all of them."""
    zone_name = f" {place()}" if column["kind"] == "datetime" else ""
    classes = escape(column["kind"]) + (" wide" if column.get("wide") else "")
    return f'<td class="{classes}" role="cell" data-label="{escape(column["label"])}{escape(zone_name)}">'


def td_content(cell: Cell, clocks: Clocks) -> str:
    """What stands in it: text can be read whole by pointing at it, a time goes without its zone."""
    if cell.kind == "text":
        text = escape(cell.value)
        shown = f'<span title="{text}">{text}</span>'
    else:
        shown = clocks.show(cell.value) if isinstance(cell.value, datetime) else value(cell)
    return f'<a href="{escape(cell.url)}">{shown}</a>' if cell.url else shown


def value(cell: Cell) -> Markup:
    """The value of a cell, wherever it stands."""
    if isinstance(cell.value, datetime):
        return show_datetime(cell.value, named=True)
    if isinstance(cell.value, int | float | Decimal):
        return escape(number_words(cell.value))
    match cell.kind:
        case "empty":
            return Markup('<span class="empty-value">{}</span>').format(cell.value or "\N{EN DASH}")
        case "badge":
            return Markup('<span class="badge">{}</span>').format(cell.value)
        case "alert":
            return Markup('<span class="badge badge-alert">{}</span>').format(cell.value)
        case _:
            return escape(cell.value)

"""The list that an address asks for."""

from collections.abc import Mapping

from flask import current_app
from flask_babel import get_timezone

from backoffice.console.http import record_probe
from backoffice.console.lists.arguments import (
    AT,
    CURSOR,
    FILTER,
    SEARCH,
    SIZE,
    SORT,
    TRACKER,
    VALUE,
    Arguments,
)
from backoffice.console.lists.mistakes import UNDERSTOOD, mistakes_in
from backoffice.console.lists.source import ListSource
from backoffice.listing import Columns, Listing, page_size, parse_filters


def listing_of(source: ListSource, arguments: Mapping[str, str], size: int | None = None) -> Listing:
    """The list that an address asks for; what is not understood in it makes a list without rows."""
    asked = source.asked(arguments)
    _note_probes(source.columns, asked)
    listing = Listing(
        source.columns,
        parse_filters(asked.items(multi=True), source.columns, get_timezone()),
        asked.get(SEARCH, ""),
        asked.get(SORT),
        size or page_size(asked.get(SIZE), current_app.config["PAGE_SIZE"]),
        asked.get(CURSOR, ""),
        asked.get(AT, ""),
        get_timezone(),
        source.within,
    )
    listing.not_understood = list(mistakes_in(asked, listing))
    if source.streams is not None and listing.sorted_by.column == source.columns.default_order.column:
        listing.streams = source.streams(listing.filters)
    return listing


def _note_probes(columns: Columns, arguments: Arguments) -> None:
    """Note what is asked that this list is never asked by a page of ours: mostly for what it hides."""
    order = {each.removeprefix("-") for each in arguments.get(SORT, "").split(",")} - {""}
    known = {*UNDERSTOOD, FILTER, VALUE, *columns.arguments, columns.key.name}
    asked = [name for name in (*arguments, *order) if not TRACKER.fullmatch(name)]
    record_probe("probe:filter", asked, known | {one.name for one in columns.sorted})

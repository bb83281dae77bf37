"""The address of a list: what it may say, the list that it asks for, and the addresses of other lists."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import current_app, request
from flask_babel import get_timezone
from werkzeug.datastructures import MultiDict

from backoffice.console.records.probe_detection import note_filters
from backoffice.listing import Listing, page_size, parse_filters

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView

Arguments = MultiDict[str, str]
# What an address may say besides its filters.
SEARCH, SORT, SIZE, CURSOR = "search", "sort", "page_size", "page"
# Where its page begins, and how exactly to count: said in its own address, and in none that it leads to.
AT, COUNT, EXACT = "at", "count", "exact"
# What the form sends that adds a filter: its name and its value apart.
FILTER, VALUE = "filter", "value"


def listing_of(view: "RecordView", arguments: Mapping[str, str], size: int | None = None) -> Listing:
    """The list that an address asks for; what cannot be used in it is left out."""
    _note_probes(view, arguments)
    pairs = arguments.items(multi=True) if isinstance(arguments, MultiDict) else arguments.items()
    return Listing(
        view.columns,
        parse_filters(pairs, view.columns, get_timezone()),
        arguments.get(SEARCH, ""),
        arguments.get(SORT),
        size or page_size(arguments.get(SIZE), current_app.config["PAGE_SIZE"]),
        arguments.get(CURSOR, ""),
        arguments.get(AT, ""),
        get_timezone(),
    )


def _note_probes(view: "RecordView", arguments: Mapping[str, str]) -> None:
    """Note what is asked that this list is never asked by a page of ours: mostly for what it hides."""
    columns = view.columns
    order = {each.removeprefix("-") for each in arguments.get(SORT, "").split(",")} - {""}
    known = {SEARCH, SORT, SIZE, CURSOR, AT, COUNT, FILTER, VALUE, "url", *columns.arguments}
    note_filters([*arguments, *order], known | {columns.key.name, *(one.name for one in columns.sorted)})


class ListAddress:
    """The address of the list that was asked for, and of those that differ from it in something."""

    def __init__(self, view: "RecordView") -> None:
        self._view = view
        self._names = {SEARCH, SORT, SIZE, *view.columns.arguments}

    def state(self, *, without: tuple[str, ...] = ()) -> Arguments:
        """What it says, but for the page: any change leads to the first one."""
        known = self._names - set(without)
        return MultiDict((name, text) for name, text in request.args.items(multi=True) if name in known)

    def of(self, arguments: Arguments) -> str:
        """The address of the list of this view that these arguments ask for."""
        return with_arguments(self._view.urls.list(), arguments)

    def changed(self, **changes: str) -> str:
        """The same list with these arguments; one that is empty is taken away."""
        state = self.state(without=tuple(changes))
        state.update({name: text for name, text in changes.items() if text})
        return self.of(state)

    def narrowed(self, added: dict[str, str], without: tuple[str, ...]) -> str:
        """The same list with these filters, and without others."""
        state = self.state(without=without)
        state.update(added)
        return self.of(state)

    def counted_exactly(self) -> str:
        """The same page of the same list, with the exact number of its rows."""
        arguments = MultiDict(request.args)
        arguments[COUNT] = EXACT
        return self.of(arguments)

    def with_new_filter(self) -> str:
        """What the form that adds a filter leads to: an address has its name and its value as one."""
        state, name = self.state(), request.args[FILTER]
        note_filters([name], self._view.columns.arguments)
        if name in self._view.columns.arguments:
            state.add(name, request.args.get(VALUE, "").strip())
        return self.of(state)


def with_arguments(address: str, arguments: Arguments) -> str:
    """An address with this query."""
    return f"{address}?{urlencode(list(arguments.items(multi=True)))}" if arguments else address

"""The address of a list, and those of lists that differ from it in something."""

from flask import request
from werkzeug.datastructures import MultiDict

from backoffice.console.http import record_probe
from backoffice.console.lists.arguments import (
    COUNT,
    EXACT,
    FILTER,
    SEARCH,
    SIZE,
    SORT,
    VALUE,
    Arguments,
    with_arguments,
)
from backoffice.console.lists.source import ListSource


class ListAddress:
    """The address of the list that was asked for, and of those that differ from it in something."""

    def __init__(self, source: ListSource) -> None:
        self._source = source
        self._asked = source.asked(request.args)
        self._names = {SEARCH, SORT, SIZE, *source.columns.arguments}

    def state(self, *, without: tuple[str, ...] = ()) -> Arguments:
        """What it says, but for the page: any change leads to the first one."""
        known = self._names - set(without)
        return MultiDict((name, text) for name, text in self._asked.items(multi=True) if name in known)

    def of(self, arguments: Arguments) -> str:
        """The address of the same list that these arguments ask for."""
        return with_arguments(self._source.url, arguments)

    def changed(self, **changes: str) -> str:
        """The same list with these arguments; one that is empty is taken away."""
        state = self.state(without=tuple(changes))
        state.update({name: text for name, text in changes.items() if text})
        return self.of(state)

    def narrowed(self, added: dict[str, str], without: tuple[str, ...] = ()) -> str:
        """The same list with these filters, and without others."""
        state = self.state(without=without)
        state.update(added)
        return self.of(state)

    def counted_exactly(self) -> str:
        """The same page of the same list, with the exact number of its rows."""
        arguments = self._asked.copy()
        arguments[COUNT] = EXACT
        return self.of(arguments)

    def elsewhere(self) -> str | None:
        """Where the list is that is meant, if this is not how its address is written."""
        if FILTER in request.args:
            return self._with_new_filter()
        if self._source.earlier is None or not self._source.earlier.left_empty(request.args):
            return None
        return self.of(MultiDict([pair for pair in request.args.items(multi=True) if pair[1]]))

    def _with_new_filter(self) -> str:
        """What the form that adds a filter leads to: an address has its name and its value as one."""
        state, name = self.state(), request.args[FILTER]
        record_probe("probe:filter", [name], self._source.columns.arguments)
        if name in self._source.columns.arguments:
            state.add(name, request.args.get(VALUE, "").strip())
        return self.of(state)

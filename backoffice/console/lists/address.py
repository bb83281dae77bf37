"""The address of a list, and those of lists that differ from it in something."""

from collections.abc import Collection
from itertools import zip_longest

from flask import request
from werkzeug.datastructures import MultiDict

from backoffice.console.http import record_probe
from backoffice.console.lists.arguments import (
    COUNT,
    EXACT,
    FILTER,
    OF_ONE_PAGE,
    SIZE,
    SORT,
    VALUE,
    Arguments,
    with_arguments,
    without_trackers,
)
from backoffice.console.lists.source import ListSource
from backoffice.listing import Kind, tidied


class ListAddress:
    """The address of the list that was asked for, and of those that differ from it in something."""

    def __init__(self, source: ListSource) -> None:
        self._source = source
        self._asked = source.asked(request.args)

    def state(self, *, without: Collection[str] = ()) -> Arguments:
        """What it says, but for the page: any change leads to the first one.

        What is not understood is said on, so that it is not forgotten by a link or a form.
        """
        left_out = {*OF_ONE_PAGE, *without}
        return MultiDict(pair for pair in self._asked.items(multi=True) if pair[0] not in left_out)

    def cleared(self, mistaken: Collection[str] = ()) -> str:
        """The same list without search and filters, nor what else is not understood."""
        kept = {SORT, SIZE} - set(mistaken)
        return self.of(MultiDict(pair for pair in self.state().items(multi=True) if pair[0] in kept))

    def without(self, argument: str, text: str, instead: tuple[str, str] | None = None) -> str:
        """The same list without one thing that was asked, or with another in its place."""
        pairs = [pair for pair in self.state().items(multi=True) if pair != (argument, text)]
        return self.of(MultiDict([*pairs, *([instead] if instead else [])]))

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
        kept = without_trackers(request.args, self._source.column_names)
        if kept is not None:
            return self.of(kept)
        if FILTER in request.args:
            return self._with_new_filter()
        if self._source.earlier is None or not self._source.earlier.left_empty(request.args):
            return None
        return self.of(MultiDict([pair for pair in request.args.items(multi=True) if pair[1]]))

    def _tidied(self, name: str, text: str) -> str:
        """What was pasted, as an address says it."""
        if name not in self._source.columns.arguments:
            return text
        column, operator = self._source.columns.arguments[name]
        return tidied(text) if operator.takes_many and column.kind is Kind.TEXT else text

    def _with_new_filter(self) -> str:
        """What the form that adds a filter leads to: an address has its name and its value as one."""
        state, names = self.state(), request.args.getlist(FILTER)
        record_probe("probe:filter", names, self._source.columns.arguments)
        for name, text in zip_longest(names, request.args.getlist(VALUE), fillvalue=""):
            if name or text:
                state.add(name, self._tidied(name, text.strip()))
        return self.of(self._source.asked(state))

"""A list of what happened, the newest first, that its address filters: `?person=susan&from=2026-03-01`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, true

from backoffice.budgets import OverBudget, reading
from backoffice.console.presenters import too_long_words
from backoffice.exceptions import Invalid
from backoffice.listing import LAST, Columns, Listing, Page, Stream, parse_moment
from backoffice.models import is_storable

FROM, UNTIL, PAGE = "from", "until", "page"
CUT_OFF = Page((), previous=None, next=None, is_first=True, seconds=0)


def status_of(page: Page) -> int:
    """The HTTP status of the page that shows these rows."""
    return 503 if page is CUT_OFF else 200


@dataclass(frozen=True)
class AddressFilter:
    """What an address asks of a row, or why it cannot be asked; then nothing matches."""

    argument: str
    text: str
    condition: ColumnElement[bool]
    error: str | None = None


@dataclass(frozen=True)
class FilteredList:
    """The list at `endpoint`, of rows of `model`, which have their moment in the column `at`.

    `labels` names what can be asked, by its argument; `words` is how people read it. What is asked, by its
    argument, is looked for in `streams` (see `Listing`); but for the days, which are those of the reader's
    clocks, and for what has a `condition`.
    """

    endpoint: str
    model: type[Any]
    at: str
    labels: Mapping[str, Any]
    words: Callable[[str, str], str]
    streams: Callable[[Mapping[str, str]], Sequence[Stream] | None]
    condition: Callable[[str, str], ColumnElement[bool]] = lambda _name, _text: true()

    def sent_empty(self) -> str | None:
        """Where to go on from an address with what a form left empty; None where there is nothing of it."""
        if "" not in request.args.values():
            return None
        return self.address({name: text for name, text in request.args.items() if text})

    def filters(self) -> list[AddressFilter]:
        """Those that are on."""
        given = ((name, request.args.get(name, "").strip()) for name in self.labels)
        return [self._filter(name, text) for name, text in given if text]

    def _filter(self, name: str, text: str) -> AddressFilter:
        try:
            return AddressFilter(name, text, self._asked(name, text))
        except Invalid as error:
            return AddressFilter(name, text, false(), str(error))

    def _asked(self, name: str, text: str) -> ColumnElement[bool]:
        if not is_storable(text):
            return false()
        if name in (FROM, UNTIL):
            begin, end = parse_moment(text, get_timezone())
            moment: ColumnElement[Any] = getattr(self.model, self.at)
            return moment >= begin if name == FROM else moment < end
        return self.condition(name, text)

    def page(
        self,
        session: Any,
        shown: Sequence[str],
        filters: Sequence[AddressFilter],
        *within: ColumnElement[bool],
    ) -> Page:
        """The rows of one page, with these columns of them; `CUT_OFF` where finding them took too long."""
        understood = {
            one.argument: one.text for one in filters if one.error is None and is_storable(one.text)
        }
        listing = Listing(
            Columns(self.model, shown, sort=("id", self.at)),
            # In the order of time, every index of what can be asked gives just that.
            order=f"-{self.at}" if filters else "-id",
            size=current_app.config["PAGE_SIZE"],
            cursor=request.args.get(PAGE, ""),
            within=[*within, *(one.condition for one in filters)],
            streams=self.streams(understood),
        )
        try:
            with reading(session, current_app.config["LIST_SECONDS"]):
                return listing.page(session)
        except OverBudget:
            return CUT_OFF

    def context(self, filters: Sequence[AddressFilter], page: Page) -> dict[str, Any]:
        """What the page shows of its filters, and of where one can go from here."""
        return {
            "filters": [self._chip(one) for one in filters],
            "values": {one.argument: one.text for one in filters},
            "clear_url": self.address({}),
            "page": self._pages(page),
            "too_long": [*too_long_words(), str(_("Filter by a range of days."))]
            if page is CUT_OFF
            else None,
        }

    def _chip(self, one: AddressFilter) -> dict[str, Any]:
        others = {name: text for name, text in self._state().items() if name != one.argument}
        return {
            "label": str(self.labels[one.argument]),
            "words": self.words(one.argument, one.text),
            "error": one.error,
            "remove_url": self.address(others),
        }

    def _pages(self, page: Page) -> dict[str, str | None]:
        state = self._state()
        return {
            "first_url": self.address(state) if page.has_previous else None,
            "previous_url": self.address({**state, PAGE: page.previous}) if page.previous else None,
            "next_url": self.address({**state, PAGE: page.next}) if page.next else None,
            "last_url": self.address({**state, PAGE: LAST}) if page.has_next else None,
        }

    def narrowed(self, argument: str, text: str) -> str:
        """The same list, of this only."""
        return self.address({**self._state(), argument: text})

    def _state(self) -> dict[str, str]:
        """What the address says, but for the page."""
        return {name: request.args[name] for name in self.labels if name in request.args}

    def address(self, arguments: Mapping[str, str]) -> str:
        """The address of the list, as far as these arguments ask."""
        address = url_for(self.endpoint)
        return f"{address}?{urlencode(arguments)}" if arguments else address

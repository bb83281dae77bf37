"""The list: one page of a table, searched, filtered and sorted by its address alone."""

from typing import Any

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.budgets import OverBudget, reading
from backoffice.console.presenters import Heading, count_words, matching_words, too_long_words
from backoffice.console.records.actions import ticked_actions
from backoffice.console.records.jump import jump_form
from backoffice.console.records.list_address import (
    AT,
    COUNT,
    EXACT,
    FILTER,
    SEARCH,
    ListAddress,
    listing_of,
    with_arguments,
)
from backoffice.console.records.list_filters import chip, filter_menu
from backoffice.console.records.list_rows import ListRows
from backoffice.console.records.list_timeout import narrower, narrowing_words
from backoffice.console.records.record_page import RecordPage
from backoffice.extensions import db
from backoffice.listing import LAST, PAGE_SIZES, Column, Count, Listing
from backoffice.listing import Page as PageOfRows
from backoffice.transfer import FORMATS


class ListPage(RecordPage):
    """`/`, the index of a table."""

    def get(self) -> ResponseReturnValue:
        self.address = ListAddress(self.view)
        if FILTER in request.args:
            return redirect(self.address.with_new_filter())
        listing = listing_of(self.view, request.args)
        try:
            with reading(db.session, current_app.config["LIST_SECONDS"]):
                page = listing.page(db.session)
        except OverBudget:
            return self._render(listing, too_long=self._too_long(listing)), 503
        return self._render_rows(listing, page)

    def _render_rows(self, listing: Listing, page: PageOfRows) -> str:
        view = self.view
        count, note = _count(listing, page)
        delete_url = url_for(".delete_view") if view.allows("delete") else None
        actions = ticked_actions(view)
        headings = self._headings(listing)
        drawn = ListRows(view, headings, tickable=bool(actions), delete_url=delete_url)
        narrowed, is_all = bool(listing.filters or listing.search), page.is_whole
        return self._render(
            listing,
            count=count_words(count, narrowed=narrowed),
            count_url=None if count.exact or note else self.address.counted_exactly(),
            columns=headings,
            rows=drawn.markup(page.rows),
            notes=[*_notes(listing), *([note] if note else [])],
            page=self._pages(page),
            jump=None if is_all else jump_form(listing, request.args.get(AT, "")),
            page_sizes=self._page_sizes(listing.size),
            actions=actions,
            matching=None if is_all else self._matching(count, narrowed=narrowed),
        )

    def _matching(self, count: Count, *, narrowed: bool) -> tuple[str, str]:
        return matching_words(count, self.view.plural, self.view.counted(count.value), narrowed=narrowed)

    def _render(self, listing: Listing, **context: Any) -> str:
        """The list with what it has of its own in any case: its columns, its search, its filters."""
        view, state, filters = self.view, self.address.state(), listing.filters
        return view.render(
            "records/list.html",
            title=view.title,
            singular=view.singular,
            plural=view.plural,
            filters=[chip(one, self.address) for one in filters],
            filter_choices=filter_menu(view.columns),
            state=[(name, value) for name, value in state.items(multi=True) if name != SEARCH],
            search=listing.search if view.columns.searched else None,
            search_placeholder=_("Search %(things)s", things=view.plural),
            clear_url=self.address.narrowed({}, (SEARCH, *{one.argument for one in filters})),
            new_url=url_for(".create_view") if view.allows("create") else None,
            exports=self._exports(),
            trash_url=url_for("history.trash_view", table=view.table),
            action_url=with_arguments(url_for(".action_view"), state),
            return_url=request.full_path.rstrip("?"),
            **context,
        )

    def _too_long(self, listing: Listing) -> dict[str, Any]:
        return {
            "words": [*too_long_words(), *narrowing_words(listing)],
            "links": list(narrower(listing, self.address.narrowed, SEARCH)),
        }

    def _exports(self) -> list[tuple[str, str]]:
        """The kinds of files that this list can be had as, and where."""
        if not self.view.allows("export"):
            return []
        state = self.address.state()
        return [
            (each.label, with_arguments(url_for(".export", export_type=name), state))
            for name, each in FORMATS.items()
        ]

    def _headings(self, listing: Listing) -> list[Heading]:
        return [self._heading(column, listing) for column in self.view.columns.shown]

    def _heading(self, column: Column, listing: Listing) -> Heading:
        heading, order = self.view.cells.heading(column), listing.sorted_by
        if column not in self.view.columns.sorted:
            return heading
        is_sorted = order.column == column.name
        turned = is_sorted and not order.descending
        direction = ("descending" if order.descending else "ascending") if is_sorted else None
        url = self.address.changed(sort=f"-{column.name}" if turned else column.name)
        return {**heading, "sort_url": url, "sort": direction}

    def _pages(self, page: PageOfRows) -> dict[str, str | None]:
        changed = self.address.changed
        return {
            "first_url": changed(page="") if page.has_previous else None,
            "previous_url": changed(page=page.previous) if page.previous is not None else None,
            "next_url": changed(page=page.next) if page.next is not None else None,
            "last_url": changed(page=LAST) if page.has_next else None,
        }

    def _page_sizes(self, current: int) -> list[dict[str, Any]]:
        return [
            {"size": size, "url": self.address.changed(page_size=str(size)), "current": size == current}
            for size in sorted({*PAGE_SIZES, current})
        ]


def _count(listing: Listing, page: PageOfRows) -> tuple[Count, str | None]:
    """How many there are, as exactly as was asked for; and a note where that took too long."""
    limit, seconds = current_app.config["COUNT_LIMIT"], current_app.config["STATEMENT_TIMEOUT_SECONDS"]
    if request.args.get(COUNT) != EXACT:
        return listing.count(db.session, limit, page), None
    exact = listing.count_exactly(db.session, seconds)
    if exact is not None:
        return exact, None
    return listing.count(db.session, limit, page), str(
        ngettext(
            "Counting exactly was cut off after %(num)d second. Search or filter for less.",
            "Counting exactly was cut off after %(num)d seconds. Search or filter for less.",
            seconds,
        )
    )


def _notes(listing: Listing) -> list[str]:
    """How this list was searched, where it could not be as one would expect."""
    notes = []
    if listing.searches_beginnings():
        notes.append(_("Words of one or two letters are looked for at the beginning only."))
    if listing.scans(db.session):
        notes.append(
            _(
                "There is no search index here, so every row is looked through for a fragment. "
                "What a text begins with is found sooner, by a filter."
            )
        )
    return notes

"""The list: one page of a table, searched, filtered and sorted by its address alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import format_decimal, get_timezone, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from backoffice.console.probes import note_filters
from backoffice.console.versions import SENT, version_of_row
from backoffice.extensions import db
from backoffice.listing import LAST, PAGE_SIZES, Count, Filter, Kind, Listing, Page, page_size, parse_filters

Arguments = MultiDict[str, str]
# What an address may say besides its filters.
SEARCH, SORT, SIZE, CURSOR = "search", "sort", "page_size", "page"


if TYPE_CHECKING:
    from backoffice.console.records import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class ListPage(Records):
    """`/`, the index of a table."""

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        if "filter" in request.args:
            return redirect(self._address(self._with_new_filter()))
        listing = self.listing(request.args)
        page, count = listing.page(db.session), listing.count(db.session, current_app.config["COUNT_LIMIT"])
        filters = listing.filters
        delete_url = url_for(".delete_view") if self.can_delete and self.allows("delete") else None
        return self.render(
            "records/list.html",
            title=self.title,
            singular=self.singular,
            plural=self.plural,
            count=self._count_words(listing, count),
            columns=[self._sortable_heading(column, listing) for column in self.columns.shown],
            rows=[self._row(row, delete_url) for row in page.rows],
            versions=self._versions(page) if delete_url or self.allows("bulk") else [],
            filters=[self._chip(one) for one in filters],
            filter_choices=self._filter_choices(),
            state=[(name, value) for name, value in self._state().items(multi=True) if name != SEARCH],
            search=listing.search if self.columns.searched else None,
            search_placeholder=_("Search %(things)s", things=self.plural),
            clear_url=self._address(self._state(without=(SEARCH, *{one.argument for one in filters}))),
            notes=_notes(listing),
            page=self._pages(page),
            page_sizes=self._page_sizes(listing.size),
            new_url=url_for(".create_view") if self.allows("create") else None,
            export_url=self._export_url(),
            trash_url=url_for("history.trash_view", table=self.table),
            actions=self._ticked_actions(),
            matching=self._matching_words(listing, count) if page.has_next or page.has_previous else None,
            action_url=_with_arguments(url_for(".action_view"), self._state()),
            return_url=request.full_path.rstrip("?"),
        )

    def listing(self, arguments: Mapping[str, str], size: int | None = None) -> Listing:
        """The list that an address asks for; what cannot be used in it is left out."""
        self._note_probes(arguments)
        pairs = arguments.items(multi=True) if isinstance(arguments, MultiDict) else arguments.items()
        default = current_app.config["PAGE_SIZE"]
        return Listing(
            self.columns,
            parse_filters(pairs, self.columns, get_timezone()),
            arguments.get(SEARCH, ""),
            arguments.get(SORT),
            size or page_size(arguments.get(SIZE), default),
            arguments.get(CURSOR, ""),
        )

    def _note_probes(self, arguments: Mapping[str, str]) -> None:
        """Note what is asked that this list is never asked by a page of ours: mostly for what it hides."""
        order = {arguments.get(SORT, "").removeprefix("-")} - {""}
        known = {SEARCH, SORT, SIZE, CURSOR, "filter", "value", "url", *self.columns.arguments}
        note_filters([*arguments, *order], known | {column.name for column in self.columns.sorted})

    def count_words(self, count: Count) -> str:
        """How many there are, as far as they were counted."""
        number = format_decimal(count.value)
        return str(number if count.exact else _("more than %(number)s", number=number))

    def _count_words(self, listing: Listing, count: Count) -> str:
        if listing.filters or listing.search:
            words = ngettext(
                "%(number)s matches", "%(number)s match", count.value, number=self.count_words(count)
            )
            return str(words)
        return self.count_words(count)

    def _matching_words(self, listing: Listing, count: Count) -> tuple[str, str]:
        """All rows that the list has, on this page or not: to be chosen, and chosen."""
        number = self.count_words(count)
        if listing.filters or listing.search:
            if not count.exact:
                return str(_("Select all that match")), str(_("All that match are selected"))
            chosen = _("All %(number)s that match are selected", number=number)
            return str(_("Select all %(number)s that match", number=number)), str(chosen)
        if not count.exact:
            return str(_("Select all of them")), str(_("All of them are selected"))
        return (
            str(_("Select all %(number)s", number=number)),
            str(_("All %(number)s are selected", number=number)),
        )

    # Addresses

    def _state(self, *, without: tuple[str, ...] = ()) -> Arguments:
        """What this list's address says, but for the page: any change leads to the first one."""
        known = {SEARCH, SORT, SIZE, *self.columns.arguments} - set(without)
        return MultiDict((name, text) for name, text in request.args.items(multi=True) if name in known)

    def _address(self, arguments: Arguments) -> str:
        return _with_arguments(url_for(".index_view"), arguments)

    def _with(self, **changes: str) -> str:
        state = self._state(without=tuple(changes))
        state.update({name: text for name, text in changes.items() if text})
        return self._address(state)

    def _with_new_filter(self) -> Arguments:
        """The form that adds a filter sends its name and its value apart; an address has them as one."""
        state, name = self._state(), request.args["filter"]
        note_filters([name], self.columns.arguments)
        if name in self.columns.arguments:
            state.add(name, request.args.get("value", "").strip())
        return state

    def _export_url(self) -> str | None:
        if not (self.can_export and self.allows("export")):
            return None
        return _with_arguments(url_for(".export", export_type="csv"), self._state())

    # Parts of the page

    def _row(self, row: Any, delete_url: str | None) -> dict[str, Any]:
        key = getattr(row, self.columns.key.name)
        return {
            "key": key,
            "name": self.called(getattr(row, str(self.name_column)), key),
            "cells": self.cells_of(row, self.columns.shown),
            "details_url": self.details_url(key),
            "edit_url": self.edit_url(key),
            "delete_url": delete_url,
            "links": self.links(key),
        }

    def _versions(self, page: Page) -> list[tuple[str, str]]:
        """What the page shows of each row, by which what is done to them is known to be meant for it."""
        name = self.columns.key.name
        return [(SENT, f"{getattr(row, name)}:{version_of_row(self, row)}") for row in page.rows]

    def _sortable_heading(self, column: Any, listing: Listing) -> dict[str, Any]:
        heading, order = self.heading(column), listing.sorted_by
        if column not in self.columns.sorted:
            return heading
        is_sorted = order.column == column.name
        turned = is_sorted and not order.descending
        direction = ("descending" if order.descending else "ascending") if is_sorted else None
        return {
            **heading,
            "sort_url": self._with(sort=f"-{column.name}" if turned else column.name),
            "sort": direction,
        }

    def _chip(self, one: Filter) -> dict[str, Any]:
        label, words = str(one.column.label), str(one)
        begins = words.startswith(label)
        others = [pair for pair in self._state().items(multi=True) if pair != (one.argument, one.text)]
        return {
            "label": label if begins else "",
            "words": words.removeprefix(label).strip() if begins else words,
            "error": one.error,
            "remove_url": self._address(MultiDict(others)),
        }

    def _filter_choices(self) -> list[dict[str, Any]]:
        groups: dict[str, dict[str, Any]] = {}
        for argument, (column, operation) in self.columns.arguments.items():
            group = groups.setdefault(column.name, {"label": column.label, "operations": []})
            kind, hint = _input(column.kind, argument) if operation.takes_value else ("none", "")
            label = operation.describe(column, "").strip()
            group["operations"].append({"name": argument, "label": label, "kind": kind, "hint": hint})
        return list(groups.values())

    def _pages(self, page: Page) -> dict[str, str | None]:
        return {
            "first_url": self._with(page="") if page.has_previous else None,
            "previous_url": self._with(page=page.previous) if page.previous is not None else None,
            "next_url": self._with(page=page.next) if page.next is not None else None,
            "last_url": self._with(page=LAST) if page.has_next else None,
        }

    def _page_sizes(self, current: int) -> list[dict[str, Any]]:
        sizes = sorted({*PAGE_SIZES, current})
        return [
            {"size": size, "url": self._with(page_size=str(size)), "current": size == current}
            for size in sizes
        ]

    def _ticked_actions(self) -> list[dict[str, Any]]:
        """What can be done with the rows that are ticked."""
        if not self.allows("bulk"):
            return []
        actions = []
        if self.can_delete and self.allows("delete"):
            actions.append({"name": "delete", "label": _("Delete…"), "icon": "trash", "dangerous": True})
        if self.bulk_edit_columns and self.allows("edit"):
            actions.append({"name": "edit", "label": _("Edit…"), "icon": "pencil", "dangerous": False})
        for name, label in self._actions:
            if name != "delete" and self.is_action_allowed(name):
                actions.append({"name": name, "label": label, "icon": "play", "dangerous": False})
        return actions


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


def _with_arguments(address: str, arguments: Arguments) -> str:
    return f"{address}?{urlencode(list(arguments.items(multi=True)))}" if arguments else address


def _input(kind: Kind, argument: str) -> tuple[str, str]:
    """The kind of input that takes the value of a filter, and an example."""
    if argument.endswith("_between"):
        return "text", "2024-01-01..2024-01-31"
    if argument.endswith("_list"):
        return "text", "susan, john"
    if kind is Kind.RELATION:
        return "text", "susan, #17"
    return ("date", "2024-01-31") if kind is Kind.TIME else ("text", "")

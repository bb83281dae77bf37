"""The list: one page of a table, searched, filtered and sorted by its address alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from backoffice.budgets import OverBudget, reading
from backoffice.console.presenters import count_words, matching_words, too_long_words
from backoffice.console.records.jump import jump_form
from backoffice.console.records.list_rows import ListRows
from backoffice.console.records.list_timeout import narrower, narrowing_words
from backoffice.console.records.probe_detection import note_filters
from backoffice.extensions import db
from backoffice.listing import LAST, PAGE_SIZES, Count, Filter, Kind, Listing, Page, page_size, parse_filters
from backoffice.transfer import FORMATS

Arguments = MultiDict[str, str]
# What an address may say besides its filters.
SEARCH, SORT, SIZE, CURSOR = "search", "sort", "page_size", "page"
# Where its page begins, and how exactly to count: said in its own address, and in none that it leads to.
AT, COUNT, EXACT = "at", "count", "exact"

if TYPE_CHECKING:
    from backoffice.console.records.base import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class ListPage(Records):
    """`/`, the index of a table."""

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        if "filter" in request.args:
            return redirect(self._address(self._with_new_filter()))
        listing = self.listing(request.args)
        try:
            with reading(db.session, current_app.config["LIST_SECONDS"]):
                page = listing.page(db.session)
        except OverBudget:
            return self._render_list(listing, too_long=self._too_long(listing)), 503
        return self._render_page(listing, page)

    def _render_page(self, listing: Listing, page: Page) -> str:
        count, note = self._count(listing, page)
        delete_url = url_for(".delete_view") if self.can_delete and self.allows("delete") else None
        actions = self._ticked_actions()
        headings = self._headings(listing)
        drawn = ListRows(self, headings, tickable=bool(actions), delete_url=delete_url)
        narrowed, is_all = bool(listing.filters or listing.search), page.is_whole
        return self._render_list(
            listing,
            count=count_words(count, narrowed=narrowed),
            count_url=None if count.exact or note else self._count_url(),
            columns=headings,
            rows=drawn.markup(page.rows),
            notes=[*_notes(listing), *([note] if note else [])],
            page=self._pages(page),
            jump=None if is_all else jump_form(listing, request.args.get(AT, "")),
            page_sizes=self._page_sizes(listing.size),
            actions=actions,
            matching=None if is_all else matching_words(count, narrowed=narrowed),
        )

    def _render_list(self, listing: Listing, **context: Any) -> str:
        """The list with what it has of its own in any case: its columns, its search, its filters."""
        filters = listing.filters
        return self.render(
            "records/list.html",
            title=self.title,
            singular=self.singular,
            plural=self.plural,
            filters=[self._chip(one) for one in filters],
            filter_choices=self._filter_choices(),
            state=[(name, value) for name, value in self._state().items(multi=True) if name != SEARCH],
            search=listing.search if self.columns.searched else None,
            search_placeholder=_("Search %(things)s", things=self.plural),
            clear_url=self._address(self._state(without=(SEARCH, *{one.argument for one in filters}))),
            new_url=url_for(".create_view") if self.allows("create") else None,
            exports=self._exports(),
            trash_url=url_for("history.trash_view", table=self.table),
            action_url=_with_arguments(url_for(".action_view"), self._state()),
            return_url=request.full_path.rstrip("?"),
            **context,
        )

    def _count(self, listing: Listing, page: Page) -> tuple[Count, str | None]:
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

    def _too_long(self, listing: Listing) -> dict[str, Any]:
        def address(added: dict[str, str], without: tuple[str, ...]) -> str:
            state = self._state(without=without)
            state.update(added)
            return self._address(state)

        return {
            "words": [*too_long_words(), *narrowing_words(listing)],
            "links": list(narrower(listing, address, SEARCH)),
        }

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
            arguments.get(AT, ""),
            get_timezone(),
        )

    def _note_probes(self, arguments: Mapping[str, str]) -> None:
        """Note what is asked that this list is never asked by a page of ours: mostly for what it hides."""
        order = {each.removeprefix("-") for each in arguments.get(SORT, "").split(",")} - {""}
        known = {SEARCH, SORT, SIZE, CURSOR, AT, COUNT, "filter", "value", "url", *self.columns.arguments}
        note_filters(
            [*arguments, *order], known | {self.columns.key.name, *(one.name for one in self.columns.sorted)}
        )

    # Addresses

    def _state(self, *, without: tuple[str, ...] = ()) -> Arguments:
        """What this list's address says, but for the page: any change leads to the first one."""
        known = {SEARCH, SORT, SIZE, *self.columns.arguments} - set(without)
        return MultiDict((name, text) for name, text in request.args.items(multi=True) if name in known)

    def _address(self, arguments: Arguments) -> str:
        return _with_arguments(f"{request.script_root}{self.url}/", arguments)

    def _with(self, **changes: str) -> str:
        state = self._state(without=tuple(changes))
        state.update({name: text for name, text in changes.items() if text})
        return self._address(state)

    def _count_url(self) -> str:
        arguments = MultiDict(request.args)
        arguments[COUNT] = EXACT
        return self._address(arguments)

    def _with_new_filter(self) -> Arguments:
        """The form that adds a filter sends its name and its value apart; an address has them as one."""
        state, name = self._state(), request.args["filter"]
        note_filters([name], self.columns.arguments)
        if name in self.columns.arguments:
            state.add(name, request.args.get("value", "").strip())
        return state

    def _exports(self) -> list[tuple[str, str]]:
        """The kinds of files that this list can be had as, and where."""
        if not (self.can_export and self.allows("export")):
            return []
        state = self._state()
        return [
            (each.label, _with_arguments(url_for(".export", export_type=name), state))
            for name, each in FORMATS.items()
        ]

    # Parts of the page

    def _headings(self, listing: Listing) -> list[dict[str, Any]]:
        return [self._sortable_heading(column, listing) for column in self.columns.shown]

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
        """The menu of filters, made once in each language."""
        made: dict[str, list[dict[str, Any]]] = self.filter_choices
        language = str(get_locale())
        if language not in made:
            made[language] = self._make_filter_choices()
        return made[language]

    def _make_filter_choices(self) -> list[dict[str, Any]]:
        groups: dict[str, dict[str, Any]] = {}
        for argument, (column, operation) in self.columns.arguments.items():
            group = groups.setdefault(column.name, {"label": str(column.label), "operations": []})
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

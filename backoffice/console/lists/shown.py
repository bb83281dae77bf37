"""The list that a request asks for, and what its page shows around the rows, whatever these are."""

from collections.abc import Sequence
from contextlib import suppress

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.console.http import here
from backoffice.console.lists.address import ListAddress
from backoffice.console.lists.arguments import AT, COUNT, EXACT, SEARCH, with_arguments
from backoffice.console.lists.filters import chip, choices_of, filter_menu, red_chip
from backoffice.console.lists.jump import seek_form
from backoffice.console.lists.query import listing_of
from backoffice.console.lists.source import ListSource
from backoffice.console.lists.timeout import narrower, narrowing_words
from backoffice.console.presenters import count_words, timeout_sentences
from backoffice.extensions import db
from backoffice.listing import LAST, PAGE_SIZES, Choice, Count, Filter, Group, Mistake, Page
from backoffice.registry import Heading
from backoffice.statement_timeouts import TimedOut, reading
from backoffice.transfer import FORMATS


class ShownList:
    """Read once, by `read`; what the page shows is `around` where it was cut off, and `with_rows` else."""

    def __init__(self, source: ListSource) -> None:
        self.source = source
        self.address = ListAddress(source)
        self.listing = listing_of(source, request.args)

    def read(self) -> Page | None:
        """The rows of the page; None where finding them took too long."""
        try:
            with reading(db.session, current_app.config["LIST_SECONDS"]):
                return self.listing.page(db.session)
        except TimedOut:
            return None

    @property
    def is_narrowed(self) -> bool:
        """Whether it is of less than all."""
        return bool(self.listing.filters or self.listing.search)

    def around(self, mistakes: Sequence[Mistake | Filter]) -> dict[str, object]:
        """What a list has in any case: its search, its filters, and its files where all is understood."""
        listing, state = self.listing, self.address.state()
        return {
            "filters": [
                *(red_chip(one, self.address) for one in listing.not_understood),
                *(chip(one, self.address) for one in listing.filters),
            ],
            "is_understood": not mistakes,
            "filter_choices": filter_menu(listing.columns),
            "choices": self._choices(),
            "lookups": self.source.lookups,
            "state": [(name, value) for name, value in state.items(multi=True) if name != SEARCH],
            "search": listing.search if listing.columns.searched else None,
            "clear_url": self.address.cleared({one.argument for one in mistakes}),
            "exports": [
                (FORMATS[kind].label, with_arguments(url, state))
                for kind, url in (self.source.files or {}).items()
                if not mistakes
            ],
            "return_url": here(),
        }

    def cut_off(self) -> dict[str, object]:
        """The same where the rows took too long to find, and what to narrow."""
        return {
            **self.around(self.listing.not_understood),
            "too_long": {
                "words": [*timeout_sentences(), *narrowing_words(self.listing)],
                "links": list(narrower(self.listing, self.address.narrowed, SEARCH)),
            },
        }

    def with_rows(self, page: Page) -> tuple[dict[str, object], Count]:
        """The same with the way through the rows, and how they were found; and how many there are."""
        count, note = self._count(page)
        mistakes, jump = self.listing.mistakes(db.session), self._jump(page)
        unsaid = self.listing.error if jump is None or not page.rows else None
        context = {
            **self.around(mistakes),
            "count": count_words(count, narrowed=self.is_narrowed) if not mistakes else None,
            "count_url": None if count.exact or note else self.address.counted_exactly(),
            "notes": [*self._notes(), *filter(None, (note, unsaid))],
            "page": self._pages(page),
            "jump": jump,
            "page_sizes": self._page_sizes(),
        }
        return context, count

    def sortable(self, heading: Heading) -> Heading:
        """A heading with the way to sort by its column, where that can be."""
        name, order = heading.get("name"), self.listing.sorted_by
        if name not in {column.name for column in self.listing.columns.sorted}:
            return heading
        is_sorted = order.column == name
        turned = is_sorted and not order.descending
        direction = ("descending" if order.descending else "ascending") if is_sorted else None
        return {
            **heading,
            "sort_url": self.address.changed(sort=f"-{name}" if turned else name),
            "sort": direction,
        }

    def _choices(self) -> dict[str, list[Group]]:
        """What there is to choose, as far as that is soon found."""
        if not any(isinstance(column, Choice) for column in self.listing.columns.filtered):
            return {}
        with suppress(TimedOut), reading(db.session, current_app.config["LIST_SECONDS"]):
            return choices_of(self.listing.columns)
        return {}

    def _jump(self, page: Page) -> dict[str, object] | None:
        """The form that goes to a place, where there is another page, or there was no such place."""
        if page.is_whole and self.listing.error is None:
            return None
        return seek_form(self.listing, request.args.get(AT, ""))

    def _pages(self, page: Page) -> dict[str, str | None]:
        changed = self.address.changed
        return {
            "first_url": changed(page="") if page.has_previous else None,
            "previous_url": changed(page=page.previous) if page.previous is not None else None,
            "next_url": changed(page=page.next) if page.next is not None else None,
            "last_url": changed(page=LAST) if page.has_next else None,
        }

    def _page_sizes(self) -> list[dict[str, object]]:
        current = self.listing.size
        return [
            {"size": size, "url": self.address.changed(page_size=str(size)), "current": size == current}
            for size in sorted({*PAGE_SIZES, current})
        ]

    def _count(self, page: Page) -> tuple[Count, str | None]:
        """How many there are, as exactly as was asked for; and a note where that took too long."""
        limit, seconds = current_app.config["COUNT_LIMIT"], current_app.config["STATEMENT_TIMEOUT_SECONDS"]
        if request.args.get(COUNT) != EXACT:
            return self.listing.count(db.session, limit, page), None
        exact = self.listing.count_exactly(db.session, seconds)
        if exact is not None:
            return exact, None
        return self.listing.count(db.session, limit, page), str(
            ngettext(
                "Counting exactly was cut off after %(num)d second. Search or filter for less.",
                "Counting exactly was cut off after %(num)d seconds. Search or filter for less.",
                seconds,
            )
        )

    def _notes(self) -> list[str]:
        """How this list was searched, where it could not be as one would expect."""
        notes = []
        if self.listing.scans(db.session):
            notes.append(
                _(
                    "No search index knows this, so every row is looked through for it. "
                    "What a text begins with is found sooner, by a filter."
                )
            )
        if self.listing.minds_accents(db.session):
            notes.append(_("The search index here tells letters with accents apart."))
        return notes

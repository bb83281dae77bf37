"""The pages of a list: one page of its rows, and all of them as a file."""

from abc import abstractmethod
from collections.abc import Callable
from functools import partial

from flask import Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from backoffice.accounts.sessions import revalidate_access
from backoffice.clock import utcnow
from backoffice.console.base import Page
from backoffice.console.http import person
from backoffice.console.lists.arguments import with_arguments, without_trackers
from backoffice.console.lists.mistakes import refuse_mistakes
from backoffice.console.lists.query import listing_of
from backoffice.console.lists.shown import ShownList
from backoffice.console.lists.source import ListSource
from backoffice.extensions import db
from backoffice.listing import Count
from backoffice.listing import Page as PageOfRows
from backoffice.transfer import FORMATS, Download, file_name


class ListPage(Page):
    """Searched, filtered and sorted by its address alone."""

    template: str
    shown: ShownList

    @abstractmethod
    def source(self) -> ListSource:
        """What the list is of, for whoever opens it."""

    @abstractmethod
    def drawn(self, page: PageOfRows, count: Count) -> dict[str, object]:
        """The rows as the template takes them, with their columns; `count` says how many there are."""

    @abstractmethod
    def words(self) -> dict[str, object]:
        """What the page says whatever its rows are: its title, and what else the template takes."""

    def get(self) -> ResponseReturnValue:
        self.shown = ShownList(self.source())
        if address := self.shown.address.elsewhere():
            return redirect(address)
        page = self.shown.read()
        if page is None:
            return self.view.render(self.template, **self.words(), **self.shown.cut_off()), 503
        context, count = self.shown.with_rows(page)
        context |= self.drawn(page, count)
        return self.view.render(self.template, **self.words(), **context)


class FilePage(Page):
    """All of it, as it is filtered, searched and sorted. What the file is called begins with `noun`.

    It breaks off where whoever asks for it loses the `permission` on the way.
    """

    noun: str
    permission = "export"

    @abstractmethod
    def source(self) -> ListSource:
        """What the list is of, for whoever asks for its file."""

    def get(self, export_type: str) -> ResponseReturnValue:
        kind = FORMATS.get(export_type) or abort(404)
        source = self.source()
        kept = without_trackers(request.args, source.column_names)
        if kept is not None:
            return redirect(with_arguments(request.path, kept))
        listing = listing_of(source, request.args)
        refuse_mistakes(listing)
        listing.columns = source.exported
        # Made before the first byte, so that what cannot be read is an error page, not a broken file.
        listing.where(db.session)
        response = Response(Download(kind.export(listing, db.engine, self._ask())), mimetype=kind.mimetype)
        filtered = bool(listing.filters or listing.search)
        name = file_name(self.noun, export_type, utcnow(), filtered=filtered)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _ask(self) -> Callable[[], None]:
        """What raises Forbidden, at any time, where this person may not have the file any more."""
        return partial(revalidate_access, db.engine, person(), self.permission, self.view.table)

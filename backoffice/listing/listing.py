"""What a page, an export or bulk work wants of one table, read in one way by all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, or_

from backoffice.exceptions import Invalid
from backoffice.listing.column import table_of
from backoffice.listing.columns import Columns
from backoffice.listing.counting import Count, count_exactly, count_matches, count_rows, count_table
from backoffice.listing.cursor import Cursor, known_cursor
from backoffice.listing.filters import Filter
from backoffice.listing.keyset import Keyset
from backoffice.listing.kinds import python_type
from backoffice.listing.mistake import Mistake
from backoffice.listing.order import Order
from backoffice.listing.paging import Page, Pager
from backoffice.listing.scope import Scope
from backoffice.listing.search import minds_accents, scans_for_substrings, search_conditions
from backoffice.listing.seek import Seek, read_seek
from backoffice.listing.streams import Stream, in_stream
from backoffice.statements import AnySelect, AnySession

PAGE_SIZES = (10, 20, 50, 100, 200)
# Rows that were found at once are counted this long all the same.
LEAST_COUNTING_SECONDS = 0.005


def check_page_size(text: str) -> None:
    """Raise Invalid where an address asks for no number of rows."""
    if not (text.isascii() and text.removeprefix("-").isdecimal()):
        raise Invalid(_("This is not a number."))


def page_size(text: str | None, default: int) -> int:
    """The page size that an address asks for, or the nearest one that is allowed."""
    if text is None:
        return default
    try:
        check_page_size(text)
    except Invalid:
        return default
    # A number of many digits is not worth reading to the end.
    return max(PAGE_SIZES[0], min(int(text[:10]), PAGE_SIZES[-1]))


@dataclass
class Listing:
    """The rows that pass all filters and the search, in an order, a page at a time or all of them.

    `order` (`-timestamp`), `cursor` and `at` are as an address has them; what cannot be used is the default
    order and the first page. Without a cursor the page begins `at` a date or time in `zone`, a number, or a
    beginning of what the rows are ordered by; the `error` says why it cannot. `within` are the caller's own
    conditions on the table, for a list of a part of it. Where there are `mistakes`, in the filters or in what
    else was asked (`not_understood`), no row passes.

    Where there are `streams`, the rows are in one of these too, and none is in two: a page of them costs what
    its rows do, wherever in the table they stand.
    """

    columns: Columns
    filters: Sequence[Filter] = ()
    search: str = ""
    order: str | None = None
    size: int = 50
    cursor: str = ""
    at: str = ""
    zone: tzinfo = UTC
    within: Sequence[ColumnElement[bool]] = ()
    streams: Sequence[Stream] | None = None
    not_understood: Sequence[Mistake] = ()
    error: str | None = field(default=None, init=False)
    _is_looked_up: bool = field(default=False, init=False, repr=False)
    _where: list[ColumnElement[bool]] | None = field(default=None, init=False, repr=False)
    _looked_at: Scope | None = field(default=None, init=False, repr=False)

    def page(self, session: AnySession) -> Page:
        """The page at the cursor.

        Its rows have the shown columns and the primary key by their names, and of a relation `author` the key
        of the row that it refers to, as `author_key`.
        """
        keyset = self._keyset(session)
        place = (keyset.value.label(None), keyset.key.label(None))
        statement = self.columns.select_with_keys(self.columns.shown, *place)
        statement = statement.where(*self._conditions(session))
        pager = Pager(session, statement, keyset, self._cursor_name, self.size, self.streams)
        jump = self._seek(session)
        return (
            pager.page(self._read_cursor(session, keyset) or Cursor()) if jump is None else pager.after(jump)
        )

    def count(self, session: AnySession, limit: int, page: Page | None = None) -> Count:
        """How many rows there are, which costs no more than to read the page that is given did.

        What the page shows already is not counted; the rows of a whole table are not where the database knows
        of more than `limit`; and those that match are counted up to it, in the time that the page took.
        """
        if page is not None and page.is_whole:
            return Count(len(page.rows))
        known = len(page.rows) if page is not None else 0
        if not self.where(session):
            return count_table(session, table_of(self.columns.mapper), self._keys(session), limit, known)
        if page is None:
            return count_rows(session, self._keys(session), limit)
        seconds = max(page.seconds, LEAST_COUNTING_SECONDS)
        return count_matches(session, self._keys(session), limit, seconds, known)

    def count_exactly(self, session: AnySession, seconds: float) -> Count | None:
        """How many rows there are; None where counting takes more than so many seconds."""
        return count_exactly(session, self._keys(session), seconds)

    def mistakes(self, session: AnySession) -> Sequence[Mistake | Filter]:
        """What cannot be answered. What the filters ask for is looked up first."""
        if not self._is_looked_up:
            scope = self._scope(session)
            self.filters, self._is_looked_up = [one.looked_up(scope) for one in self.filters], True
        return [*self.not_understood, *(one for one in self.filters if one.error is not None)]

    def knows_cursor(self, session: AnySession) -> bool:
        """Whether the cursor is one of this list, in this order."""
        return self._read_cursor(session, self._keyset(session)) is not None

    def _keys(self, session: AnySession) -> AnySelect:
        return self.columns.select([self.columns.key]).where(*self.where(session))

    def select(self, session: AnySession) -> AnySelect:
        """The statement that reads all rows in order, of the shown columns only."""
        statement = self.columns.select(self.columns.shown).where(*self.where(session))
        return statement.order_by(*self._keyset(session).order)

    def where(self, session: AnySession) -> list[ColumnElement[bool]]:
        """The conditions on the table, and no other, that bulk work can select the same rows by.

        They are made once, the names in them being looked up in the session: a page, its count and what is
        done to it mean the same rows.
        """
        streams = [] if self.streams is None else [or_(false(), *map(in_stream, self.streams))]
        return [*self._conditions(session), *streams]

    def _conditions(self, session: AnySession) -> list[ColumnElement[bool]]:
        """The same but for the streams."""
        if self._where is None:
            self._where = [false()] if self.mistakes(session) else self._asked(self._scope(session))
        return self._where

    def _asked(self, scope: Scope) -> list[ColumnElement[bool]]:
        filters = [each.condition(scope) for each in self.filters if not self._is_asked_of_streams(each)]
        return [*self.within, *filters, *search_conditions(self.search, self.columns, scope)]

    def _is_asked_of_streams(self, one: Filter) -> bool:
        # What is asked twice the database takes for rarer than it is, and may not see its order in the index.
        return one.error is None and all(
            one.argument in stream.arguments for stream in self.streams or [Stream({})]
        )

    def scans(self, session: AnySession) -> bool:
        """Whether every row is looked through for a fragment, since no index knows the fragments."""
        return scans_for_substrings(self.search, self.filters, self.columns, self._scope(session))

    def minds_accents(self, session: AnySession) -> bool:
        """Whether a word is found only as it is written, since the search index knows no other way."""
        return minds_accents(self.search, self.columns, self._scope(session))

    @property
    def sorted_by(self) -> Order:
        """The order that holds."""
        return self.columns.order(self.order)

    def _scope(self, session: AnySession) -> Scope:
        # What was looked up about the database holds as long as the list.
        if self._looked_at is None or self._looked_at.session is not session:
            self._looked_at = Scope.of(session, self.columns.model)
        return self._looked_at

    def _keyset(self, session: AnySession) -> Keyset:
        column, key = self.columns[self.sorted_by.column], self.columns.key
        keyset = Keyset.by(column, key, self.sorted_by, Scope.of(session, self.columns.model).dialect)
        if any(each.column is column and each.leaves_out_empty for each in self.filters):
            return replace(keyset, may_be_null=False)
        return keyset

    def _seek(self, session: AnySession) -> Seek | None:
        if self.cursor or not self.at.strip():
            return None
        dialect = Scope.of(session, self.columns.model).dialect
        try:
            return read_seek(self.at.strip(), self.columns[self.sorted_by.column], self.zone, dialect)
        except Invalid as error:
            self.error = str(error)
            return None

    def _read_cursor(self, session: AnySession, keyset: Keyset) -> Cursor | None:
        is_loose = session.get_bind().dialect.name == "sqlite"
        value_type = object if is_loose else python_type(keyset.value)
        return known_cursor(self.cursor, self._cursor_name, value_type, python_type(keyset.key))

    @property
    def _cursor_name(self) -> str:
        return f"{self.columns.mapper.local_table} {self.sorted_by}"

"""One page of a list, found by the key of the row before it: the last page costs what the first one does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select

from backoffice.listing.cursor import Cursor, Place, write_cursor
from backoffice.listing.scope import AnySession
from backoffice.listing.walk import Walk


@dataclass(frozen=True)
class Page:
    """Rows by the names of their columns, and the tokens of the pages beside this one, where there are any.

    A page that follows another one is taken to have it before it, without looking: if those rows have gone
    since, the token leads to the first page. In the same way a token behind the end leads to the last page.
    """

    rows: Sequence[Row[Any]]
    previous: str | None
    next: str | None
    is_first: bool

    @property
    def has_previous(self) -> bool:
        return self.previous is not None

    @property
    def has_next(self) -> bool:
        return self.next is not None


@dataclass(frozen=True)
class Pager:
    """Reads pages of `statement` along `walk`. The last two of its columns are a row's value and its key."""

    session: AnySession
    statement: Select[Any]
    walk: Walk
    order: str
    size: int

    def page(self, cursor: Cursor) -> Page:
        """The page of this cursor; where nothing is left there, the nearest one that is full."""
        return self._before(cursor.place) if cursor.backward else self._after(cursor.place)

    def _after(self, place: Place | None) -> Page:
        rows, more = self._read(self.walk, place)
        if not rows and place is not None:
            return self._before(None)
        return Page(
            rows,
            previous=self._token(rows[0], backward=True) if place else None,
            next=self._token(rows[-1], backward=False) if more else None,
            is_first=place is None,
        )

    def _before(self, place: Place | None) -> Page:
        rows, more = self._read(self.walk.back(), place)
        if not more:
            return self._after(None)
        rows.reverse()
        return Page(
            rows,
            previous=self._token(rows[0], backward=True),
            next=self._token(rows[-1], backward=False) if place else None,
            is_first=False,
        )

    def _read(self, walk: Walk, place: Place | None) -> tuple[list[Row[Any]], bool]:
        """The rows beyond a place, as many as fit on a page, and whether there are more."""
        rows: list[Row[Any]] = []
        for segment in walk.segments(place):
            statement = self.statement.where(*segment.conditions).order_by(*segment.order)
            rows += self.session.execute(statement.limit(self.size + 1 - len(rows)))
            if len(rows) > self.size:
                break
        return rows[: self.size], len(rows) > self.size

    def _token(self, row: Row[Any], *, backward: bool) -> str:
        value, key = tuple(row)[-2:]
        return write_cursor(Cursor(Place(value, key), backward), self.order)

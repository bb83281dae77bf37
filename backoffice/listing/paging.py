"""One page of a list, found by the key of the row before it: the last page costs what the first one does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import ColumnElement

from backoffice.listing.cursor import Cursor, Position, write_cursor
from backoffice.listing.keyset import Keyset
from backoffice.listing.seek import Seek
from backoffice.listing.streams import Stream, first_rows
from backoffice.statements import AnyRow, AnySelect, AnySession


@dataclass(frozen=True)
class Page:
    """Rows by the names of their columns, and the tokens of the pages beside this one, where there are any.

    To read them took so many seconds.

    A page that follows another one is taken to have it before it, without looking: if those rows have gone
    since, the token leads to the first page. In the same way a token behind the end leads to the last page.
    """

    rows: Sequence[AnyRow]
    previous: str | None
    next: str | None
    is_first: bool
    seconds: float

    @property
    def is_whole(self) -> bool:
        """Whether it holds all rows that there are."""
        return self.is_first and not self.has_next

    @property
    def has_previous(self) -> bool:
        return self.previous is not None

    @property
    def has_next(self) -> bool:
        return self.next is not None


@dataclass(frozen=True)
class Pager:
    """Reads pages of `statement` along `keyset`. The last two of its columns are a row's value and its key.

    Where there are `streams`, only rows of these, merged.
    """

    session: AnySession
    statement: AnySelect
    keyset: Keyset
    order: str
    size: int
    streams: Sequence[Stream] | None = None
    begun: float = field(default_factory=monotonic)

    def page(self, cursor: Cursor) -> Page:
        """The page of this cursor; where nothing is left there, the nearest one that is full."""
        return self._before(cursor.place) if cursor.backward else self.after(cursor.place)

    def after(self, start: Position | Seek | None) -> Page:
        """The page behind a place, or from a jump on; where nothing is left there, the last one."""
        rows, more = self._read(self.keyset, start)
        if not rows and start is not None:
            return self._before(None)
        return Page(
            rows,
            previous=self._token(rows[0], backward=True) if start else None,
            next=self._token(rows[-1], backward=False) if more else None,
            is_first=start is None,
            seconds=monotonic() - self.begun,
        )

    def _before(self, place: Position | None) -> Page:
        rows, more = self._read(self.keyset.back(), place)
        if not more:
            return self.after(None)
        rows.reverse()
        return Page(
            rows,
            previous=self._token(rows[0], backward=True),
            next=self._token(rows[-1], backward=False) if place else None,
            is_first=False,
            seconds=monotonic() - self.begun,
        )

    def _read(self, keyset: Keyset, start: Position | Seek | None) -> tuple[list[AnyRow], bool]:
        """The rows from here on, as many as fit on a page, and whether there are more."""
        rows: list[AnyRow] = []
        for segment in keyset.ranges(start):
            wanted = self.size + 1 - len(rows)
            statement = self.statement.where(*segment.conditions)
            if self.streams is not None:
                statement = first_rows(statement, self.streams, keyset, segment, wanted, self._dialect)
            else:
                if segment.fenced:
                    statement = statement.where(*self._fences(keyset, statement, wanted))
                statement = statement.order_by(*segment.order).limit(wanted)
            rows += self.session.connection().execute(statement)
            if len(rows) > self.size:
                break
        return rows[: self.size], len(rows) > self.size

    @property
    def _dialect(self) -> str:
        return self.session.get_bind().dialect.name

    def _fences(self, keyset: Keyset, statement: AnySelect, wanted: int) -> Iterator[ColumnElement[bool]]:
        """That no row is sorted which is behind those that are wanted; ties by value are all sorted."""
        values = statement.with_only_columns(keyset.value).order_by(keyset.order[0])
        for value in self.session.scalars(values.offset(wanted - 1).limit(1)):
            yield keyset.boundary(value)

    def _token(self, row: AnyRow, *, backward: bool) -> str:
        value, key = tuple(row)[-2:]
        return write_cursor(Cursor(Position(value, key), backward), self.order)

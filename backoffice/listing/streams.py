"""The rows of a list as the streams that it is merged from, each of which one index has in its order."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, select, union_all

from backoffice.listing.keyset import KeyRange, Keyset
from backoffice.planning import Values, Way, by_index_of
from backoffice.statements import AnySelect


class Stream(NamedTuple):
    """The rows that have these values, which an index begins with that goes on in the order of the list.

    Of them only those that meet the `conditions`, for which others may have to be passed over. Both say all
    that the filters with these `arguments` ask, which are not asked again.
    """

    values: Values
    conditions: Sequence[ColumnElement[bool]] = ()
    arguments: Collection[str] = ()


def in_stream(stream: Stream) -> ColumnElement[bool]:
    """Whether a row is in it."""
    return and_(*(column == value for column, value in stream.values.items()), *stream.conditions)


def first_rows(
    statement: AnySelect,
    streams: Sequence[Stream],
    keyset: Keyset,
    segment: KeyRange,
    most: int,
    dialect: str,
) -> AnySelect:
    """The first rows of `statement` on a segment of the way, of these streams only.

    The last two of its columns are a row's value and its key. No stream is read further than so many rows.
    """
    if not streams:
        return statement.where(false())
    way = Way(segment.order, keyset.descending, keyset.value, segment.start)
    firsts = [
        by_index_of(statement.where(*stream.conditions), stream.values, way, dialect).limit(most)
        for stream in streams
    ]
    if len(firsts) == 1:
        return firsts[0]
    merged = union_all(*(select(first.subquery()) for first in firsts)).subquery()
    *_shown, value, key = merged.c
    return select(merged).order_by(*keyset.order_of(value, key)).limit(most)

"""A list merged from streams has the rows of all of them, in order, whichever way one goes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backoffice.listing import LAST, Listing, Stream
from tests.listing.shapes import SAMPLES
from tests.listing.tables import Sample

pytestmark = pytest.mark.every_database
NOON = datetime(2026, 3, 1, 12)
STREAMS = [Stream({Sample.number: 1, Sample.second: two}) for two in (0, 1, 2)]
ORDERS = ["-at", "at", "-id", "id"]


def fill(session: Session) -> None:
    """Ties between the streams, rows of none of them, and moments that nobody knows."""
    rows = [
        {
            "id": key,
            "number": key % 2,
            "second": key % 5,
            "at": NOON + timedelta(hours=key % 7) if key % 11 else None,
            "word": "even" if key % 4 == 0 else "odd",
        }
        for key in range(1, 120)
    ]
    session.execute(insert(Sample).execution_options(render_nulls=True), rows)
    session.commit()


def pages(session: Session, order: str, streams: list[Stream]) -> list[list[int]]:
    """The keys on each page, and the same from the last page back."""
    found, ways = [], (("", "next"), (LAST, "previous"))
    for cursor, beside in ways:
        keys: list[int] = []
        token: str | None = cursor
        while token is not None:
            page = Listing(SAMPLES, order=order, size=4, cursor=token, streams=streams).page(session)
            these = [row.id for row in page.rows]
            keys = keys + these if beside == "next" else these + keys
            token = getattr(page, beside)
        found.append(keys)
    return found


@pytest.mark.parametrize("streams", [STREAMS, STREAMS[:1]], ids=["three", "one"])
@pytest.mark.parametrize("order", ORDERS)
def test_both_ways_lead_through_all_rows_of_all_streams(
    session: Session, order: str, streams: list[Stream]
) -> None:
    fill(session)
    those = select(Sample.id).where(Sample.number == 1, Sample.second.in_(range(len(streams))))
    column = getattr(Sample, order.removeprefix("-"))
    turned = order.startswith("-")
    in_order = (one.desc() if turned else one.asc() for one in (column, Sample.id))
    expected = list(session.scalars(those.order_by(*in_order)))
    forward, backward = pages(session, order, streams)
    assert forward == expected
    assert backward == expected


def test_of_a_stream_only_what_meets_its_conditions(session: Session) -> None:
    fill(session)
    stream = Stream({Sample.number: 0}, [Sample.word == "even"])
    listing = Listing(SAMPLES, order="-id", size=200, streams=[stream])
    assert [row.id for row in listing.page(session).rows] == list(range(116, 0, -4))
    assert sorted(session.scalars(select(Sample.id).where(*listing.where(session)))) == list(range(4, 120, 4))


def test_without_a_stream_there_is_no_row(session: Session) -> None:
    fill(session)
    listing = Listing(SAMPLES, streams=[])
    assert listing.page(session).rows == []
    assert session.scalars(select(Sample.id).where(*listing.where(session))).all() == []

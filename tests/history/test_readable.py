"""Images are read back into what stood in the row, whatever the database made of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from backoffice.extensions import db
from backoffice.history import operation, readable, snapshots_of
from backoffice.models import Change, Post, User
from backoffice.models.types import RowJSON, UTCDateTime

pytestmark = pytest.mark.every_database


class Size(Enum):
    SMALL = "s"


MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678)


@pytest.mark.parametrize(
    ("kind", "stored", "value"),
    [
        (sa.Integer(), 7, 7),
        (sa.Boolean(), 1, True),
        (sa.Boolean(), False, False),
        (sa.Float(), {"real": "0.1"}, 0.1),
        (sa.Float(), Decimal("0.1"), 0.1),
        (sa.Numeric(), {"real": "2.5"}, Decimal("2.5")),
        (sa.LargeBinary(), {"hex": "00ff"}, b"\x00\xff"),
        (sa.LargeBinary(), "\\x00ff", b"\x00\xff"),
        (sa.String(5), {"text": "610062"}, "a\0b"),
        (UTCDateTime, "2026-01-02 03:04:05.000678", MOMENT),
        (UTCDateTime, "2026-01-02T03:04:05.000678", MOMENT),
        (sa.DateTime(timezone=True), "2026-01-02T04:04:05.000678+01:00", MOMENT),
        (sa.Date(), "2026-01-02", date(2026, 1, 2)),
        (sa.Enum(Size), "SMALL", Size.SMALL),
        (sa.JSON(), '{"a": 1}', '{"a": 1}'),
        (sa.String(5), None, None),
        # Of another type than the column is by now.
        (sa.Integer(), "seven", "seven"),
        (sa.Boolean(), 2, 2),
        (sa.Enum(Size), "HUGE", "HUGE"),
        (UTCDateTime, "infinity", "infinity"),
        (sa.String(5), ["a", 1], '["a", 1]'),
        (sa.LargeBinary(), {"hex": "xyz"}, '{"hex": "xyz"}'),
    ],
)
def test_what_stood_there(kind: Any, stored: Any, value: Any) -> None:
    assert readable(kind, stored) == value


KINDS = [sa.Integer(), sa.Boolean(), sa.Float(), sa.Numeric(), sa.LargeBinary(), sa.String(), sa.Date(),
         sa.Time(), UTCDateTime, sa.Enum(Size), sa.Enum("a"), RowJSON]  # fmt: skip
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.sampled_from(["hex", "real", "text", "x"]), inside),
    max_leaves=4,
)


@given(kind=st.sampled_from(KINDS), stored=JSON_VALUES)
def test_nothing_that_is_kept_can_fail(kind: Any, stored: Any) -> None:
    readable(kind, stored)


def test_what_the_database_keeps_is_read_as_it_was(app: Flask) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    with operation("post:create"):
        db.session.add(Post(body="hello", timestamp=now))
    change = db.session.scalars(sa.select(Change)).one()
    (before, after) = snapshots_of(db.session(), [change])[change.id]
    columns = Post.__table__.columns
    assert before is None
    assert after is not None
    read = {name: readable(columns[name].type, stored) for name, stored in after.items()}
    assert read == {"id": change.row_key and int(change.row_key), "body": "hello", "timestamp": now,
                    "user_id": None}  # fmt: skip


def test_a_change_without_an_image_has_that_of_its_source(app: Flask) -> None:
    with operation("user:create"):
        db.session.add(User(username="john", email="john@example.com"))
    made = db.session.scalars(sa.select(Change)).one()
    common = {"operation_id": made.operation_id, "table_name": "user", "row_key": made.row_key}
    taken = Change(action="delete", source_id=made.id, **common)
    returned = Change(action="insert", source_id=made.id, **common)
    lost = Change(action="insert", source_id=made.id + 100, **common)
    db.session.add_all([taken, returned, lost])
    db.session.commit()
    pair = snapshots_of(db.session(), [made, taken, returned, lost])
    assert pair[taken.id] == (made.after, None)
    assert pair[returned.id] == (None, made.after)
    assert pair[lost.id] == (None, None)

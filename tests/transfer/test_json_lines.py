"""A value keeps its type, and each object its line."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backoffice.transfer.json_lines import json_value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (2**63, "9223372036854775808"),
        (-1.5, "-1.5"),
        (float("nan"), '"NaN"'),
        (float("-inf"), '"-Infinity"'),
        (Decimal("-0.10"), "-0.10"),
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("1E+400"), "1" + "0" * 400),
        (Decimal("NaN"), '"NaN"'),
        (datetime(2026, 3, 1, 12, 0, 0, 7), '"2026-03-01T12:00:00.000007Z"'),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), '"2026-03-01T12:00:00.000000Z"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        (b"\x00\xff", '"00ff"'),
        ({"a": ["é", None]}, '{"a": ["é", null]}'),
        ("", '""'),
        ("=1+1", '"=1+1"'),
        ("é\n", '"é\\n"'),
    ],
)
def test_a_value_is_written_so(value: Any, written: str) -> None:
    assert json_value(value) == written
    json.loads(json_value(value))


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example('\r\n\u2028\x00"\\')
def test_text_comes_back_as_it_was_from_one_line(text: str) -> None:
    written = json_value(text)
    assert json.loads(written) == text
    assert "\n" not in written

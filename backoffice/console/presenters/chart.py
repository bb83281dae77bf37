"""A bar chart of days: where its bars stand, in hundredths of its width and height."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from backoffice.listing import Day

# How much of a bar's place it fills, and how low the lowest one may be that is not nothing.
BAR_WIDTH = 0.72
LOWEST = 1.5


@dataclass(frozen=True)
class Bar:
    """One day. `words` is what it is called and `count` what it stands for."""

    words: str
    count: str
    day: str
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    """The bars from left to right, the value at the top, and what all of it says in a sentence."""

    bars: Sequence[Bar]
    top: str
    first: str
    last: str
    summary: str


def daily_chart(days: Sequence[Day]) -> Chart:
    """The chart of posts a day."""
    top = _round_number(max(day.count for day in days))
    total = sum(day.count for day in days)
    most = max(days, key=lambda day: day.count)
    summary = ngettext("%(number)s post in %(days)s days", "%(number)s posts in %(days)s days", total,
                       number=format_decimal(total), days=len(days))  # fmt: skip
    if total:
        summary = _(
            "%(summary)s; the most on %(day)s: %(most)s",
            summary=summary,
            day=_short(most.date),
            most=format_decimal(most.count),
        )
    return Chart(
        [_bar(day, at, len(days), top) for at, day in enumerate(days)],
        format_decimal(top),
        _short(days[0].date),
        _short(days[-1].date),
        summary,
    )


def _bar(day: Day, at: int, places: int, top: int) -> Bar:
    place = 100 / places
    height = max(LOWEST, 100 * day.count / top) if day.count else 0
    number = format_decimal(day.count)
    return Bar(
        words=_("%(day)s: %(number)s", day=_short(day.date), number=number),
        count=number,
        day=format_date(day.date, "full"),
        x=round(place * (at + (1 - BAR_WIDTH) / 2), 3),
        width=round(place * BAR_WIDTH, 3),
        y=round(100 - height, 3),
        height=round(height, 3),
    )


def _short(day: date) -> str:
    return str(format_date(day, "d MMM"))


def _round_number(highest: int) -> int:
    """The next number that reads well: one digit with zeros behind it."""
    magnitude = int(10 ** (len(str(highest)) - 1))
    return next(step * magnitude for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * magnitude >= highest)

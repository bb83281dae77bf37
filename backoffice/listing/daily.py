"""How many rows there are of each of the last days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import SQLColumnExpression, func, select

from backoffice.statements import AnySession


@dataclass(frozen=True)
class Day:
    """So many rows of one day."""

    date: date
    count: int


def count_by_day(
    session: AnySession, moment: SQLColumnExpression[datetime], days: int, now: datetime, zone: tzinfo = UTC
) -> Sequence[Day]:
    """The rows of each of the last `days` days, today's the last, by the column `moment` in naive UTC.

    `now` is naive UTC too. The days are those of `zone`: one of them may have 23 hours, or 25. So each is a
    range of the column's index, all of them read by one statement, and no database has to know zones.
    """
    today = now.replace(tzinfo=UTC).astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in reversed(range(days))]
    counts = (
        select(func.count()).where(moment >= _start(day, zone), moment < _start(_next(day), zone))
        for day in dates
    )
    row = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return [Day(day, count) for day, count in zip(dates, row, strict=True)]


def _start(day: date, zone: tzinfo) -> datetime:
    """Midnight in `zone`, in naive UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)


def _next(day: date) -> date:
    return day + timedelta(days=1)

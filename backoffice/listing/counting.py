"""Counting no further than is worth it."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from backoffice.listing.scope import AnySession


@dataclass(frozen=True)
class Count:
    """So many rows; where it is not `exact`, there are more."""

    value: int
    exact: bool


def count_rows(session: AnySession, rows: Select[tuple[int]], limit: int) -> Count:
    """How many rows there are, up to `limit`."""
    found = session.scalars(select(func.count()).select_from(rows.limit(limit + 1).subquery())).one()
    return Count(min(found, limit), exact=found <= limit)

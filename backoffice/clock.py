"""The one clock: the time in UTC, without a zone, as the columns hold it."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """The time now in UTC, naive, with microseconds."""
    return datetime.now(UTC).replace(tzinfo=None)

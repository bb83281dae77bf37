"""The databases are those of the lists that are exported."""

from tests.listing.conftest import engine, session

__all__ = ["engine", "session"]

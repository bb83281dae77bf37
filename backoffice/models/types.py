"""Column types that mean the same on SQLite, PostgreSQL and MariaDB."""

from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, String, Text
from sqlalchemy.dialects import mysql, postgresql

# MariaDB cuts a plain DATETIME to whole seconds.
UTCDateTime = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

# SQLite numbers rows by itself only where the key is an INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

# What it holds, the column says.
RowJSON: JSON[Any] = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

# MariaDB's plain TEXT ends at 64 KB.
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def bytewise(length: int) -> String:
    """A text that PostgreSQL compares byte by byte, which an index of millions is made faster by."""
    return String(length).with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")

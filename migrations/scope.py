"""What `db check` and `db migrate` look at: the tables of our models, and nothing else in the database."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Table

from backoffice.extensions import db
from backoffice.listing import search_index
from backoffice.models import Post, User

# The application may add to these whatever it likes, also where the console made them.
SHARED_TABLES = (User.__tablename__, Post.__tablename__)

# What PostgreSQL and MariaDB call a check.
AUTOMATIC_CHECK = re.compile(r"(?:\w+_)?check\d*|CONSTRAINT_\d+")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Of what the database has: only the tables that a model of ours is for."""
    return kind != "table" or name in db.metadata.tables


def is_named_by_database(check: str, table: Table) -> bool:
    """Whether a check is one that the model gave no name, so that it cannot be told whether it is meant."""
    if AUTOMATIC_CHECK.fullmatch(check.removeprefix(f"{table.name}_")):
        return True
    return check in db.metadata.tables[table.name].columns  # MariaDB's own, of a column of JSON


def include_object(strangers: set[str]) -> Callable[[Any, str | None, str, bool, Any], bool]:
    """The filter of Alembic's comparison, given the tables that the console found and did not make."""

    def include(thing: Any, _name: str | None, kind: str, reflected: bool, compared_with: Any) -> bool:
        if kind == "table":
            return True
        if kind == "index" and str(thing.name).startswith(search_index.PREFIX):
            return False
        table: Table = thing.table
        if kind == "check_constraint" and reflected and is_named_by_database(str(thing.name), table):
            return False
        is_extra, is_missing = (found and compared_with is None for found in (reflected, not reflected))
        if table.name in strangers:
            # The columns have to be there, and all else is the application's business.
            return kind == "column" and is_missing
        return not (is_extra and table.name in SHARED_TABLES)

    return include

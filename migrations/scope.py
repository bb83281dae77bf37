"""What `db check` and `db migrate` look at: the tables of our models, and nothing else in the database."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table

from backoffice.extensions import db
from backoffice.listing import search_index
from backoffice.models import Post, User
from backoffice.models.adoption import OWN_PREFIX

# The application may add to these whatever it likes, also where the console made them.
SHARED_TABLES = (User.__tablename__, Post.__tablename__)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Of what the database has: only the tables that a model of ours is for."""
    return kind != "table" or name in db.metadata.tables


def include_object(made_here: set[str]) -> Callable[[Any, str | None, str, bool, Any], bool]:
    """The filter of Alembic's comparison, given the application's tables that the console made."""

    def include(thing: Any, _name: str | None, kind: str, reflected: bool, compared_with: Any) -> bool:
        if kind == "table":
            return True
        if kind == "index" and str(thing.name).startswith(search_index.PREFIX):
            return False
        table: Table = thing.table
        is_extra, is_missing = (found and compared_with is None for found in (reflected, not reflected))
        if not table.name.startswith(OWN_PREFIX) and table.name not in made_here:
            # Adopted: the columns have to be there, and all else is the application's business.
            return kind == "column" and is_missing
        return not (is_extra and table.name in SHARED_TABLES)

    return include

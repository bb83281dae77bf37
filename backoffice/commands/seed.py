"""`manage.py seed`: believable users and posts, as many as wished, beside those that are there."""

import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from random import Random
from typing import Any

import click
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection, Table, func, insert, select

from backoffice.clock import utcnow
from backoffice.commands import sample
from backoffice.commands.command import command
from backoffice.exceptions import Conflict, Invalid
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import User, stored_columns, unfillable_columns

CHUNK = 5_000
# The end of the five years where a seed is given: the same seed makes the same rows on any day.
END_OF_A_SEED = datetime(2026, 1, 1)  # noqa: DTZ001 (naive UTC, as in the column)

USERS: Table = User.metadata.tables["user"]
POSTS: Table = User.metadata.tables["post"]

Row = dict[str, Any]
Progress = Callable[[int], None]


@command("seed")
@click.option("--users", type=int, required=True, help="How many users to add.")
@click.option("--posts", type=int, required=True, help="How many posts to add, most of them by these users.")
@click.option("--random-seed", type=int, help="The same number makes the same rows in an empty database.")
def seed(users: int, posts: int, random_seed: int | None) -> None:
    """Add made-up users and posts, to try the console with many rows.

    Nobody can sign in as one of these users: they have no password. They stand beside the rows that are
    there; a name that is taken is passed over. All are added in one transaction, or none.
    """
    if min(users, posts) < 0:
        raise Invalid(_("The numbers of users and posts cannot be negative."))
    if users == posts == 0:
        raise Invalid(_("There is nothing to add: both numbers are 0."))
    with click.progressbar(length=users + posts, hidden=not sys.stdout.isatty()) as bar:
        add_sample(users, posts, random_seed, bar.update)
    added_users = ngettext("%(num)d user", "%(num)d users", users)
    added_posts = ngettext("%(num)d post", "%(num)d posts", posts)
    click.echo(_("Added %(users)s and %(posts)s.", users=added_users, posts=added_posts))


def add_sample(
    users: int, posts: int, random_seed: int | None = None, progress: Progress = lambda rows: None
) -> None:
    """Add this many users and posts as one operation, calling `progress` with the size of each chunk.

    Raises Conflict where a table has a column that must be filled and that the console does not know.
    """
    refuse_unfillable()
    nobody = stored_columns(db.engine, "post")["user_id"].nullable
    random = Random(random_seed)  # noqa: S311 (sample data, not secrets)
    end = utcnow() if random_seed is None else END_OF_A_SEED
    with operation("seed", facts={"added": {USERS.name: users, POSTS.name: posts}}) as act:
        connection = db.session.connection()
        last_id = connection.scalar(select(func.max(User.id))) or 0
        _write(connection, USERS, _new_users(connection, random, users), progress)
        authors = _ids(connection, after=last_id if users else 0)
        written = sample.posts(random, posts, authors, end, without_author=nobody)
        _write(connection, POSTS, written, progress)
        act.expected_rows = act.changed_rows = users + posts


def refuse_unfillable() -> None:
    """Raise Conflict where a row of an adopted table needs more than the console knows."""
    for table in (USERS, POSTS):
        for column in unfillable_columns(db.engine, table):
            name = f"{table.name}.{column}"
            raise Conflict(
                _("%(column)s must be filled in every row, and the console does not know how.", column=name)
            )


def _new_users(connection: Connection, random: Random, number: int) -> Iterator[Row]:
    """Users whose names and emails nobody has."""
    names = sample.usernames(random)
    while number:
        candidates = [
            {"username": name, "email": f"{name}@{random.choice(sample.DOMAINS)}"}
            for name in islice(names, min(number, CHUNK))
        ]
        taken = _taken(connection, candidates)
        for user in candidates:
            if taken.isdisjoint(user.values()):
                yield user
                number -= 1


def _taken(connection: Connection, candidates: list[Row]) -> set[str]:
    """Which of these names and emails somebody has, in whatever case."""
    found: set[str] = set()
    for column in (USERS.c.username, USERS.c.email):
        # MariaDB compares without case, and by its index only where the column stands alone.
        folded = column if connection.dialect.name in ("mysql", "mariadb") else func.lower(column)
        values = [candidate[column.name] for candidate in candidates]
        found.update(map(str.lower, connection.scalars(select(column).where(folded.in_(values)))))
    return found


def _ids(connection: Connection, after: int) -> Sequence[int]:
    """The ids of the users with a higher id, in eight bytes each, a million of them too."""
    return array("q", connection.scalars(select(User.id).where(User.id > after).order_by(User.id)))


def _write(connection: Connection, table: Table, rows: Iterator[Row], progress: Progress) -> None:
    while chunk := list(islice(rows, CHUNK)):
        if connection.dialect.name == "postgresql":
            _copy(connection, table, chunk)
        else:
            connection.execute(insert(table), chunk)
        progress(len(chunk))


def _copy(connection: Connection, table: Table, rows: list[Row]) -> None:
    """PostgreSQL's own way in, twice as fast."""
    import psycopg
    from psycopg import sql

    names = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))

"""The database of somebody else's microblog, as its own migrations leave it: what the console is a guest in.

It is the application of the Flask Mega-Tutorial, with its first chapter on databases and in its last version.
The tables stand here in our own words: hashes of 162 characters, MariaDB's DATETIME without a fraction of a
second and its FLOAT of seven digits, foreign keys without an action, and no index on `task.user_id` (but the
one that MariaDB makes by itself) are how they really are. `metadata.create_all()` also writes the row that
says how far the application's own migrations went.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    event,
    select,
)
from werkzeug.security import generate_password_hash

# Everybody's password; the last is longer than bcrypt reads.
PASSWORDS: Mapping[str, str] = {
    "susan": "cat",
    "john": "dog",
    "mary": "parrot",
    'Zoë "O\'Neil" 🦉': "owl-" * 20,
}
START = datetime(2023, 4, 5, 6, 7, 8, 901234)


def first_chapter() -> MetaData:
    """Users and posts, as the first chapter on databases has them."""
    metadata = MetaData()
    _user(metadata)
    _post(metadata)
    _version(metadata, "780739b227a7")
    return metadata


def last_version() -> MetaData:
    """All tables of the last version, their columns in the order in which they came."""
    metadata = MetaData()
    _user(
        metadata,
        Column("about_me", String(140)),
        Column("last_seen", DateTime),
        Column("last_message_read_time", DateTime),
        Column("token", String(32), index=True, unique=True),
        Column("token_expiration", DateTime),
    )
    _post(metadata, Column("language", String(5)))
    _followers(metadata)
    _message(metadata)
    _notification(metadata)
    _task(metadata)
    _version(metadata, "834b1a697901")
    return metadata


def fill(connection: Connection, metadata: MetaData) -> None:
    """Write four users and rows that refer to them into the tables of `metadata`; commits nothing."""
    user = metadata.tables["user"]
    connection.execute(user.insert(), [_person(name, "token" in user.c) for name in PASSWORDS])
    ids = {row.username: row.id for row in connection.execute(select(user.c.username, user.c.id))}
    connection.execute(metadata.tables["post"].insert(), _posts(ids, "language" in metadata.tables["post"].c))
    for name, rows in _dependants(ids).items():
        if name in metadata.tables:
            connection.execute(metadata.tables[name].insert(), rows)


def _user(metadata: MetaData, *more: Column[Any]) -> None:
    Table(
        "user",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("username", String(64), nullable=False, index=True, unique=True),
        Column("email", String(120), nullable=False, index=True, unique=True),
        Column("password_hash", String(256)),
        *more,
    )


def _post(metadata: MetaData, *more: Column[Any]) -> None:
    Table(
        "post",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("body", String(140), nullable=False),
        Column("timestamp", DateTime, nullable=False, index=True),
        Column("user_id", ForeignKey("user.id"), nullable=False, index=True),
        *more,
    )


def _followers(metadata: MetaData) -> None:
    Table(
        "followers",
        metadata,
        Column("follower_id", Integer, primary_key=True),
        Column("followed_id", Integer, primary_key=True),
        # In this order, by which MariaDB names them.
        ForeignKeyConstraint(["followed_id"], ["user.id"]),
        ForeignKeyConstraint(["follower_id"], ["user.id"]),
    )


def _message(metadata: MetaData) -> None:
    Table(
        "message",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("sender_id", Integer, nullable=False, index=True),
        Column("recipient_id", Integer, nullable=False, index=True),
        Column("body", String(140), nullable=False),
        Column("timestamp", DateTime, nullable=False, index=True),
        ForeignKeyConstraint(["recipient_id"], ["user.id"]),
        ForeignKeyConstraint(["sender_id"], ["user.id"]),
    )


def _notification(metadata: MetaData) -> None:
    Table(
        "notification",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(128), nullable=False, index=True),
        Column("user_id", ForeignKey("user.id"), nullable=False, index=True),
        Column("timestamp", Float, nullable=False, index=True),
        Column("payload_json", Text, nullable=False),
    )


def _task(metadata: MetaData) -> None:
    Table(
        "task",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("name", String(128), nullable=False, index=True),
        Column("description", String(128)),
        Column("user_id", ForeignKey("user.id"), nullable=False),
        Column("complete", Boolean, nullable=False),
    )


def _version(metadata: MetaData, revision: str) -> None:
    table = Table(
        "alembic_version",
        metadata,
        Column("version_num", String(32), nullable=False),
        PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
    )

    @event.listens_for(table, "after_create")
    def write_revision(target: Table, connection: Connection, **_more: Any) -> None:
        connection.execute(target.insert().values(version_num=revision))


def _person(name: str, last_version: bool) -> dict[str, Any]:
    short = name.split()[0].lower()
    row: dict[str, Any] = {"username": name, "email": f"{short}@example.com"}
    row["password_hash"] = _scrypt(PASSWORDS[name])
    more = {
        "about_me": f"I am {name}.",
        "last_seen": START,
        "last_message_read_time": START,
        "token": f"{short:x<32}",
        "token_expiration": START + timedelta(days=3650),
    }
    return row | more if last_version else row


@cache
def _scrypt(password: str) -> str:
    """The hash that the application makes. It takes a while: once a test run is enough."""
    return generate_password_hash(password)


def _posts(ids: Mapping[str, int], last_version: bool) -> list[dict[str, Any]]:
    susan, john, _, zoe = (ids[name] for name in PASSWORDS)
    posts = [
        (susan, "A walk along the river", 0),
        (susan, "=1+1 is no formula here", 1),
        (john, "<b>Not bold</b> & 100% of it", 2),
        (john, "Llueve otra vez 🌧", 3),
        (zoe, "é" * 140, 3),
    ]
    more = {"language": "en"} if last_version else {}
    return [
        {"user_id": author, "body": body, "timestamp": START + timedelta(days=day)} | more
        for author, body, day in posts
    ]


def _dependants(ids: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """What the last version keeps besides posts: rows that refer to users and hold on to them."""
    susan, john, mary, zoe = (ids[name] for name in PASSWORDS)
    follows = [(susan, john), (john, susan), (mary, john), (zoe, zoe)]
    messages = [(susan, john), (john, susan), (mary, zoe)]
    notification = {"name": "unread_message_count", "timestamp": 1_680_674_828.5, "payload_json": "1"}
    task = {"name": "export_posts", "description": "Exporting posts..."}
    return {
        "followers": [{"follower_id": follower, "followed_id": followed} for follower, followed in follows],
        "message": [
            {"sender_id": sender, "recipient_id": recipient, "body": "See you at eight?", "timestamp": START}
            for sender, recipient in messages
        ],
        "notification": [notification | {"user_id": user} for user in (susan, john)],
        "task": [
            task | {"id": f"00000000-0000-4000-8000-{user:012}", "user_id": user, "complete": user == susan}
            for user in (susan, john)
        ],
    }

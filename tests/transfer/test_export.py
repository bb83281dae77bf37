"""An export is all of a list as of one moment, never ends early unsaid, and leaves nothing open."""

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, DateTime, Engine, bindparam, create_engine, delete, event, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from backoffice import connections
from backoffice.listing import Columns, Listing, parse_filters
from backoffice.models import Post, User
from backoffice.transfer import FORMATS, Format, export_csv, export_json_lines
from tests.conftest import settings
from tests.listing.plans import asking
from tests.listing.shapes import POSTS
from tests.waiting import waited_for

pytestmark = pytest.mark.every_database

Export = Callable[[Listing, Engine], Generator[bytes]]

BODY = "x" * 140
BODIES = Columns(Post, ["id", "body"])
WHOLE = Columns(Post, ["id", "body", "timestamp"])
# The connections to this database, but for the one that asks.
CONNECTIONS = {
    "postgresql": "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mariadb": "SELECT id FROM information_schema.processlist"
    " WHERE db = database() AND id <> connection_id()",
}
# The numbers from one to another, as a table.
NUMBERS = {
    "sqlite": "(WITH RECURSIVE numbers(n) AS (SELECT {0} UNION ALL SELECT n + 1 FROM numbers WHERE n < {1})"
    " SELECT n FROM numbers) AS numbers",
    "postgresql": "generate_series({0}, {1}) AS numbers (n)",
    "mariadb": "(SELECT seq AS n FROM seq_{0}_to_{1}) AS numbers",
}
END = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}


@pytest.fixture
def posts(engine: Engine) -> Engine:
    """Twenty thousand posts of 140 characters: some three megabytes."""
    fill(engine, 1, 20_000)
    return engine


def fill(engine: Engine, first: int, last: int) -> None:
    """Make posts of these numbers."""
    numbers = NUMBERS[engine.dialect.name].format(first, last)
    rows = text(f"INSERT INTO post (id, body, timestamp) SELECT n, :body, :moment FROM {numbers}")
    moment = bindparam("moment", datetime(2026, 3, 1, 12), DateTime())
    with engine.begin() as connection:
        connection.execute(rows.bindparams(moment), {"body": BODY})


@pytest.fixture(params=FORMATS)
def kind_of_file(request: pytest.FixtureRequest) -> Format:
    """Each kind of file, one after the other."""
    return FORMATS[request.param]


@pytest.fixture
def export(kind_of_file: Format) -> Export:
    """Makes a file of each kind, one after the other."""
    return lambda listing, engine: kind_of_file.export(listing, engine, lambda: None)


def numbers(chunks: Iterable[bytes]) -> list[int]:
    """The ids in a file of either kind."""
    return [int(found) for found in re.findall(rb'^(?:\{"id": )?(\d+),', b"".join(chunks), re.MULTILINE)]


@pytest.fixture
def few(engine: Engine) -> Engine:
    """Five posts."""
    with Session(engine) as session:
        session.execute(insert(User), [{"id": 1, "username": "=susan"}, {"id": 2, "username": "john"}])
        bodies = ["hello", 'a "quote", and more', "", "-1", "other"]
        users = [1, 2, 1, None, 1]
        rows: list[dict[str, Any]] = [
            {"id": key, "body": body, "user_id": user, "timestamp": datetime(2026, 3, key, 12, 0, 0, key)}
            for key, (body, user) in enumerate(zip(bodies, users, strict=True), 1)
        ]
        session.execute(insert(Post).execution_options(render_nulls=True), rows)
        session.execute(text("UPDATE post SET timestamp = NULL WHERE id = 4"))
        session.commit()
    return engine


def test_the_list_as_it_is_filtered_and_sorted(few: Engine) -> None:
    filters = parse_filters([("body_not_equals", "other")], POSTS)
    listing = Listing(POSTS, filters, order="id", size=10)
    assert b"".join(export_csv(listing, few)).decode() == (
        "id,body,timestamp,author\n"
        "1,hello,2026-03-01T12:00:00.000001Z,'=susan\n"
        '2,"a ""quote"", and more",2026-03-02T12:00:00.000002Z,john\n'
        '3,"",2026-03-03T12:00:00.000003Z,\'=susan\n'
        "4,'-1,,\n"
    )
    assert b"".join(export_json_lines(listing, few)).decode() == (
        '{"id": 1, "body": "hello", "timestamp": "2026-03-01T12:00:00.000001Z", "author": "=susan"}\n'
        '{"id": 2, "body": "a \\"quote\\", and more", "timestamp": "2026-03-02T12:00:00.000002Z",'
        ' "author": "john"}\n'
        '{"id": 3, "body": "", "timestamp": "2026-03-03T12:00:00.000003Z", "author": "=susan"}\n'
        '{"id": 4, "body": "-1", "timestamp": null, "author": null}\n'
    )


def test_an_empty_list_is_a_header_or_nothing(engine: Engine) -> None:
    assert b"".join(export_csv(Listing(POSTS), engine)) == b"id,body,timestamp,author\n"
    assert b"".join(export_json_lines(Listing(POSTS), engine)) == b""


def test_the_answer_begins_before_any_row_is_read(posts: Engine) -> None:
    for export, head in ((export_csv, b"id,body\n"), (export_json_lines, b"")):
        with asking(posts) as asked:
            file = export(Listing(BODIES), posts)
            assert next(file) == head
            assert asked == []
        file.close()


def test_pieces_are_of_64_kilobytes_and_a_little_more(posts: Engine, export: Export) -> None:
    _head, *pieces = map(len, export(Listing(BODIES), posts))
    assert all(64 * 1024 <= size < 128 * 1024 for size in pieces[:-1])
    assert len(pieces) > 20


def test_all_rows_are_of_one_moment(posts: Engine, export: Export) -> None:
    file = export(Listing(BODIES), posts)
    begun = [next(file), next(file)]
    with posts.begin() as connection:
        connection.execute(delete(Post).where(Post.id > 10_000))
        connection.execute(insert(Post), [{"id": 30_000, "body": "later"}])
    assert numbers([*begun, *file]) == list(range(1, 20_001))


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_closing_early_frees_the_connection_at_once(posts: Engine, export: Export, pieces: int) -> None:
    add_many(posts)
    file = export(Listing(BODIES), posts)
    for _ in range(pieces):
        next(file)
    file.close()
    assert idle(posts)


def test_ending_frees_the_connection(posts: Engine, export: Export) -> None:
    assert len(numbers(export(Listing(BODIES), posts))) == 20_000
    assert idle(posts)


def test_what_was_not_read_is_not_waited_for(posts: Engine, export: Export) -> None:
    add_many(posts)
    file = export(Listing(BODIES), posts)
    next(file), next(file)
    begun = time.process_time()
    file.close()
    assert time.process_time() - begun < 0.2


def test_a_failure_on_the_way_is_raised(posts: Engine, export: Export) -> None:
    fails = Event()
    if posts.dialect.name == "sqlite":  # which has no server that could end it
        listen = lambda connection, _record: connection.set_progress_handler(fails.is_set, 1)  # noqa: E731
        event.listen(posts, "connect", listen)
        posts.dispose()
    add_many(posts)
    file = export(Listing(WHOLE), posts)
    next(file), next(file)
    fails.set()
    end_others(posts)
    with pytest.raises((DBAPIError, psycopg.Error)):
        for _piece in file:
            pass
    assert idle(posts)


def test_an_export_may_take_longer_than_a_statement(database_url: str, posts: Engine, export: Export) -> None:
    add_many(posts)
    hasty = create_engine(posts.url)
    connections.configure(hasty, settings(database_url, STATEMENT_TIMEOUT_SECONDS="1"))
    file = export(Listing(BODIES), hasty)
    begun = [next(file), next(file)]
    time.sleep(1.5)
    assert len(numbers([*begun, *file])) >= 20_000
    hasty.dispose()


def add_many(engine: Engine) -> None:
    """More than fits between a server and here."""
    if engine.dialect.name != "sqlite":
        fill(engine, 20_001, 170_000)


@contextmanager
def watching(engine: Engine) -> Iterator[tuple[Connection, Callable[[], list[int]]]]:
    """A connection apart from the others to this database, and a way to ask which these are."""
    asking_for = CONNECTIONS.get(engine.dialect.name, "SELECT 1 WHERE 0 = 1")
    with create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection, lambda: list(connection.scalars(text(asking_for)))


def end_others(engine: Engine) -> None:
    with watching(engine) as (connection, others):
        for other in others():
            connection.execute(text(END[engine.dialect.name].format(other)))


def idle(engine: Engine) -> bool:
    """Whether no connection is in use, here and on the server, which may need a moment to notice."""
    free = engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()
    with watching(engine) as (connection, others):
        waited_for(lambda: not others())
        return free and is_unread(connection)


def is_unread(connection: Connection) -> bool:
    """Whether nobody reads what SQLite would keep its log for."""
    if connection.dialect.name != "sqlite":
        return True
    busy: int = connection.scalars(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
    return not busy

"""Deleting and undoing many rows, beside the bare SQL that does the least of it, in one run.

    python -m benchmarks.bulk_work postgresql://postgres@127.0.0.1/postgres --posts 5000000 --rows 100000
    python -m benchmarks.bulk_work sqlite:////tmp/bulk.db --posts 500000 --rows 100000

On a server a database of its own is made beside the one that is named, and dropped at the end. The floor is
one statement that deletes the rows and keeps a copy of each as JSON (two where a DELETE returns nothing), and
the one INSERT ... SELECT that brings them back; neither says who did it, can be stopped, or looks at what
refers to the rows. Rounds alternate, the medians are compared, and the same rows come and go in each.
"""

import argparse
import gc
import json
import resource
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import Pool
from pathlib import Path
from tempfile import gettempdir
from time import perf_counter, sleep
from typing import Any, TypeVar

from flask_migrate import upgrade
from sqlalchemy import create_engine, func, insert, select, text
from sqlalchemy.engine import URL, make_url

import config
from backoffice import bulk, create_app, undo
from backoffice.bulk import SavedQuery
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Administrator, Operation, Post, User
from backoffice.work import run_operation

T = TypeVar("T")
DATABASE = "backoffice_benchmark"
USERS = 1_000
# When the posts begin, and how many seconds apart they are.
BEGINNING, STEP = datetime(2021, 1, 1), 30  # noqa: DTZ001 (naive UTC, as in the column)

POSTS = {
    "postgresql": """
        INSERT INTO post (body, timestamp, user_id)
        SELECT 'a post of some words, as people write them, number ' || n,
               timestamp '2021-01-01' + n * interval '30 seconds', 1 + n % :users
        FROM generate_series(1, :posts) AS n""",
    "sqlite": """
        INSERT INTO post (body, timestamp, user_id)
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :posts)
        SELECT 'a post of some words, as people write them, number ' || n,
               datetime('2021-01-01', '+' || (n * 30) || ' seconds') || '.000000', 1 + n % :users
        FROM numbers""",
    "mysql": """
        INSERT INTO post (body, timestamp, user_id)
        SELECT CONCAT('a post of some words, as people write them, number ', seq),
               '2021-01-01' + INTERVAL seq * 30 SECOND, 1 + seq % :users
        FROM seq_1_to_50000000 LIMIT :posts""",
}
IMAGE = "'id', id, 'body', body, 'timestamp', timestamp, 'user_id', user_id"
FLOOR: dict[str, dict[str, list[str]]] = {
    "postgresql": {
        "prepare": ["CREATE TABLE kept (image jsonb)"],
        "delete": [
            """WITH gone AS (DELETE FROM post WHERE id <= :rows RETURNING *)
               INSERT INTO kept SELECT to_jsonb(gone) FROM gone"""
        ],
        "undo": ["INSERT INTO post SELECT (jsonb_populate_record(NULL::post, image)).* FROM kept"],
        "clear": ["TRUNCATE kept"],
        "settle": ["VACUUM ANALYZE post", "VACUUM ANALYZE backoffice_change", "CHECKPOINT"],
    },
    "sqlite": {
        "prepare": ["CREATE TABLE kept (image JSON)"],
        "delete": [
            f"INSERT INTO kept SELECT json_object({IMAGE}) FROM post WHERE id <= :rows",
            "DELETE FROM post WHERE id <= :rows",
        ],
        "undo": [
            """INSERT INTO post (id, body, timestamp, user_id)
               SELECT image ->> 'id', image ->> 'body', image ->> 'timestamp', image ->> 'user_id'
               FROM kept"""
        ],
        "clear": ["DELETE FROM kept"],
        "settle": ["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"],
    },
    "mysql": {
        "prepare": ["CREATE TABLE kept (image JSON)"],
        "delete": [
            f"INSERT INTO kept SELECT json_object({IMAGE}) FROM post WHERE id <= :rows",
            "DELETE FROM post WHERE id <= :rows",
        ],
        "undo": [
            """INSERT INTO post (id, body, timestamp, user_id)
               SELECT json_value(image, '$.id'), json_value(image, '$.body'),
               json_value(image, '$.timestamp'), json_value(image, '$.user_id') FROM kept"""
        ],
        "clear": ["TRUNCATE kept"],
        "settle": ["ANALYZE TABLE post"],
    },
}


def main() -> None:
    arguments = parsed()
    with database(arguments.url) as url:
        app = create_app(settings_of(url))
        with app.app_context():
            upgrade()
            fill(arguments.posts)
            gc.freeze()  # as a worker does
            print(json.dumps(measure(arguments.rows, arguments.rounds), indent=2))
            db.session.remove()
            db.engine.dispose()


def settings_of(url: str) -> dict[str, Any]:
    """Those of the console, for a database at this address."""
    environ = {"DATABASE_URL": url, "SECRET_KEY": "benchmark" * 5, "STATEMENT_TIMEOUT_SECONDS": "3600"}
    return {**config.load(environ), "QUEUE_FILE": Path(gettempdir()) / f"{DATABASE}-queue.db"}


def parsed() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="a server on which a database can be made, or a new SQLite file")
    parser.add_argument("--posts", type=int, default=5_000_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


@contextmanager
def database(address: str) -> Iterator[str]:
    """A database for the run, dropped at the end."""
    url = make_url(config.load({"DATABASE_URL": address, "SECRET_KEY": "k"})["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        yield address
        return
    run_on(url, f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")
    yield url.set(database=DATABASE).render_as_string(hide_password=False)
    run_on(url, f"DROP DATABASE {DATABASE}")


def run_on(server: URL, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def dialect() -> str:
    name = db.engine.dialect.name
    return name if name in FLOOR else "mysql"


def fill(posts: int) -> None:
    """So many posts by a thousand users, and an administrator."""
    people = [{"username": f"user{n}", "email": f"user{n}@example.com"} for n in range(USERS)]
    db.session.execute(insert(User), people)
    db.session.add(Administrator(user_id=1, username="user0", role="administrator"))
    db.session.execute(text(POSTS[dialect()]), {"posts": posts, "users": USERS})
    db.session.commit()
    floor("prepare")


def floor(step: str, rows: int = 0) -> None:
    """The bare SQL of a step, in one transaction of a connection as anybody would make it."""
    db.session.remove()
    engine = create_engine(db.engine.url)
    with engine.begin() as connection:
        for statement in FLOOR[dialect()][step]:
            connection.execute(text(statement), {"rows": rows} if ":rows" in statement else {})
    engine.dispose()


def settle() -> None:
    """Have the database clean up after a round, so that the next one does not pay for it."""
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if dialect() == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
        for statement in FLOOR[dialect()]["settle"]:
            connection.exec_driver_sql(statement)


class Times:
    """How long each thing took, round after round."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = {}

    def of(self, name: str, work: Callable[[], T]) -> T:
        """What `work` gives, timed under this name."""
        begun = perf_counter()
        result = work()
        self._seconds.setdefault(name, []).append(perf_counter() - begun)
        return result

    def medians(self) -> dict[str, float]:
        """The median of each."""
        return {name: statistics.median(values) for name, values in self._seconds.items()}


def measure(rows: int, rounds: int) -> dict[str, Any]:
    times, before = Times(), memory()
    for _ in range(rounds):
        one_round(rows, times)
    seconds = times.medians()
    return {
        "rows": rows,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "delete, times the floor": round(seconds["delete"] / seconds["delete, floor"], 2),
        "undo, times the floor": round(seconds["undo"] / seconds["undo, floor"], 2),
        "preview of all beyond their count, seconds": round(preview_of_all(), 3),
        "memory grew by, MB": round(memory() - before),
        "longest wait of another writer, seconds": round(longest_wait(rows), 3),
    }


def one_round(rows: int, times: Times) -> None:
    settle()
    times.of("delete, floor", lambda: floor("delete", rows))
    settle()
    times.of("undo, floor", lambda: floor("undo"))
    floor("clear")
    settle()
    chosen = selection_of(rows)
    times.of("preview", lambda: bulk.preview(db.session(), chosen))
    deleted = times.of("delete", lambda: carried_out(lambda: bulk.delete(chosen, (), "posts")))
    assert deleted.changed_rows == rows, deleted.changed_rows
    settle()
    back = times.of("undo", lambda: carried_out(lambda: undo.undo(deleted, "posts")))
    assert back.changed_rows == rows, back.changed_rows


def selection_of(rows: int) -> Any:
    """The first rows, as somebody chose them all."""
    end = BEGINNING + timedelta(seconds=STEP * rows + 1)
    matching = SavedQuery([("timestamp_before", end.isoformat())], "", "UTC")
    chosen = bulk.choose_matching(1, "post", matching)
    bulk.freeze(chosen.id)
    db.session.expire_all()
    return chosen


def preview_of_all() -> float:
    """How much longer than counting them it takes to preview the deletion of all posts."""
    chosen = bulk.choose_matching(1, "post", SavedQuery([], "", "UTC"))
    db.session.rollback()
    begun = perf_counter()
    db.session.scalar(select(func.count()).select_from(Post))
    counted = perf_counter()
    bulk.preview(db.session(), chosen)
    return perf_counter() - counted - (counted - begun)


def carried_out(begin: Callable[[], Operation]) -> Operation:
    """An operation from its confirmation to its end."""
    act_id = begin().id
    run_operation(act_id)
    db.session.expire_all()
    return db.session.get_one(Operation, act_id)


def longest_wait(rows: int) -> float:
    """How long another process waited at most, which changes one row after the other meanwhile."""
    chosen, url = selection_of(rows), db.engine.url.render_as_string(hide_password=False)
    with Pool(1) as pool:
        waits = pool.apply_async(change_rows, (url, 600.0))
        carried_out(lambda: bulk.delete(chosen, (), "posts"))
        with transaction(db.session):
            db.session.execute(text("UPDATE \"user\" SET email = 'stop' WHERE id = 1"))
        return waits.get()


def change_rows(url: str, most_seconds: float) -> float:
    """Change users until the first one's email says to stop; the longest that this took once."""
    app, longest, begun = create_app(settings_of(url)), 0.0, perf_counter()
    with app.app_context():
        while perf_counter() - begun < most_seconds:
            at = perf_counter()
            with transaction(db.session):
                email = db.session.scalar(text('SELECT email FROM "user" WHERE id = 1'))
                db.session.execute(text('UPDATE "user" SET email = email WHERE id = 2'))
            longest = max(longest, perf_counter() - at)
            if email == "stop":
                break
            sleep(0.01)
    return longest


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()

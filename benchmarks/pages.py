"""The console's pages beside the bare SQL that they cannot do without, on rows that are made for it.

    python -m benchmarks.pages    # on SQLite, and on PostgreSQL where it answers
    python -m benchmarks.pages sqlite:////tmp/pages.db --users 1000000 --posts 5000000

The console runs as `manage.py run` runs it. Times are medians in milliseconds, of a client that keeps its
connection open and reads each page to its end. Other consoles are measured by the benchmark that
`benchmarks/console.py` is for.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from flask_migrate import upgrade
from sqlalchemy import Connection, create_engine, insert, text
from sqlalchemy.exc import DBAPIError

import config
from backoffice import create_app
from backoffice.extensions import bcrypt, db
from backoffice.models import Administrator, User
from benchmarks.browser import Browser
from benchmarks.bulk_work import POSTS, database, dialect
from benchmarks.facts import SQL, Facts
from benchmarks.operations import Operations

SERVER = os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
PASSWORD = "throw-away, for the benchmark"
SETTINGS = {"BACKOFFICE_ENV": "development", "SECRET_KEY": "benchmark" * 5, "WEB_PROCESSES": "2"}
RUNS = {"login": 3, "delete_selected_50": 3, "delete_matching_100k": 1, "export_csv": 3}
MOST_RUNS, CLIENTS, THROUGHPUT_SECONDS = 9, 4, 5.0


class Client(Operations, Browser):
    """A browser in which the benchmark's administrator signs in."""

    def __init__(self, url: str, facts: Facts) -> None:
        super().__init__(url)
        self.f, self.user, self.password = facts, "benchmark", PASSWORD


def main() -> None:
    arguments = parsed()
    with TemporaryDirectory() as folder:
        for url in arguments.urls or [f"sqlite:///{folder}/pages.db", *answering()]:
            with database(url) as own:
                measure(own, arguments.users, arguments.posts)


def parsed() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "urls", nargs="*", help="servers on which a database can be made, or new SQLite files"
    )
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--posts", type=int, default=300_000)
    return parser.parse_args()


def answering() -> list[str]:
    """PostgreSQL's address, where it answers."""
    url = config.load({"DATABASE_URL": SERVER, "SECRET_KEY": "k"})["SQLALCHEMY_DATABASE_URI"]
    try:
        create_engine(url).connect().close()
    except DBAPIError:
        return []
    return [SERVER]


def measure(url: str, users: int, posts: int) -> None:
    app = create_app(config.load({**SETTINGS, "DATABASE_URL": url}))
    with app.app_context():
        upgrade()
        facts, engine = Facts(dialect(), users, posts), create_engine(db.engine.url)
        fill(facts)
        db.engine.dispose()
    with served(url) as (address, cold_start, pid), engine.connect() as connection:
        print(f"\n{facts.dialect}, {users:,} users, {posts:,} posts\n")
        print(f"{'operation':<24}{'bare SQL':>12}{'page':>12}   ms")
        client = Client(address, facts)
        client.login()
        for operation in (*SQL, "login", "delete_selected_50", "delete_matching_100k"):
            bare, page = medians(operation, connection, client)
            print(f"{operation:<24}{bare:>12}{page:>12.1f}", flush=True)
        print(f"{'pages a second':<24}{throughput(client):>24.1f}")
        print(f"{'seconds to start':<24}{cold_start:>24.2f}")
        print(f"{'MB of each process':<24}{', '.join(memory(pid)):>24}")
    engine.dispose()


def fill(facts: Facts) -> None:
    """The users, the posts, and who signs in."""
    db.session.execute(insert(User), [person(number) for number in range(2, facts.users + 1)])
    hashed = bcrypt.generate_password_hash(PASSWORD).decode()
    db.session.execute(insert(User), [{**person(1), "username": "benchmark", "password_hash": hashed}])
    db.session.flush()
    user_id = db.session.scalar(text("SELECT id FROM \"user\" WHERE username = 'benchmark'"))
    db.session.add(Administrator(user_id=user_id, username="benchmark", role="administrator"))
    db.session.execute(text(POSTS[dialect()]), {"posts": facts.posts, "users": facts.users})
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if dialect() == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("ANALYZE")


def person(number: int) -> dict[str, Any]:
    first = "olivia" if number % 80 == 0 else "liam"
    last = "wojciechowski" if number % 4_000 == 0 else "smith"
    host = "acme-industrial.com" if number % 500 == 0 else "example.com"
    return {"username": f"{first}.{last}{number}", "email": f"{first}.{last}{number}@{host}"}


@contextmanager
def served(url: str) -> Iterator[tuple[str, float, int]]:
    """The console's address, after how many seconds it answered, and the number of its first process."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    environ = {**os.environ, **SETTINGS, "DATABASE_URL": url, "PORT": str(port)}
    begun, address = time.perf_counter(), f"http://127.0.0.1:{port}"
    command = [sys.executable, str(config.ROOT / "manage.py"), "run"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        while not answers(address) and server.poll() is None:
            time.sleep(0.005)
        try:
            yield address, time.perf_counter() - begun, server.pid
        finally:
            server.terminate()


def answers(address: str) -> bool:
    try:
        urlopen(f"{address}/login").close()
    except URLError:
        return False
    return True


def medians(operation: str, connection: Connection, client: Client) -> tuple[str, float]:
    """Of the bare SQL, where there is any, and of the pages; they take turns."""
    bare, pages = [], []
    for _run in range(RUNS.get(operation, MOST_RUNS)):
        if operation in SQL:
            bare.append(timed_sql(connection, SQL[operation], client.f.parameters()))
        one = Client(client.url, client.f) if operation == "login" else client
        one.elapsed = 0.0
        getattr(one, operation)(*newest(operation, connection))
        pages.append(one.elapsed)
    return f"{statistics.median(bare) * 1000:.2f}" if bare else "", statistics.median(pages) * 1000


def timed_sql(connection: Connection, statement: str, parameters: dict[str, Any]) -> float:
    begun = time.perf_counter()
    result = connection.execute(text(statement), parameters)
    if result.returns_rows:
        result.all()
    connection.commit()
    return time.perf_counter() - begun


def newest(operation: str, connection: Connection) -> list[list[int]]:
    """What is ticked: the first page."""
    if operation != "delete_selected_50":
        return []
    keys = connection.execute(text("SELECT id FROM post ORDER BY timestamp DESC, id DESC LIMIT 50")).scalars()
    ticked = [list(keys)]
    connection.commit()
    return ticked


def throughput(client: Client) -> float:
    """First pages of posts a second, by several browsers at once."""
    done, until = [], time.perf_counter() + THROUGHPUT_SECONDS

    def browse() -> None:
        own = Client(client.url, client.f)
        own.cookies = client.cookies
        while time.perf_counter() < until:
            own.list_first()
            done.append(1)

    threads = [Thread(target=browse) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done) / THROUGHPUT_SECONDS


def memory(pid: int) -> list[str]:
    """What this process and those that it started hold, where the system tells."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    own = int(status.partition("VmRSS:")[2].split()[0]) / 1000
    return [f"{own:.0f}", *(one for child in children for one in memory(int(child)))]


if __name__ == "__main__":
    main()

"""This console as a target of the peers' benchmark, which runs it beside other consoles on the same rows.

    P=$PEERS_CACHE/venvs/bench/bin/python
    $P bench.py --only pg:floor,pg:floor-keep,pg:django-tuned \
        --target console=../path/to/benchmarks/console.py:Console,db=pg
    $P bench.py --only '' --target flask-admin-on-copy=../path/to/benchmarks/console.py:FlaskAdminOnCopy,db=pg

The console runs as `manage.py run` runs it, two web processes and a worker, on a copy of the benchmark's
database that has its tables and indexes; so the peers keep theirs. The copy is made once, before anything is
timed, and brought up to date by each run. The peers in this file run on that copy, too: they show what the
console's indexes alone are worth.

bench.py imports this file, in an interpreter of its own. The console needs its own: the one in `.venv` beside
this repository's Makefile, or the one that CONSOLE_PYTHON names.
"""

import copy
import datetime as dt
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from adapters import Adapter, DjangoTuned, FlaskAdmin

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))
from benchmarks.operations import Operations  # noqa: E402

bench = sys.modules["__main__"]
PYTHON = os.environ.get("CONSOLE_PYTHON") or str(ROOT / ".venv" / "bin" / "python")
SECRET_KEY = "benchmark-only-" + "x" * 32
SETTINGS = {"BACKOFFICE_ENV": "development", "SECRET_KEY": SECRET_KEY, "WEB_PROCESSES": "2"}
ROWS = {"user": "id, username, email, password_hash", "post": "id, body, timestamp, user_id"}


class Console(Operations, Adapter):
    """The console."""

    env = SETTINGS
    is_on_copy = True

    @classmethod
    def server(cls, port: int) -> list[str]:
        """The command that serves it; `env`, since bench.py says the port here only."""
        return ["env", "--unset=PYTHONPATH", f"PORT={port}", PYTHON, str(ROOT / "manage.py"), "run"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.s.headers["Origin"] = self.url


class FlaskAdminOnCopy(FlaskAdmin):
    """Stock Flask-Admin, with the console's indexes."""

    is_on_copy = True


class DjangoTunedOnCopy(DjangoTuned):
    """Tuned Django, with the console's indexes."""

    is_on_copy = True


# bench.py gives every target of one kind the same database and facts. Those in this file get the copy's.


class Target(bench.Target):
    """One that is on the copy where its class says so."""

    copies: dict[str, tuple[Any, Any]] = {}

    def __init__(self, name: str, db: Any, facts: Any, *rest: Any) -> None:
        super().__init__(name, db, facts, *rest)
        if getattr(self.cls, "is_on_copy", False):
            if db.kind not in self.copies:
                self.copies[db.kind] = prepared(db, facts)
            self.db, self.facts = self.copies[db.kind]

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "DATABASE_URL": self.db.url}


bench.Target = Target


def prepared(source: Any, facts: Any) -> tuple[Any, Any]:
    """The copy, made where it is missing, as bench.py knows databases; and the facts of it."""
    db = copy.copy(source)
    (on_postgresql if source.kind == "pg" else on_sqlite)(source, db)
    bench.set_admin(db)
    db.run("DELETE FROM backoffice_throttle")
    if not db.all("SELECT 1 FROM backoffice_administrator WHERE user_id = 1"):
        name, email = db.all('SELECT username, email FROM "user" WHERE id = 1')[0]
        manage(db.url, "create-admin", name, email)
    known = bench.Facts(db, facts.users, facts.posts)
    known.last_day = str(dt.date.fromisoformat(known.week[1][:10]) - dt.timedelta(days=1))
    known.deep_token = deep_token(*known.deep_key)
    return db, known


def manage(url: str, *arguments: str) -> str:
    """What a command of the console prints."""
    environ = {**os.environ, **SETTINGS, "DATABASE_URL": url}
    command = [PYTHON, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True).stdout


def deep_token(moment: Any, key: int) -> str:
    """The address's token of the page that begins with this post, as the console writes it."""
    # SQLite's times are texts, in a place too.
    code = (
        "import datetime, sys\n"
        "from backoffice.listing.cursor import Cursor, Place, write_cursor\n"
        f"print(write_cursor(Cursor(Place({moment!r}, {key + 1})), 'post -timestamp'))"
    )
    command = [PYTHON, "-c", code]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def on_postgresql(source: Any, db: Any) -> None:
    """Connect `db` to the copy on the same server, which is made under another name first."""
    address = urlsplit(source.url)
    name = address.path.lstrip("/") + "_console"

    def url(database: str) -> str:
        return urlunsplit(address._replace(path="/" + database))

    if not source.all("SELECT 1 FROM pg_database WHERE datname = ?", (name,)):
        source.run(f"DROP DATABASE IF EXISTS {name}_loading WITH (FORCE)")
        source.run(f"CREATE DATABASE {name}_loading")
        fill_postgresql(source, url(name + "_loading"))
        source.run(f"ALTER DATABASE {name}_loading RENAME TO {name}")
    db.url = url(name)
    manage(db.url, "db", "upgrade")
    db.con = psycopg.connect(db.url, autocommit=True, prepare_threshold=2)


def fill_postgresql(source: Any, url: str) -> None:
    manage(url, "db", "upgrade")
    search_index(url, "drop")
    with psycopg.connect(url, autocommit=True) as connection:
        for table, columns in ROWS.items():
            out = f'COPY (SELECT {columns} FROM "{table}" ORDER BY id) TO STDOUT (FORMAT binary)'
            into = f'COPY "{table}" ({columns}) FROM STDIN (FORMAT binary)'
            with source.con.cursor().copy(out) as rows, connection.cursor().copy(into) as copied:
                for chunk in rows:
                    copied.write(chunk)
            connection.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM \"{table}\"))")
            connection.execute(f'REINDEX TABLE "{table}"')
        search_index(url, "create")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def on_sqlite(source: Any, db: Any) -> None:
    """Connect `db` to the copy beside the benchmark's file, which is made under another name first."""
    original = Path(source.url.removeprefix("sqlite:///"))
    file = original.with_name(original.stem + "_console.sqlite3")
    if not file.exists():
        loading = file.with_suffix(".loading")
        for old in loading.parent.glob(loading.name + "*"):
            old.unlink()
        fill_sqlite(original, loading)
        loading.rename(file)
    db.url = f"sqlite:///{file}"
    manage(db.url, "db", "upgrade")
    db.con = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=30)


def fill_sqlite(original: Path, file: Path) -> None:
    url = f"sqlite:///{file}"
    manage(url, "db", "upgrade")
    search_index(url, "drop")
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("ATTACH ? AS source", (f"{original}",))
    connection.execute("PRAGMA cache_size = -400000")
    connection.execute("BEGIN")
    for table, columns in ROWS.items():
        connection.execute(
            f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM source."{table}" ORDER BY id'
        )
    connection.execute("COMMIT")
    connection.execute("DETACH source")
    search_index(url, "create")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def search_index(url: str, verb: str) -> None:
    """Make or drop the indexes for searching: filling a table is faster without."""
    manage(url, "search-index", verb)

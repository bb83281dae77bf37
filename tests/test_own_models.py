"""What somebody writes in models of their own reaches the database, whole, and stays there."""

import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, SAWarning

from backoffice import ROOT, create_app
from backoffice.extensions import db
from tests.conftest import settings
from tests.databases import copied_database
from tests.managing import on, run_sql, schema, succeed


@pytest.fixture
def app(kind: str, migrated: Callable[[str], str], tmp_path: Path) -> Iterator[Flask]:
    """The console on a migrated database of the test's own, which it may alter."""
    with copied_database(migrated(kind), tmp_path) as url:
        app = create_app(settings(url))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


class Developer:
    """Somebody who writes models of their own, migrates, and goes on writing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "migrations"
        self._where = ("-d", str(self.folder))
        shutil.copytree(ROOT / "migrations", self.folder, ignore=shutil.ignore_patterns("__pycache__"))

    def write(self, *items: sa.schema.SchemaItem) -> None:
        """Have the model of the table `shelf` say just this."""
        if "shelf" in db.metadata.tables:
            db.metadata.remove(db.metadata.tables["shelf"])
        sa.Table("shelf", db.metadata, *items)

    def migrate(self) -> str:
        """Write the revision, carry it out, and see that nothing is left to do."""
        with warnings.catch_warnings():  # of an index on an expression, which Alembic does not see on SQLite
            warnings.filterwarnings("ignore", "autogenerate skipping", UserWarning)
            said = succeed("db", "migrate", *self._where, "-m", "shelves")
            succeed("db", "upgrade", *self._where)
            succeed("db", "check", *self._where)
        return said

    def alter(self, statement: str) -> None:
        """Write a revision by hand, and carry it out."""
        succeed("db", "revision", *self._where, "-m", "by hand")
        (file,) = self.folder.glob("versions/*by_hand.py")
        file.write_text(file.read_text("utf-8").replace("    pass", f"    {statement}", 1), "utf-8")
        succeed("db", "upgrade", *self._where)

    def go_back(self) -> None:
        succeed("db", "downgrade", *self._where)


@pytest.fixture
def developer(app: Flask, tmp_path: Path) -> Iterator[Developer]:
    yield Developer(tmp_path)
    if "shelf" in db.metadata.tables:
        db.metadata.remove(db.metadata.tables["shelf"])


def shelf(
    *more: sa.schema.SchemaItem, low: str = "0", ondelete: str = "CASCADE"
) -> list[sa.schema.SchemaItem]:
    """A table of which each rule stands in another way; MariaDB has no index on an expression."""
    expressions = [sa.Index("ix_shelf_lower", sa.text("lower(name)"), unique=True)]
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20), nullable=False, server_default="it's new", index=True),
        sa.Column("low", sa.Integer, nullable=False, server_default=low),
        sa.Column("high", sa.Integer, nullable=False, server_default=sa.text("9")),
        sa.Column("code", sa.String(5), unique=True),
        sa.Column("state", sa.Enum("new", "used", name="shelf_state"), server_default="new"),
        sa.Column("made_at", sa.DateTime, nullable=False, server_default=sa.func.now()),
        sa.Column("price", sa.Numeric(8, 2), nullable=False, server_default="0"),
        sa.Column("post_id", sa.ForeignKey("post.id", ondelete="CASCADE")),
        sa.UniqueConstraint("low", "high", name="span"),
        sa.UniqueConstraint("name", "high"),
        sa.CheckConstraint("low < high"),
        sa.CheckConstraint("low >= 0", name="not_below"),
        sa.Index("ix_shelf_both", "high", "low", unique=False),
        *(expressions if db.engine.dialect.name != "mariadb" else []),
        *more,
    ]


def refuses(statement: str) -> bool:
    """Whether the database refuses it, and took it before that rule was broken."""
    try:
        run_sql(statement)
    except DBAPIError:
        return True
    return False


BROKEN = {
    "unique column": "INSERT INTO shelf (name, code, high) VALUES ('b', 'x', 8)",
    "named constraint": "INSERT INTO shelf (name) VALUES ('b')",
    "constraint": "INSERT INTO shelf (name, low) VALUES ('a', 7)",
    "check": "INSERT INTO shelf (name, low) VALUES ('b', 10)",
    "named check": "INSERT INTO shelf (name, low) VALUES ('b', -1)",
    "reference": "INSERT INTO shelf (name, low, post_id) VALUES ('b', 7, 4711)",
}


def test_all_that_a_model_says_reaches_the_database(developer: Developer) -> None:
    developer.write(*shelf())
    developer.migrate()
    run_sql(
        "INSERT INTO post (id, body) VALUES (1, 'hello')",
        "INSERT INTO shelf (name, code, post_id) VALUES ('a', 'x', 1)",
    )
    taken = [rule for rule, statement in BROKEN.items() if not refuses(statement)]
    assert not taken
    with db.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT low, high, state, price FROM shelf").one()
    assert tuple(row) == (0, 9, "new", 0)
    assert {"ix_shelf_name", "ix_shelf_both"} <= {one["name"] for one in indexes()}
    if db.engine.dialect.name != "mariadb":
        assert refuses("INSERT INTO shelf (name, low) VALUES ('A', 7)")
    run_sql("DELETE FROM post WHERE id = 1")
    assert not refuses("INSERT INTO shelf (name, code) VALUES ('a', 'x')"), "went along with its post"


def test_what_a_model_says_later_reaches_the_database_and_takes_nothing_away(developer: Developer) -> None:
    developer.write(*shelf())
    developer.migrate()
    developer.write(
        *shelf(
            sa.Column("extra", sa.Integer, nullable=False, server_default="3", index=True),
            sa.Column("number", sa.String(9), unique=True),
            sa.Column("user_id", sa.ForeignKey("user.id", ondelete="SET NULL")),
            sa.CheckConstraint("extra <> 4", name="not_four"),
            sa.UniqueConstraint("extra", "high"),
            low="1",
        )
    )
    developer.migrate()
    run_sql("INSERT INTO shelf (name, code, number) VALUES ('a', 'x', 'n')")
    with db.engine.connect() as connection:
        assert tuple(connection.exec_driver_sql("SELECT low, extra FROM shelf").one()) == (1, 3)
    more = {
        "check": "INSERT INTO shelf (name, low, extra) VALUES ('b', 7, 4)",
        "unique column": "INSERT INTO shelf (name, low, extra, number) VALUES ('b', 7, 5, 'n')",
        "unique constraint": "INSERT INTO shelf (name, low) VALUES ('b', 7)",
        "reference": "INSERT INTO shelf (name, low, extra, user_id) VALUES ('b', 7, 5, 4711)",
        "old check": "INSERT INTO shelf (name, low, extra) VALUES ('b', 10, 5)",
    }
    assert not [rule for rule, statement in more.items() if not refuses(statement)]
    assert "ix_shelf_extra" in {one["name"] for one in indexes()}
    if db.engine.dialect.name != "mariadb":
        assert refuses("INSERT INTO shelf (name, low, extra) VALUES ('A', 7, 5)")
    developer.go_back()
    assert not refuses("INSERT INTO shelf (name, low) VALUES ('b', 7)")
    assert refuses("INSERT INTO shelf (name, low) VALUES ('c', 10)")


@on("mariadb")
def test_a_table_of_ones_own_keeps_any_text_whatever_the_servers_defaults(developer: Developer) -> None:
    run_sql(f"ALTER DATABASE {db.engine.url.database} CHARACTER SET latin1")
    developer.write(*shelf())
    developer.migrate()
    run_sql("INSERT INTO shelf (name) VALUES ('Łukasz 😀')")
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM shelf").scalar() == "Łukasz 😀"


def indexes() -> list[Any]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection", SAWarning)
        return list(sa.inspect(db.engine).get_indexes("shelf"))


@on("sqlite")
def test_a_table_that_is_made_anew_keeps_what_alembic_does_not_see(developer: Developer) -> None:
    """Users that are unique in any case of their letters, and the triggers that keep the search index."""
    before = definitions()
    developer.alter("with op.batch_alter_table('user', recreate='always'):\n        pass")
    assert definitions() == before
    assert any("lower(username)" in line for line in before)
    assert any("TRIGGER" in line for line in before)


def definitions() -> set[str]:
    """Those of the indexes and triggers of the users, as SQLite has them."""
    return {line for line in schema()["user"] if not line.startswith("CREATE TABLE")}

"""`manage.py search-index`: made, dropped and checked, in a database of our own and in an adopted one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from backoffice import create_app
from backoffice.extensions import db
from backoffice.listing import Listing, search_index
from backoffice.models import Post
from tests import microblog
from tests.conftest import settings
from tests.databases import copied_database
from tests.listing.shapes import POSTS
from tests.managing import manage, on, refused, run_sql, schema, succeed

pytestmark = pytest.mark.every_database

OURS = "backoffice_search_"
COLUMNS = ("post.body", "user.username", "user.email")


@pytest.fixture
def own(kind: str, migrated: Callable[[str], str], tmp_path: Path) -> Iterator[Flask]:
    """The console on a migrated database of the test's own, in which there is a search index."""
    with copied_database(migrated(kind), tmp_path) as url:
        app = create_app(settings(url))
        with app.app_context():
            run_sql("INSERT INTO post (id, body) VALUES (1, 'Beautiful day'), (2, 'The day after')")
            yield app
            db.session.remove()
            db.engine.dispose()


def made() -> list[str]:
    """Everything that belongs to a search index."""
    queries = {
        "sqlite": "SELECT name FROM sqlite_master",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    }
    with db.engine.connect() as connection:
        return [name for name in connection.scalars(sa.text(queries[db.engine.dialect.name])) if OURS in name]


def found(searched: str) -> set[int]:
    db.session.rollback()
    rows = {row.id for row in Listing(POSTS, search=searched).page(db.session).rows}
    db.session.rollback()  # for which PostgreSQL would wait before it makes an index
    return rows


def is_used() -> bool:
    with db.engine.connect() as connection:
        return ("post", "body") in search_index.indexed(connection)


@on("sqlite", "postgresql")
def test_it_is_there_from_the_beginning_in_a_database_of_ours(own: Flask) -> None:
    assert succeed("search-index", "check").splitlines() == [f"{column}: there" for column in COLUMNS]


@on("sqlite", "postgresql")
def test_it_is_dropped_and_made_again(own: Flask) -> None:
    before, before_schema = made(), schema()
    assert "post: the search index is dropped." in succeed("search-index", "drop")
    assert made() == []
    assert found("tiful day") == {1}
    assert "There is no search index." in succeed("search-index", "drop")
    assert "post.body: not there" in refused("search-index", "check")
    for _again in range(2):
        assert "post.body: there" in succeed("search-index", "create")
        assert (sorted(made()), schema()) == (sorted(before), before_schema)
    assert found("tiful day") == {1}
    succeed("search-index", "check")


@on("postgresql")
def test_an_index_of_before_is_made_to_find_accents(own: Flask) -> None:
    whole = sorted(made())
    for again in (lambda: succeed("search-index", "create"), upgrade):
        downgrade(revision="0076_forgetting_format")
        assert len(made()) == len(whole) // 2
        assert "post.body: tells letters with accents apart" in refused("search-index", "check")
        again()
        assert sorted(made()) == whole
        succeed("search-index", "check")
        upgrade()


@on("mariadb")
def test_mariadb_has_none(own: Flask) -> None:
    before = schema()
    for what in ("check", "create", "drop"):
        assert "MariaDB has no index of fragments" in succeed("search-index", what)
    assert schema() == before


@on("sqlite")
def test_what_other_programs_write_is_found(own: Flask) -> None:
    for statement, rows in [
        ("INSERT INTO post (id, body) VALUES (3, 'Snow in Łódź')", {3}),
        ("UPDATE post SET body = 'snowed in' WHERE id = 2", {2, 3}),
        ("INSERT OR REPLACE INTO post (id, body) VALUES (3, 'Rain'), (1, 'It snows')", {1, 2}),
        ("UPDATE post SET id = 9 WHERE id = 1", {2, 9}),
        ("DELETE FROM post WHERE id = 2", {9}),
        ("INSERT INTO post (id, body) VALUES (2, 'sunny')", {9}),
        ("INSERT INTO post (id, body) VALUES (4, NULL)", {9}),
        ("INSERT INTO post (id, body) VALUES (10, 'SNOW') RETURNING id", {9, 10}),
    ]:
        run_sql(statement)
        assert found("snow") == rows, statement
        succeed("search-index", "check")


@on("sqlite")
def test_one_that_was_not_made_to_its_end_is_not_used(own: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    succeed("search-index", "drop")
    monkeypatch.setattr(search_index.sqlite, "FILLED_AT_ONCE", 1)
    monkeypatch.setattr(search_index.sqlite, "_end", lambda _searched: "SELECT crashed")
    refused("search-index", "create")
    monkeypatch.undo()
    assert not is_used()
    assert found("tiful") == {1}
    assert "post.body: broken" in refused("search-index", "check")
    run_sql("INSERT INTO post (id, body) VALUES (3, 'Plentiful')")
    succeed("search-index", "create")
    assert is_used()
    assert found("tiful") == {1, 3}


@on("sqlite")
def test_another_process_that_drops_it_is_noticed(own: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    succeed("search-index", "drop")
    fillings = search_index.sqlite._fillings

    def dropped_meanwhile(*args: object) -> Iterator[str]:
        run_sql('DROP VIEW IF EXISTS "backoffice_search_post_filling"')
        yield from fillings(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(search_index.sqlite, "_fillings", dropped_meanwhile)
    assert "another process" in refused("search-index", "create")
    assert not is_used()


@on("sqlite")
def test_rows_that_were_there_go_in_some_at_a_time(own: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    succeed("search-index", "drop")
    for key in (-5, 7, 100, 2**40):
        run_sql(f"INSERT INTO post (id, body) VALUES ({key}, 'That day')")
    monkeypatch.setattr(search_index.sqlite, "FILLED_AT_ONCE", 2)
    succeed("search-index", "create")
    assert found("day") == {-5, 1, 2, 7, 100, 2**40}
    succeed("search-index", "check")


@on("sqlite")
def test_a_table_made_anew_without_its_triggers_is_searched_whole(own: Flask) -> None:
    run_sql(
        "CREATE TABLE renewed (id INTEGER PRIMARY KEY, body TEXT, timestamp DATETIME, user_id INTEGER)",
        "INSERT INTO renewed SELECT * FROM post",
        "DROP TABLE post",
        "ALTER TABLE renewed RENAME TO post",
        "INSERT INTO post (id, body) VALUES (3, 'Plentiful')",
    )
    assert not is_used()
    assert found("tiful") == {1, 3}
    assert "post.body: broken" in refused("search-index", "check")
    succeed("search-index", "create")
    assert is_used()
    assert found("tiful") == {1, 3}


@on("sqlite")
def test_rows_that_it_lacks_are_noticed(own: Flask) -> None:
    with db.engine.connect() as connection:
        triggers = connection.scalars(sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).all()
    run_sql("DROP TRIGGER backoffice_search_post_insert")
    run_sql("INSERT INTO post (id, body) VALUES (3, 'Plentiful')")
    run_sql(*(trigger for trigger in triggers if "search_post_insert" in trigger))
    assert "post.body: lacks rows" in refused("search-index", "check")


@on("postgresql")
def test_an_index_that_was_not_made_to_its_end_is_made_anew(own: Flask) -> None:
    run_sql(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'backoffice_search_post_body'::regclass"
    )
    assert not is_used()
    assert found("tiful") == {1}
    assert "post.body: broken" in refused("search-index", "check")
    assert "post.body: there" in succeed("search-index", "create")
    assert is_used()


@on("postgresql")
def test_where_the_extension_cannot_be_made_it_goes_on_without(
    empty_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index.postgresql, "EXTENSION", "CREATE EXTENSION backoffice_is_no_extension")
    assert succeed("db", "upgrade").count("There is no search index") == 1
    assert made() == []
    assert manage("db", "check").exit_code == 0
    assert "The database refused: " in refused("search-index", "create")
    assert found("anything") == set()
    monkeypatch.undo()
    succeed("search-index", "create")
    assert is_used()


@on("sqlite", "postgresql")
def test_an_adopted_database_gets_it_only_when_asked(empty_app: Flask) -> None:
    host = microblog.last_version()
    with db.engine.begin() as connection:
        host.create_all(connection)
        microblog.fill(connection, host)
    succeed("db", "upgrade")
    before = schema()
    assert made() == []
    assert "post.body: not there" in refused("search-index", "check")
    assert "post belongs to the application, and gets an index of ours." in succeed("search-index", "create")
    succeed("search-index", "check")
    assert is_used()
    assert len(found("river")) == 1
    assert manage("db", "check").exit_code == 0
    succeed("search-index", "drop")
    assert (made(), schema()) == ([], before)
    succeed("search-index", "create")
    succeed("db", "downgrade", "base")
    assert made() == []


@on("sqlite", "postgresql")
def test_bulk_work_and_undo_go_through_it(own: Flask) -> None:
    db.session.execute(sa.delete(Post).where(*Listing(POSTS, search="tiful").where(db.session)))
    db.session.commit()
    assert found("day") == {2}
    run_sql("INSERT INTO post (id, body) VALUES (1, 'Beautiful day')")
    assert found("tiful") == {1}

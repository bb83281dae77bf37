"""Up, down and up again, on each database, with a crash at every step."""

import gc
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import IntegrityError

from backoffice import ROOT, create_app
from backoffice.extensions import db
from backoffice.models import Post, User
from migrations.turn import MARIADB_LOCK, POSTGRESQL_LOCK
from tests.conftest import settings
from tests.databases import copied_database
from tests.managing import manage, no_drift, on, refused, rows_of, run_sql, schema, succeed
from tests.processes import Command

pytestmark = pytest.mark.every_database

HISTORY = ScriptDirectory(str(ROOT / "migrations"))
REVISIONS = [script.revision for script in reversed(list(HISTORY.walk_revisions()))]
LATEST = REVISIONS[-1]
TABLES = (db.metadata.tables["user"], db.metadata.tables["post"])
VERSION = sa.table("backoffice_alembic_version", sa.column("version_num"))


@pytest.fixture
def migrated_app(kind: str, migrated: Callable[[str], str], tmp_path: Path) -> Iterator[Flask]:
    """The console on a migrated database of the test's own, which it may alter."""
    with copied_database(migrated(kind), tmp_path) as url:
        app = create_app(settings(url))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def version() -> str | None:
    with db.engine.connect() as connection:
        return connection.execute(sa.select(VERSION.c.version_num)).scalar()


def set_version(revision: str | None) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.delete(VERSION))
        if revision:
            connection.execute(sa.insert(VERSION).values(version_num=revision))


def add_rows() -> None:
    susan = User(username="susan", email="susan@example.com", password_hash="secret")
    db.session.add(susan)
    db.session.add_all([Post(body="hello", author=susan), Post(body="nobody's")])
    db.session.commit()
    db.session.remove()


def test_history_begins_as_the_tutorials_does() -> None:
    titles = [HISTORY.get_revision(revision).doc for revision in REVISIONS]
    assert [title for title in titles if title.endswith("table")][:3] == [
        "users table",
        "posts table",
        "administrators table",
    ]


def test_revisions_have_names_that_their_column_can_hold() -> None:
    assert [revision for revision in REVISIONS if len(revision) > 32] == []
    assert [int(revision[:4]) for revision in REVISIONS] == list(range(1, len(REVISIONS) + 1))


def test_each_revision_changes_one_thing() -> None:
    for revision in REVISIONS:
        source = Path(HISTORY.get_revision(revision).path).read_text()
        made = re.findall(r"guards\.(create|drop|add|compare)_|op\.(drop)_", source)
        assert len(made) == 2, revision


def test_nothing_is_missing_after_an_upgrade(app: Flask) -> None:
    assert no_drift()
    assert version() == LATEST


@on("sqlite", "postgresql")
def test_tables_are_made_as_the_models_would_make_them(migrated_app: Flask) -> None:
    succeed("search-index", "drop")  # which no model has
    migrated = schema()
    migrated.pop("backoffice_alembic_version")
    migrated["user"] = [line for line in migrated["user"] if "lower(" not in line]
    succeed("db", "downgrade", "base")
    db.create_all()
    assert migrated == schema()


def test_up_down_and_up_again_makes_no_difference(migrated_app: Flask) -> None:
    before = schema()
    succeed("db", "downgrade", "base")
    assert schema() == {}
    succeed("db", "upgrade")
    assert schema() == before


def test_users_and_posts_survive_down_to_the_posts_table(migrated_app: Flask) -> None:
    add_rows()
    before = rows_of(*TABLES)
    succeed("db", "downgrade", "0004_posts_table")
    assert rows_of(*TABLES) == before
    assert set(schema()) == {"user", "post", "backoffice_alembic_version", "backoffice_table_origin"}
    succeed("db", "upgrade")
    assert rows_of(*TABLES) == before


def test_a_downgrade_that_deletes_posts_asks_first(migrated_app: Flask) -> None:
    add_rows()
    before, schema_before = rows_of(*TABLES), schema()
    answer = refused("db", "downgrade", "base")
    assert "2 rows of post and 1 row of user" in answer
    assert "-x yes=1" in answer
    assert (rows_of(*TABLES), schema(), version()) == (before, schema_before, LATEST)
    succeed("db", "downgrade", "base", "-x", "yes=1")
    assert schema() == {}


@on("sqlite")
@pytest.mark.parametrize(("answer", "is_done"), [("n", False), ("y", True)])
def test_a_downgrade_that_deletes_posts_takes_an_answer(
    migrated_app: Flask, answer: str, is_done: bool
) -> None:
    add_rows()
    result = manage("db", "downgrade", "base", answer=answer)
    assert "for good. Go on? [y/N]: " in result.output
    assert (result.exit_code == 0, schema() == {}) == (is_done, is_done)


def test_a_downgrade_without_rows_does_not_ask(migrated_app: Flask) -> None:
    succeed("db", "downgrade", "base")


def test_a_downgrade_is_refused_where_another_table_refers_to_posts(migrated_app: Flask) -> None:
    run_sql(
        "CREATE TABLE comment (id INTEGER PRIMARY KEY, post_id INTEGER,"
        " FOREIGN KEY (post_id) REFERENCES post (id))"
    )
    before = schema()
    assert "post cannot be dropped: comment refers to it." in refused("db", "downgrade", "base")
    assert schema() == before


@pytest.mark.slow
@on("sqlite", "mariadb")
def test_an_upgrade_goes_on_after_a_crash_at_any_step(empty_app: Flask) -> None:
    succeed("db", "upgrade", REVISIONS[0])
    steps = zip([None, *REVISIONS], REVISIONS, [*REVISIONS[1:], LATEST], strict=False)
    for before, repeated, revision in steps:
        # As a crash leaves it: the change is made, but not noted.
        set_version(before)
        succeed("db", "upgrade", revision)
        assert version() == revision, f"{repeated} cannot be made again"
    assert no_drift()


@pytest.mark.slow
@on("sqlite", "mariadb")
def test_either_way_is_open_after_a_downgrade_crashes(migrated_app: Flask) -> None:
    below = dict(zip(REVISIONS, ["base", *REVISIONS], strict=False))
    # Tables, columns and indexes, the application's and ours.
    chosen, crashed = [LATEST, *REVISIONS[-2::-4], REVISIONS[0]], []
    for revision in chosen:
        # Where a crash came before this, it goes on from there.
        succeed("db", "downgrade", revision)
        before = structure()
        crashed.append(crashes("db", "downgrade", below[revision]))
        succeed("db", "upgrade", revision)
        assert structure() == before, revision
        if revision != REVISIONS[0]:
            crashes("db", "downgrade", below[revision])
    succeed("db", "downgrade", "base")
    assert schema() == {}
    # Not all drop something, and MariaDB keeps some indexes.
    assert sum(crashed) > len(chosen) / 2


def structure() -> dict[str, list[str]]:
    """The schema, whatever MariaDB calls an index that it keeps for a foreign key."""
    return {
        table: sorted(re.sub('KEY "[^"]+"', "KEY", line) for line in lines)
        for table, lines in schema().items()
    }


def crashes(*args: str) -> bool:
    """Let a command end right after it has dropped something; returns whether it did."""

    def crash(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if re.match(r"\s*(DROP|ALTER TABLE \w+ DROP) ", statement):
            raise RuntimeError("crashed")

    gc.freeze()
    sa.event.listen(db.engine, "after_cursor_execute", crash)
    is_crashed = manage(*args).exit_code == 1
    sa.event.remove(db.engine, "after_cursor_execute", crash)
    gc.collect()  # what has ended holds no connection, and no lock, any more
    gc.unfreeze()
    return is_crashed


@on("sqlite", "postgresql")
def test_a_failure_changes_nothing_where_the_database_can_take_it_back(empty_app: Flask) -> None:
    run_sql("CREATE VIEW backoffice_change AS SELECT 1 AS id")
    assert "The database refused: " in refused("db", "upgrade")
    assert set(schema()) == {"backoffice_table_origin"}
    run_sql("DROP VIEW backoffice_change")
    succeed("db", "upgrade")
    assert no_drift()
    before = schema()
    assert crashes("db", "downgrade", "base")
    assert (schema(), version()) == (before, LATEST)


def test_names_are_unique_regardless_of_case(app: Flask) -> None:
    run_sql("""INSERT INTO "user" (username, email) VALUES ('susan', 'susan@example.com')""")
    for username, email in (("Susan", "x@example.com"), ("x", "SUSAN@example.com")):
        with pytest.raises(IntegrityError):
            run_sql(f"""INSERT INTO "user" (username, email) VALUES ('{username}', '{email}')""")


@on("mariadb")
@pytest.mark.parametrize("defaults", ["CHARACTER SET latin1", "COLLATE latin1_bin", "COLLATE utf8mb4_bin"])
def test_mariadb_keeps_any_text_whatever_its_defaults(empty_app: Flask, defaults: str) -> None:
    run_sql(f"ALTER DATABASE {db.engine.url.database} {defaults}")
    succeed("db", "upgrade")
    assert no_drift()
    db.session.add_all([User(username="Łukasz 😀"), User(username="Łukasz 😃"), Post(body="日本語")])
    db.session.commit()
    with pytest.raises(IntegrityError):
        run_sql("INSERT INTO user (username) VALUES ('łukasz 😀')")


def test_references_are_enforced_again_after_a_migration(migrated_app: Flask) -> None:
    with pytest.raises(IntegrityError):
        run_sql("INSERT INTO post (user_id) VALUES (17)")


def test_check_finds_what_differs_from_the_models(migrated_app: Flask) -> None:
    succeed("search-index", "drop")  # whose triggers hold on to a column
    drop_index = "DROP INDEX ix_post_timestamp" + (" ON post" if db.engine.dialect.name == "mariadb" else "")
    for change, back in (
        ("ALTER TABLE backoffice_sign_in DROP COLUMN address", "ADD COLUMN address VARCHAR(45)"),
        ("ALTER TABLE backoffice_sign_in ADD COLUMN size INTEGER", "DROP COLUMN size"),
        ("ALTER TABLE post DROP COLUMN body", "ADD COLUMN body VARCHAR(140)"),
    ):
        run_sql(change)
        assert not no_drift(), change
        run_sql(" ".join([*change.split()[:3], back]))
        assert no_drift(), back
    run_sql(drop_index)
    assert not no_drift()


def test_check_leaves_alone_what_is_the_applications(migrated_app: Flask) -> None:
    run_sql(
        "CREATE TABLE message (id INTEGER PRIMARY KEY, body VARCHAR(140))",
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        """ALTER TABLE "user" ADD COLUMN last_seen TIMESTAMP NULL""",
        "ALTER TABLE post ADD COLUMN language VARCHAR(5)",
        "CREATE INDEX ix_post_body ON post (body)",
        """CREATE UNIQUE INDEX uq_user_password ON "user" (password_hash)""",
    )
    assert no_drift()


PEOPLE = "INSERT INTO backoffice_administrator (user_id, username, role, granted_at) VALUES "


def test_two_people_whose_names_are_one_by_now_are_told_of(migrated_app: Flask) -> None:
    succeed("db", "downgrade", "0076_forgetting_format")
    for number, name in enumerate(
        ("strasse", "Stra\u00dfe", "susan", "STRASSE", "rene", "ren\u00e9", "SUSAN\u3164"), 1
    ):
        run_sql(f"{PEOPLE} ({number}, '{name}', 'viewer', '2026-01-02 03:04:05')")
    told = succeed("db", "upgrade")
    for one, other in (("strasse", "Stra\\xdfe"), ("strasse", "STRASSE"), ("susan", "SUSAN\\u3164")):
        assert f"'{one}' and '{other}' both have access" in told
    assert told.count("both have access") == 3
    claims = db.session.execute(sa.text("SELECT folded, administrator_id FROM backoffice_name")).all()
    assert {claim.folded: claim.administrator_id for claim in claims} == {
        "strasse": 1, "susan": 3, "rene": 5, "ren\u00e9": 6,
    }  # fmt: skip


@on("sqlite")
def test_check_does_not_see_the_tables_behind_an_index(migrated_app: Flask) -> None:
    assert "backoffice_search_post_data" in schema()
    assert no_drift()


@pytest.fixture
def tag(migrated_app: Flask) -> Iterator[sa.Table]:
    """A table of a model that somebody added to the console."""
    table = sa.Table(
        "tag", db.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text)
    )
    yield table
    db.metadata.remove(table)


def test_a_model_of_ones_own_is_migrated(tag: sa.Table, tmp_path: Path) -> None:
    directory = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", directory, ignore=shutil.ignore_patterns("__pycache__"))
    where = ("-d", str(directory))
    assert not no_drift()
    succeed("db", "migrate", *where, "-m", "tags table")
    succeed("db", "upgrade", *where)
    succeed("db", "check", *where)
    assert "tag" in schema()
    run_sql("ALTER TABLE tag ADD COLUMN colour INTEGER")
    assert manage("db", "check", *where).exit_code == 1
    succeed("db", "downgrade", *where, LATEST)
    assert "tag" not in schema()


def test_without_a_change_no_revision_is_made(app: Flask) -> None:
    assert "no revision was made" in succeed("db", "migrate")
    assert sorted(path.stem for path in (ROOT / "migrations/versions").glob("*.py")) == REVISIONS


def test_the_statements_can_be_written_down_for_a_new_database(empty_app: Flask) -> None:
    script = succeed("db", "upgrade", "--sql")
    lines = (line for line in script.splitlines() if not line.startswith("--"))
    for statement in "\n".join(lines).split(";\n"):
        if statement.strip() and statement.strip() not in ("BEGIN", "COMMIT"):
            run_sql(statement)
    assert no_drift()
    written = schema()
    succeed("db", "downgrade", "base")
    succeed("db", "upgrade")
    assert schema() == written


def test_a_downgrade_cannot_be_written_down(app: Flask) -> None:
    assert "cannot be written down" in refused("db", "downgrade", "--sql", "head:base")


@on("sqlite")
def test_two_upgrades_at_once_take_turns(empty_app: Flask, database_url: str) -> None:
    commands = [Command("db", "upgrade", DATABASE_URL=database_url) for _ in range(2)]
    for command in commands:
        command.succeed()
    assert no_drift()


@on("postgresql", "mariadb")
def test_two_upgrades_at_once_wait_for_their_turn(empty_app: Flask, database_url: str) -> None:
    lock = POSTGRESQL_LOCK if db.engine.dialect.name == "postgresql" else MARIADB_LOCK
    with db.engine.connect() as holder:
        assert holder.execute(sa.text(lock)).scalar()
        holder.commit()
        commands = [Command("db", "upgrade", DATABASE_URL=database_url) for _ in range(2)]
        for command in commands:
            assert command.output.readline() == "Another migration is running; waiting for it ...\n"
        time.sleep(0.5)
        assert schema() == {}
        holder.invalidate()
    for command in commands:
        command.succeed()
    assert no_drift()


@on("postgresql", "mariadb")
def test_an_unreachable_database_is_said_in_a_line(empty_app: Flask) -> None:
    nowhere = db.engine.url.set(database="nothing_of_this_name").render_as_string(hide_password=False)
    with create_app(settings(nowhere)).app_context():
        assert "The database refused: " in refused("db", "upgrade")

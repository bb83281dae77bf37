"""The console as a guest: in somebody else's database nothing is changed, and only ours is added."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from backoffice import ROOT
from backoffice.extensions import db
from backoffice.models import TableOrigin
from tests import microblog
from tests.managing import manage, no_drift, on, refused, rows_of, run_sql, schema, succeed

pytestmark = pytest.mark.every_database

OURS = "backoffice_"
ADOPTED = "adopted. It belongs to the application and stays as it is."


@pytest.fixture(params=[microblog.first_chapter, microblog.last_version])
def host(empty_app: Flask, request: pytest.FixtureRequest) -> sa.MetaData:
    """The application, with its tables and some rows in them."""
    version: Callable[[], sa.MetaData] = request.param
    return move_in(version())


def move_in(metadata: sa.MetaData) -> sa.MetaData:
    with db.engine.begin() as connection:
        metadata.create_all(connection)
        microblog.fill(connection, metadata)
    return metadata


def hosts_schema() -> dict[str, list[str]]:
    return {table: lines for table, lines in schema().items() if not table.startswith(OURS)}


def noted() -> dict[str, bool]:
    with db.engine.connect() as connection:
        rows = connection.execute(sa.select(TableOrigin.table_name, TableOrigin.adopted))
        return {row.table_name: row.adopted for row in rows}


def test_a_check_only_looks(host: sa.MetaData) -> None:
    before = schema()
    assert not no_drift()
    output = succeed("adopt", "--check")
    assert f"user: {ADOPTED}" in output
    assert f"post: {ADOPTED}" in output
    assert schema() == before


def test_an_upgrade_changes_nothing_of_the_hosts(host: sa.MetaData) -> None:
    tables = host.sorted_tables
    before, rows_before = schema(), rows_of(*tables)
    said = succeed("adopt", "--check")
    assert said in succeed("db", "upgrade")
    assert noted() == {"user": True, "post": True}
    assert (hosts_schema(), rows_of(*tables)) == (before, rows_before)
    assert no_drift()
    succeed("db", "downgrade", "base")
    assert (schema(), rows_of(*tables)) == (before, rows_before)
    succeed("db", "upgrade")
    assert (hosts_schema(), rows_of(*tables)) == (before, rows_before)


def test_once_adopted_it_is_not_said_again(host: sa.MetaData) -> None:
    succeed("db", "upgrade", "0009")
    assert ADOPTED not in succeed("db", "upgrade")
    assert f"user: {ADOPTED}" in succeed("adopt", "--check")


def test_the_host_can_go_on_changing_its_tables(host: sa.MetaData) -> None:
    succeed("db", "upgrade")
    run_sql(
        """ALTER TABLE "user" ADD COLUMN shoe_size INTEGER""",
        "CREATE INDEX ix_post_body ON post (body)",
        "CREATE TABLE shoe (post_id INTEGER, FOREIGN KEY (post_id) REFERENCES post (id))",
        "UPDATE alembic_version SET version_num = 'shoes'",
    )
    assert no_drift()
    succeed("db", "downgrade", "base")
    assert {"user", "post", "shoe", "alembic_version"} <= set(schema())


def test_a_column_that_the_host_took_away_is_found(host: sa.MetaData) -> None:
    succeed("db", "upgrade")
    run_sql("ALTER TABLE post DROP COLUMN body")
    assert not no_drift()
    assert "post.body is missing." in refused("adopt", "--check")


def test_the_hosts_own_migrations_do_not_see_our_tables(host: sa.MetaData) -> None:
    succeed("db", "upgrade")
    assert OURS in hosts_changes(host, {})
    assert OURS not in hosts_changes(host, documented_options())


def hosts_changes(metadata: sa.MetaData, options: dict[str, object]) -> str:
    """What the application's own `flask db migrate` would propose."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return str(compare_metadata(context, metadata))


def documented_options() -> dict[str, object]:
    """What the line for the application in docs/adopting.md hands to Alembic."""
    lines = (ROOT / "docs" / "adopting.md").read_text().splitlines()
    (line,) = [line.strip() for line in lines if "include_name" in line and "Migrate(" in line]
    names: dict[str, object] = {"app": None, "db": None, "Migrate": lambda _app, _db, **options: options}
    exec(line, names)
    options = names["migrate"]
    assert isinstance(options, dict)
    return options


def test_advice_for_the_last_version(empty_app: Flask) -> None:
    move_in(microblog.last_version())
    output = succeed("adopt", "--check")
    for advice in (
        "post.user_id cannot be empty here.",
        "user.password_hash is of another scheme: administrators get a console password.",
        "followers.follower_id refers to it: counted and shown before a row is deleted.",
        "message.sender_id refers to it",
        "task.user_id refers to it",
    ):
        assert advice in output
    assert ("post.timestamp does not keep microseconds." in output) == (db.engine.dialect.name == "mariadb")
    for absent in ("index", "case", "default", "numbered", "too short"):
        assert absent not in output


BARE_USER = """CREATE TABLE "user" (id INTEGER PRIMARY KEY, username VARCHAR(20) NOT NULL, email VARCHAR(20),
    password_hash VARCHAR(40), shoe_size INTEGER NOT NULL, hat_size INTEGER DEFAULT 7 NOT NULL)"""
BARE_POST = "CREATE TABLE post (id INTEGER PRIMARY KEY, body TEXT, timestamp TIMESTAMP NULL, user_id INTEGER)"


def test_advice_for_bare_tables(empty_app: Flask) -> None:
    run_sql(
        BARE_USER,
        BARE_POST,
        """INSERT INTO "user" (id, username, email, shoe_size)
            VALUES (1, 'susan', 'a', 1), (2, 'Susan', 'b', 2)""",
    )
    output = succeed("adopt", "--check")
    for advice in (
        "user.username has no index: finding and sorting by it reads the whole table.",
        "user.username has no unique index: nothing but the console's own check keeps it unique.",
        "user.email has no unique index",
        "user.username is not unique regardless of case: '",
        "user.username cannot be empty here.",
        "user.shoe_size must be given and has no default: the console cannot make new rows.",
        "user.password_hash is too short for bcrypt: passwords cannot be set.",
        "post.timestamp has no index",
        "post.user_id has no index",
    ):
        assert advice in output
    assert "hat_size" not in output
    assert "user.email is not unique" not in output
    assert ("user.id is not numbered by the database" in output) == (db.engine.dialect.name != "sqlite")
    succeed("db", "upgrade")
    assert no_drift()


def test_lenient_about_lengths_and_widths(empty_app: Flask) -> None:
    is_lenient = (
        """CREATE TABLE "user" (id BIGINT PRIMARY KEY, username TEXT, email CHAR(100), password_hash TEXT)"""
    )
    run_sql(
        is_lenient,
        BARE_POST.replace("id INTEGER", "id SMALLINT").replace("user_id INTEGER", "user_id BIGINT"),
    )
    succeed("db", "upgrade")
    assert noted() == {"user": True, "post": True}
    assert no_drift()


def test_users_without_posts_get_a_posts_table(empty_app: Flask) -> None:
    run_sql("""CREATE TABLE "user" (id INTEGER PRIMARY KEY, username VARCHAR(64), email VARCHAR(120),
        password_hash VARCHAR(128), last_seen TIMESTAMP NULL)""")
    before = schema()
    assert "post: not there, the console makes it." in succeed("adopt", "--check")
    succeed("db", "upgrade")
    assert noted() == {"user": True, "post": False}
    assert no_drift()
    assert hosts_schema()["user"] == before["user"]
    run_sql("INSERT INTO post (body) VALUES ('hello')")
    assert "This deletes 1 row of post, for good." in refused("db", "downgrade", "base")
    succeed("db", "downgrade", "base", "-x", "yes=1")
    assert schema() == before


def test_our_own_users_are_not_adopted_after_a_crash(empty_app: Flask) -> None:
    succeed("db", "upgrade", "0001")
    run_sql("DELETE FROM backoffice_alembic_version")
    assert ADOPTED not in succeed("db", "upgrade")
    assert noted() == {"user": False, "post": False}
    assert no_drift()


def test_unmarked_tables_are_never_dropped(empty_app: Flask) -> None:
    succeed("db", "upgrade")
    run_sql("DELETE FROM backoffice_table_origin")
    succeed("db", "downgrade", "base")
    assert set(schema()) == {"user", "post"}


GOOD = {
    "user": """CREATE TABLE "user" (id INTEGER PRIMARY KEY, username VARCHAR(64), email VARCHAR(120),
        password_hash VARCHAR(128))""",
    "post": """CREATE TABLE post (id INTEGER PRIMARY KEY, body VARCHAR(140), timestamp TIMESTAMP NULL,
        user_id INTEGER, FOREIGN KEY (user_id) REFERENCES "user" (id))""",
}


def is_refused(user: str = GOOD["user"], post: str = GOOD["post"], *more: str) -> str:
    """The words in which such tables are refused, the same by both commands, with nothing changed."""
    run_sql(*more, *(statement for statement in (user, post) if statement))
    before = schema()
    said = refused("adopt", "--check")
    words = said[said.index("The console cannot work") :]
    assert words in refused("db", "upgrade")
    assert schema() == before
    return words


def test_every_problem_is_said_at_once(empty_app: Flask) -> None:
    words = is_refused(
        GOOD["user"].replace("email VARCHAR(120),", ""),
        GOOD["post"]
        .replace("timestamp TIMESTAMP NULL", "timestamp TEXT")
        .replace("body VARCHAR(140)", "body INTEGER"),
    )
    assert words.splitlines()[1:] == [
        "  user.email is missing.",
        "  post.body is INTEGER, where the console needs text.",
        "  post.timestamp is TEXT, where the console needs a date with a time.",
    ]


@pytest.mark.parametrize(
    ("table", "good", "bad", "words"),
    [
        (
            "user",
            "id INTEGER",
            "id VARCHAR(36)",
            "user.id is VARCHAR(36), where the console needs a whole number.",
        ),
        ("user", "id INTEGER PRIMARY KEY", "id INTEGER UNIQUE", "The primary key of user is (), not (id)."),
        ("post", "timestamp TIMESTAMP", "timestamp DATE", "post.timestamp is DATE, where the console needs"),
        (
            "post",
            """REFERENCES "user\"""",
            "REFERENCES account",
            "post.user_id refers to account, not to user.",
        ),
    ],
)
def test_what_would_break_is_refused(empty_app: Flask, table: str, good: str, bad: str, words: str) -> None:
    tables = {**GOOD, table: GOOD[table].replace(good, bad)}
    if "REFERENCES" not in bad:
        tables["post"] = tables["post"].replace(""", FOREIGN KEY (user_id) REFERENCES "user" (id)""", "")
    assert words in is_refused(
        tables["user"], tables["post"], "CREATE TABLE account (id INTEGER PRIMARY KEY)"
    )


def test_posts_without_users_are_refused(empty_app: Flask) -> None:
    post = GOOD["post"].replace(""", FOREIGN KEY (user_id) REFERENCES "user" (id)""", "")
    assert "post is there, but user, which it refers to, is not." in is_refused("", post)


def test_a_view_is_refused(empty_app: Flask) -> None:
    view = """CREATE VIEW "user" AS SELECT id, username, email, password_hash FROM account"""
    account = GOOD["user"].replace('"user"', "account")
    post = GOOD["post"].replace(""", FOREIGN KEY (user_id) REFERENCES "user" (id)""", "")
    assert "user is not a table but a view, or something like it." in is_refused(view, post, account)


@on("postgresql")
def test_times_with_a_zone_are_refused(empty_app: Flask) -> None:
    post = GOOD["post"].replace("TIMESTAMP NULL", "TIMESTAMP WITH TIME ZONE")
    assert "post.timestamp has a time zone" in is_refused(post=post)


@on("postgresql")
def test_what_sqlalchemy_cannot_name_is_passed_over(empty_app: Flask) -> None:
    run_sql(
        "CREATE TYPE mood AS (is_good BOOLEAN)",
        GOOD["user"].replace("(id", "(mood mood, id"),
        GOOD["post"],
        """CREATE UNIQUE INDEX ix_user_lower ON "user" (lower(username))""",
        """CREATE UNIQUE INDEX ix_user_some ON "user" (username) WHERE id > 1""",
    )
    assert "user.username has no unique index" in succeed("adopt", "--check")
    succeed("db", "upgrade")
    assert no_drift()


@on("mariadb")
def test_tables_without_transactions_are_refused(empty_app: Flask) -> None:
    words = is_refused(GOOD["user"] + " ENGINE=MyISAM", GOOD["post"] + " ENGINE=MyISAM")
    assert "user is stored by MyISAM, which cannot take half a change back; InnoDB can." in words


@on("sqlite")
def test_adopt_without_check_says_what_adopts(empty_app: Flask) -> None:
    result = manage("adopt")
    assert result.exit_code == 2
    assert "db upgrade" in result.output
    assert schema() == {}

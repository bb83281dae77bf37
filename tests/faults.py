"""Making a database refuse: away, read-only, full, or with any of its own errors."""

from typing import Any

from sqlalchemy import Engine, create_engine, event

from backoffice.extensions import db

NOWHERE = {
    "sqlite": "sqlite:////no/such/folder/app.db",
    "postgresql": "postgresql+psycopg://postgres@127.0.0.1:1/nothing",
    "mariadb": "mariadb+pymysql://root@127.0.0.1:1/nothing",
}


def take_away() -> None:
    """Have the application at hand ask a database that is not there; the end of the test brings it back."""
    engines: dict[str | None, Engine] = db.engines  # type: ignore[assignment]
    db.session.remove()
    db.engine.dispose()
    engines[None] = create_engine(NOWHERE[db.engine.dialect.name])


def make_read_only() -> None:
    """Every transaction of the application from here on, as where another server has taken over."""
    statement = {
        "sqlite": "PRAGMA query_only = 1",
        "postgresql": "SET TRANSACTION READ ONLY",
        "mariadb": "SET SESSION TRANSACTION READ ONLY",
    }[db.engine.dialect.name]
    event.listen(db.engine, "begin", lambda one: one.exec_driver_sql(statement))


def refuse(code: str | int, what: str, times: int = 1_000_000) -> None:
    """Have the server itself refuse, with this code, each statement that has `what` in it, so many times."""
    left = iter(range(times))

    def refused(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if what in statement and next(left, None) is not None:
            connection.connection.cursor().execute(_raising(code))

    event.listen(db.engine, "before_cursor_execute", refused)


def _raising(code: str | int) -> str:
    if isinstance(code, int):
        return f"SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {code}, MESSAGE_TEXT = 'SELECT a secret'"
    return f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'SELECT a secret'; END $$"


def fill_up() -> None:
    """Leave a SQLite database no page more than it has, as where its disk is full."""

    def no_more(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    event.listen(db.engine, "begin", no_more)

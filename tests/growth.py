"""A history as it becomes over the years, and what reading it costs in the database's own counters."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from backoffice.extensions import db
from tests.listing.plans import Asked, asking

# The numbers from 1 on, as all three databases count them.
NUMBERS = "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :rows)"
# A moment for each number, one a minute; and a number as a text.
MINUTE = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '2016-01-01', '+' || i || ' minutes')",
    "postgresql": "timestamp '2016-01-01' + i * interval '1 minute'",
    "mariadb": "timestampadd(MINUTE, i, '2016-01-01')",
}
# Most is done by susan, who edits posts; john edits users. Of everything else there is little, long ago.
OPERATIONS = """
    INSERT INTO backoffice_operation
        (id, kind, actor_kind, actor_name, table_name, selection, expected_rows, changed_rows, state,
         started_at, finished_at, sealed_at, undoes_id)
    {numbers}
    SELECT i,
           CASE WHEN i <= 30 THEN 'post:delete' WHEN i <= 60 THEN 'user:create'
                WHEN i <= 90 THEN 'post:create' WHEN i % 10 = 0 THEN 'post:undo'
                WHEN i % 10 = 1 THEN 'user:update' ELSE 'post:update' END,
           'person',
           CASE WHEN i <= 10 THEN 'old' WHEN i <= 100 THEN 'ada' WHEN i % 10 = 1 THEN 'john' ELSE 'susan' END,
           CASE WHEN i > 30 AND i <= 60 OR i > 90 AND i % 10 = 1 THEN 'user' ELSE 'post' END,
           'made up', 1, CASE WHEN i % 10 IN (0, 9) THEN 5000 ELSE 1 END, 'done', {at}, {at}, {at},
           CASE WHEN i > 90 AND i % 10 = 0 THEN i - 1 END
    FROM numbers"""
# Row 7 was edited all the time in the first tenth, and never again.
CHANGES = """
    INSERT INTO backoffice_change (operation_id, table_name, row_key, action, {before}, {after})
    {numbers}
    SELECT i, CASE WHEN i > 30 AND i <= 60 OR i > 90 AND i % 10 = 1 THEN 'user' ELSE 'post' END,
           CASE WHEN i > 90 AND i * 10 < :rows THEN '7' ELSE CAST(1000 + i AS CHAR(10)) END,
           CASE WHEN i <= 30 THEN 'delete' WHEN i <= 90 THEN 'insert' ELSE 'update' END,
           CASE WHEN i <= 30 OR i > 90 THEN {image} END, CASE WHEN i > 30 THEN {image} END
    FROM numbers"""
EVENTS = """
    INSERT INTO backoffice_security_event (at, kind, name, address, facts)
    {numbers}
    SELECT {at}, CASE WHEN i <= 10 THEN 'passkey:added' WHEN i % 9 = 0 THEN 'sign-in:refused'
                      ELSE 'sign-in:succeeded' END,
           CASE WHEN i <= 10 THEN 'old' WHEN i % 9 = 0 THEN 'john' ELSE 'susan' END,
           CASE WHEN i <= 10 THEN '192.0.2.1' WHEN i % 9 = 0 THEN '192.0.2.2' ELSE '192.0.2.3' END, '{{}}'
    FROM numbers"""
IMAGE = """'{"id": 7, "body": "made up"}'"""
TABLES = "backoffice_operation, backoffice_change, backoffice_security_event"
# What the planners know of it, as a server finds out by itself.
ANALYZE = {"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE", "mariadb": f"ANALYZE TABLE {TABLES}"}


def fill(kind: str, rows: int) -> None:
    """So many operations, changes and security events."""
    with db.engine.begin() as connection:
        if kind == "mariadb":
            connection.exec_driver_sql("SET max_recursive_iterations = 100000000")
        quote = connection.dialect.identifier_preparer.quote
        words = {
            "numbers": NUMBERS,
            "at": MINUTE[kind],
            "before": quote("before"),
            "after": quote("after"),
            "image": f"CAST({IMAGE} AS jsonb)" if kind == "postgresql" else IMAGE,
        }
        connection.exec_driver_sql("DELETE FROM backoffice_operation")
        for statement in (OPERATIONS, CHANGES, EVENTS):
            connection.execute(text(statement.format(**words).replace('":', '"\\:')), {"rows": rows})
    apart = {"isolation_level": "AUTOCOMMIT"} if kind == "postgresql" else {}
    with db.engine.connect().execution_options(**apart) as connection:
        connection.exec_driver_sql(ANALYZE[kind])
        connection.commit()


def cost_of(client: FlaskClient, address: str) -> int:
    """What the database goes through for a page: PostgreSQL's pages, MariaDB's rows, SQLite's steps."""
    with asking(db.engine) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    db.session.rollback()
    with db.engine.connect() as connection:
        return sum(COUNTED[connection.dialect.name](connection, one) for one in asked)


def _buffers(connection: Connection, asked: Asked) -> int:
    statement, parameters = asked
    explained = connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
    ).scalar_one()
    plan = explained[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _rows_read(connection: Connection, asked: Asked) -> int:
    connection.exec_driver_sql("FLUSH STATUS")
    connection.exec_driver_sql(*asked).all()
    status = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%%'")
    return sum(int(row[1]) for row in status)


def _steps(connection: Connection, asked: Asked) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, 1)
    connection.exec_driver_sql(*asked).all()
    driver.set_progress_handler(None, 0)
    return steps


COUNTED: dict[str, Callable[[Connection, Asked], int]] = {
    "postgresql": _buffers,
    "mysql": _rows_read,
    "mariadb": _rows_read,
    "sqlite": _steps,
}

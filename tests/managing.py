"""Running `manage.py` and plain SQL on the database of the application at hand."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import current_app

from backoffice.extensions import db
from tests.schema import schema_of


def on(*databases: str) -> pytest.MarkDecorator:
    """For a test that makes sense on these databases only."""
    return pytest.mark.parametrize("kind", databases)


def manage(*args: str, answer: str = "") -> Result:
    """What a command printed, and its exit code."""
    return current_app.test_cli_runner().invoke(args=args, input=answer)


def succeed(*args: str) -> str:
    """What a command printed that has to succeed."""
    result = manage(*args)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*args: str) -> str:
    """What a command printed that has to be refused, in words and without a stack trace."""
    result = manage(*args)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.output.splitlines()[-1] != ""
    return result.output


def run_sql(*statements: str) -> None:
    """Change the database behind the console's back."""
    with db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def schema() -> dict[str, list[str]]:
    """The definition of every table of the database."""
    with db.engine.connect() as connection:
        return schema_of(connection)


def no_drift() -> bool:
    """Whether the database is up to date and as the models say."""
    return manage("db", "check").exit_code == 0


def rows_of(*tables: sa.Table) -> dict[str, list[tuple[object, ...]]]:
    """Every row of these tables."""
    with db.engine.connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in tables
        }

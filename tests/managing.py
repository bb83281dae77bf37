"""Running `manage.py` and plain SQL on the database of the application at hand."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import current_app

from backoffice import ROOT
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


def start(database_url: str, *args: str) -> "subprocess.Popen[str]":
    """A command in a process of its own, with its output and its errors in one stream."""
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "k" * 40,
        "BACKOFFICE_ENV": "testing",
    }
    command = [sys.executable, "-W", "error", str(ROOT / "manage.py"), *args]
    return subprocess.Popen(
        command,
        env=environ,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(process: "subprocess.Popen[str]") -> str:
    """What a started command printed that has to succeed."""
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    return output


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

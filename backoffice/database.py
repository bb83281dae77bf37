"""How the console talks to a database: in transactions, tried again where that helps, and else in words."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import Session

from backoffice.database_errors import AWAY, BUSY, Blame, Fault, fault_message, fault_of
from backoffice.exceptions import Busy, Unsure
from backoffice.statements import AnySession

T = TypeVar("T")
# How often a transaction is tried, and after how long not again: somebody is waiting for an answer.
ATTEMPTS = 3
PATIENCE_SECONDS = 8.0
# How long a note that may as well be skipped waits for its turn.
NOTE_WAITS_MILLISECONDS = 100


def commit_soon(session: Session) -> None:
    """Do not wait until this transaction is on PostgreSQL's disk: the next one that waits, waits for it too.

    What a crash of the server undoes is undone whole, and in order; so this is for what is done again then.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")


@contextmanager
def transaction(session: AnySession) -> Iterator[None]:
    """One transaction that writes, committed on leaving; after an exception everything is as it was.

    What was read before is forgotten, and read again in it. Raises Busy where the database cannot do it now,
    and Unsure where it went away at the very end.
    """
    with busy_in_words():
        try:
            session.rollback()
            session.connection(execution_options={"writing": True})
            yield
            session.flush()
            _commit(session)
        except BaseException:
            session.rollback()
            raise


@contextmanager
def busy_in_words() -> Iterator[None]:
    """Raise Busy where the database cannot do now what is asked of it inside."""
    try:
        yield
    except (DBAPIError, NoConnectionLeft) as error:
        fault = fault_of(error)
        if not fault.is_for_later:
            raise
        raise Busy(busy_message(fault), at_once=fault.blame is Blame.NOBODYS) from error


def _commit(session: AnySession) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        if fault_of(error) is AWAY:
            raise Unsure(
                _(
                    "The database went away while this was being saved: nobody knows whether it was. "
                    "Please look before you try again."
                )
            ) from error
        raise


def busy_message(fault: Fault = BUSY) -> str:
    """What to say where something cannot be done for the sake of the database."""
    if fault.blame is Blame.OPERATORS:
        end = _("Nothing was changed. Whoever runs the console has to mend this.")
    else:
        end = _("Nothing was changed; please try again in a moment.")
    return f"{fault_message(fault.reason)} {end}"


def is_writing(session: AnySession) -> bool:
    """Whether this is within a `transaction`."""
    return bool(session.connection().get_execution_options().get("writing"))


def with_retries(transaction: Callable[[], T]) -> T:
    """What a transaction returns, which is tried again, whole, where the database was busy with others'.

    Raises Busy when it was tried three times, or when whoever asked has waited long enough.
    """
    begun = monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return transaction()
        except Busy as busy:
            if not busy.at_once or attempt == ATTEMPTS or monotonic() - begun > PATIENCE_SECONDS:
                raise
            # A little apart from the other one, which may be trying again too.
            sleep(random.uniform(0.02, 0.2) * attempt)  # noqa: S311
    raise AssertionError


def is_busy(error: BaseException) -> bool:
    """Whether the database refused because it was busy or away, not because of what was asked."""
    return fault_of(error).is_for_later


READ_ONLY_NOW = {
    "postgresql": "SELECT current_setting('transaction_read_only') = 'on'",
    "mariadb": "SELECT @@global.read_only <> 0",
    "mysql": "SELECT @@global.read_only <> 0",
}


def is_read_only(session: AnySession) -> bool:
    """Whether a server takes no changes just now; SQLite says so only where one is tried."""
    question = READ_ONLY_NOW.get(session.connection().dialect.name)
    return question is not None and bool(session.connection().exec_driver_sql(question).scalar())


@contextmanager
def short_lock_timeout(connection: Connection) -> Iterator[None]:
    """On SQLite, where any writer locks all, wait a moment only: no page is to stand still for a note."""
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {NOTE_WAITS_MILLISECONDS}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {usual}")

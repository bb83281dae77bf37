"""Asking the database whether it answers, by a thread and a connection of its own."""

from collections.abc import Mapping
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any
from weakref import finalize

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from backoffice import connections
from backoffice.database_errors import AWAY, Fault, fault_of

# Whoever watches over the process gets an answer within two seconds, however many they are.
PATIENCE_SECONDS = 1.2
# The connection that was kept from the last time is given up sooner, so that a new one can be tried.
READ_SECONDS = 0.8
# Those who come at the same time get the same answer.
FRESH_SECONDS = 0.5


class Question:
    """One time of asking."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._answered = Event()
        self._ended = 0.0
        self._fault: Fault | None = None

    @property
    def is_good(self) -> bool:
        """Whether it is still open, or was answered just now."""
        return not self._answered.is_set() or monotonic() - self._ended < FRESH_SECONDS

    def answer(self, fault: Fault | None) -> None:
        """Say what is the matter, or that nothing is."""
        self._fault, self._ended = fault, monotonic()
        self._answered.set()

    def wait(self) -> Fault | None:
        """The answer; that the database is away, where there is none in time."""
        in_time = self._answered.wait(max(0.0, self._began + PATIENCE_SECONDS - monotonic()))
        return self._fault if in_time else AWAY


class HealthCheck:
    """Whether the database of `engine` answers; asked one at a time, however many want to know."""

    def __init__(self, engine: Engine, settings: Mapping[str, Any]) -> None:
        self._engine = _engine_beside(engine, settings)
        finalize(self, self._engine.dispose)
        self._lock = Lock()
        self._question: Question | None = None

    def fault(self) -> Fault | None:
        """What is the matter with it, if anything is."""
        with self._lock:
            if self._question is None or not self._question.is_good:
                self._question = Question()
                Thread(target=_ask, args=(self._engine, self._question), daemon=True).start()
            question = self._question
        return question.wait()


def _engine_beside(engine: Engine, settings: Mapping[str, Any]) -> Engine:
    """One to the same database, with one connection, which is kept: there may be no other one left."""
    known = settings["SQLALCHEMY_ENGINE_OPTIONS"].get("connect_args", {})
    is_server = engine.dialect.name != "sqlite"
    pool = {"pool_size": 1, "max_overflow": 0} if is_server else {"poolclass": NullPool}
    made = create_engine(engine.url, connect_args=known, **pool)
    connections.configure(made, settings)
    return made


def _ask(engine: Engine, question: Question) -> None:
    try:
        with engine.connect() as connection:
            connections.limit_reads(connection, READ_SECONDS)
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        question.answer(fault_of(error))
    except BaseException:
        question.answer(AWAY)
        raise
    else:
        question.answer(None)

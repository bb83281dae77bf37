"""What goes to the databases' drivers and comes from them, where these and SQLAlchemy would give up.

A number may be larger than the model says, and a value another than any that Python has for its column:
`infinity`, a year before Christ, a month of zero, a text where a time should be. Each such value is read as
the text that the database writes for it, `AsWritten`, and costs nobody the page.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, DateTime, Engine, Integer, String, Time
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg
from sqlalchemy.types import TypeEngine

WIDE = BigInteger()
# What reading a value raises that is none of its type.
UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError)


class AsWritten(str):
    """A value that Python has none for, as the database writes it; `raw` is what the driver gave."""

    raw: Any


class PostgreSQLCompiler(PGCompiler_psycopg):
    """Sends every whole number as one of 64 bits, but for arguments of functions, which are made for others.

    The model may say INTEGER where the database has BIGINT, and of a number that the model's type cannot hold
    PostgreSQL would say that it is out of range. Its indexes on INTEGER find numbers of 64 bits as well.
    """

    _is_in_function = False

    def function_argspec(self, func: Any, **kw: Any) -> str:
        """The arguments of a function."""
        before, self._is_in_function = self._is_in_function, True
        arguments: str = super().function_argspec(func, **kw)
        self._is_in_function = before
        return arguments

    def render_bind_cast(self, type_: TypeEngine[Any], dbapi_type: TypeEngine[Any], sqltext: str) -> str:
        """A parameter with its type behind it."""
        is_wide = isinstance(dbapi_type, Integer) and not self._is_in_function
        sent: Any = super()
        cast: str = sent.render_bind_cast(type_, WIDE if is_wide else dbapi_type, sqltext)
        return cast


def configure_dialect(engine: Engine) -> None:
    """Have every statement through `engine` be sent, and its result be read, like that."""
    dialect: Any = engine.dialect
    if dialect.name == "postgresql":
        dialect.statement_compiler = PostgreSQLCompiler
    dialect.execution_ctx_cls = _reading(dialect.execution_ctx_cls)


def _reading(context: type[Any]) -> type[Any]:
    class Context(context):
        def get_result_processor(self, type_: Any, colname: str, coltype: Any) -> Any:
            process = super().get_result_processor(type_, colname, coltype)
            if process is None:  # SQLite alone gives bytes where a text should be
                return _text if self.dialect.name == "sqlite" and isinstance(type_, String) else None
            is_local = self.dialect.name == "sqlite" and isinstance(type_, DateTime | Time)
            return partial(_read_local if is_local else _read, process)

    return Context


def _text(value: Any) -> Any:
    return as_written(value) if isinstance(value, bytes) else value


def _read(process: Callable[[Any], Any], value: Any) -> Any:
    try:
        return process(value)
    except UNREADABLE:
        return as_written(value)


def _read_local(process: Callable[[Any], Any], value: Any) -> Any:
    """A time of SQLite's, which has no zone: read without its offset it would be another, and be saved so."""
    read = _read(process, value)
    return read if getattr(read, "tzinfo", None) is None else as_written(value)


def as_written(value: Any) -> AsWritten:
    """A value that is none of its column's; bytes as SQL has them."""
    written = AsWritten(f"x'{value.hex()}'" if isinstance(value, bytes) else value)
    written.raw = value
    return written

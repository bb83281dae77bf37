"""Whether a column fills itself in as its model says: numbers and texts are compared, the computed is not.

Alembic itself would take `now()` for something else than `current_timestamp()`, and 0 for another than 0.00.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Column, DefaultClause

from migrations.scope import SHARED_TABLES

PLUGIN = "backoffice.defaults"
# PostgreSQL says the type of a text behind it, and the servers may put brackets or quotes around a number.
CAST = re.compile(r"::[\w\s\"\[\]]+(\(\d+(,\s*\d+)?\))?$")
FLAGS = {"true": "1", "false": "0"}


def compare(
    context: Any,
    change: Any,
    _schema: str | None,
    table: str,
    _name: str,
    stored: Column[Any],
    column: Column[Any],
) -> PriorityDispatchResult:
    """Note in `change` where the default of a column is to be another one."""
    found, wanted = stored.server_default, column.server_default
    if not all(one is None or isinstance(one, DefaultClause) for one in (found, wanted)):
        return PriorityDispatchResult.CONTINUE  # the database makes the value itself
    if column.primary_key or found is wanted is None:
        return PriorityDispatchResult.CONTINUE
    change.existing_server_default = found
    if table not in SHARED_TABLES and _differ(_text(context, found), _text(context, wanted)):
        change.modify_server_default = wanted
    return PriorityDispatchResult.STOP


def _text(context: Any, default: Any) -> str | None:
    """A default as SQL, in the words of the database."""
    if default is None:
        return None
    if isinstance(default.arg, str):
        return "'{}'".format(default.arg.replace("'", "''"))
    return str(default.arg.compile(dialect=context.dialect, compile_kwargs={"literal_binds": True}))


def _differ(found: str | None, wanted: str | None) -> bool:
    if found is None or wanted is None:
        return True
    there, said = _literal(found), _literal(wanted)
    return there is not None and said is not None and there != said


def _literal(default: str) -> Decimal | str | None:
    """The number or the text that a default is; None where it is computed."""
    text = CAST.sub("", default.strip())
    while text.startswith("(") and text.endswith(")"):
        text = CAST.sub("", text[1:-1])
    is_quoted = len(text) > 1 and text[0] == text[-1] == "'"
    inner = text[1:-1].replace("''", "'") if is_quoted else FLAGS.get(text.lower(), text)
    try:
        return Decimal(inner)
    except InvalidOperation:
        return inner if is_quoted else None


Plugin(PLUGIN).add_autogenerate_comparator(
    compare, "column", "server_default", priority=DispatchPriority.FIRST
)

"""What Alembic leaves out of a revision that it writes, put in.

Above all names: where SQLite makes a table anew, a rule without one is lost, or cannot be added.
"""

from collections.abc import Iterator
from typing import Any

from alembic.autogenerate.rewriter import Rewriter
from alembic.operations import ops
from sqlalchemy import CheckConstraint

from backoffice.extensions import db
from migrations.guards import mariadb_options

complete = Rewriter()
LONGEST_NAME = 63


@complete.rewrites(ops.CreateUniqueConstraintOp)
def _name_unique(_context: Any, _revision: Any, op: Any) -> Any:
    """Name it as PostgreSQL would."""
    op.constraint_name = op.constraint_name or _name(op.table_name, *op.columns, "key")
    return op


@complete.rewrites(ops.CreateForeignKeyOp)
def _name_foreign_key(_context: Any, _revision: Any, op: Any) -> Any:
    op.constraint_name = op.constraint_name or _name(op.source_table, *op.local_cols, "fkey")
    return op


@complete.rewrites(ops.DropConstraintOp)
def _name_dropped(context: Any, revision: Any, op: Any) -> Any:
    """On the way down, what has no name is what was just given one on the way up."""
    if op.constraint_name is None and op.constraint_type in ("unique", "foreignkey"):
        name = _name_unique if op.constraint_type == "unique" else _name_foreign_key
        op.constraint_name = name(context, revision, op.reverse()).constraint_name
    return op


@complete.rewrites(ops.CreateTableOp)
def _complete_table(_context: Any, _revision: Any, op: Any) -> Any:
    op.kw = {**mariadb_options(op.table_name), **op.kw}
    op.columns = [_named(op.table_name, at, one) for at, one in enumerate(op.columns)]
    return op


def _named(table: str, at: int, item: Any) -> Any:
    if not isinstance(item, CheckConstraint) or item.name is not None:
        return item
    return CheckConstraint(item.sqltext, name=_name(table, f"check{at}"))


@complete.rewrites(ops.UpgradeOps)
def _make_every_index(_context: Any, _revision: Any, directive: Any) -> Any:
    """Of a new table, an index on an expression too: Alembic passes over it, since SQLite shows it none."""
    for table in [one.table_name for one in directive.ops if isinstance(one, ops.CreateTableOp)]:
        made = {index.index_name for index in _indexes_made(directive, table)}
        missing = [one for one in db.metadata.tables[table].indexes if one.name not in made]
        if missing:
            added = [ops.CreateIndexOp.from_index(one) for one in missing]
            directive.ops.append(ops.ModifyTableOps(table, ops=added))
    return directive


def _indexes_made(directive: Any, table: str) -> Iterator[Any]:
    for one in directive.ops:
        if isinstance(one, ops.ModifyTableOps) and one.table_name == table:
            yield from (op for op in one.ops if isinstance(op, ops.CreateIndexOp))


def _name(*parts: Any) -> str:
    return "_".join(map(str, parts))[:LONGEST_NAME]

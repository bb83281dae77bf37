"""What other tables hold of the rows of a table, read from the database itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Column, Connection, Table, inspect, text
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint

from backoffice.models.administrator import Administrator
from backoffice.models.stored import reflected_table
from backoffice.models.user import User


class OnDelete(Enum):
    """What becomes of a row whose reference goes."""

    CUT = "cut"  # it stays, without the reference; or is deleted too, if the person chooses so
    DELETE = "delete"  # the database itself removes it
    REFUSE = "refuse"  # the database refuses, unless it is deleted too


@dataclass(frozen=True)
class Reference:
    """A column of another table (or of the same) that refers to a column of this one."""

    column: Column[object]
    target: Column[object]
    on_delete: OnDelete

    @property
    def name(self) -> str:
        """The name by which a form speaks of this reference: `post.user_id`."""
        return f"{self.column.table.name}.{self.column.name}"

    @property
    def table(self) -> Table:
        """The table that refers."""
        table: Table = self.column.table
        return table


def references_to(connection: Connection, table: Table) -> list[Reference]:
    """Every reference to `table` that the database enforces, and the grant that a user may have.

    The console's own tables are skipped: they look after themselves.
    """
    found = list(_foreign_keys(connection, table))
    if table.name == User.__tablename__:
        grants = Administrator.metadata.tables[Administrator.__tablename__]
        found.append(Reference(grants.columns["user_id"], table.columns["id"], OnDelete.DELETE))
    return found


def _foreign_keys(connection: Connection, table: Table) -> Iterator[Reference]:
    if _nothing_refers_to(connection, table):
        return
    for (_schema, name), foreign_keys in sorted(inspect(connection).get_multi_foreign_keys().items()):
        if name.startswith("backoffice_"):
            continue
        for foreign_key in foreign_keys:
            columns = foreign_key["constrained_columns"]
            if foreign_key["referred_table"] == table.name and len(columns) == 1:
                other = reflected_table(connection, name)
                column: Column[object] = other.columns[columns[0]]
                referred = foreign_key["referred_columns"] or [key.name for key in table.primary_key]
                yield Reference(column, table.columns[referred[0]], _on_delete(column, foreign_key))


def _nothing_refers_to(connection: Connection, table: Table) -> bool:
    """Whether that is known at once: to read all foreign keys takes PostgreSQL ten times as long."""
    if connection.dialect.name != "postgresql":
        return False
    name = connection.dialect.identifier_preparer.format_table(table)
    return not connection.scalar(_POSTGRESQL_REFERRED, {"table": name})


_POSTGRESQL_REFERRED = text(
    "SELECT EXISTS (SELECT FROM pg_constraint WHERE confrelid = to_regclass(:table) AND contype = 'f')"
)


def _on_delete(column: Column[object], foreign_key: ReflectedForeignKeyConstraint) -> OnDelete:
    rule = (foreign_key["options"].get("ondelete") or "").upper()
    if rule == "CASCADE":
        return OnDelete.DELETE
    return OnDelete.CUT if column.nullable else OnDelete.REFUSE

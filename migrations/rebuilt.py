"""What SQLite loses where a table is made anew to be altered: indexes on expressions, and triggers."""

import re
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

DROP = re.compile(r'\s*DROP (?:INDEX|TRIGGER)(?: IF EXISTS)? ["`]?(\w+)', re.IGNORECASE)
# Other indexes are seen by Alembic, which makes them anew with the table.
UNSEEN = sa.text("""
    SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' OR type = 'index' AND EXISTS
        (SELECT 1 FROM pragma_index_info(sqlite_master.name) AS part WHERE part.name IS NULL)""")


class Rebuilt:
    """Puts back, after each step, what no step has dropped by name and whose table is still there."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._dropped: set[str] = set()
        self._unseen = self._read()
        sa.event.listen(connection, "before_cursor_execute", self._hear)

    def after_step(self, ctx: MigrationContext, step: object, heads: object, run_args: object) -> None:
        """What Alembic calls when a step is made."""
        there, tables = self._read(), sa.inspect(self._connection).get_table_names()
        for name, (table, definition) in self._unseen.items():
            if name not in there and name not in self._dropped and table in tables:
                self._connection.exec_driver_sql(definition)
        self._unseen, self._dropped = self._read(), set()

    def _hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := DROP.match(statement):
            self._dropped.add(found[1])

    def _read(self) -> dict[str, tuple[str, str]]:
        rows = self._connection.execute(UNSEEN).all()
        return {name: (table, definition) for name, table, definition in rows}

"""How many rows a database itself takes a table to have, or a statement to find."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ClauseElement, Executable, Select, Table, bindparam, func, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from backoffice.database import transaction
from backoffice.listing.scope import AnySession

# None of them where nothing is known: never analyzed, which PostgreSQL says by -1.
SIZES = {
    "postgresql": "SELECT CAST(reltuples AS bigint) FROM pg_class WHERE oid = to_regclass(:name)",
    "mariadb": """SELECT table_rows FROM information_schema.tables
                  WHERE table_schema = coalesce(:schema, database()) AND table_name = :name""",
    # What `note_sizes` wrote, or else ANALYZE, whose every `stat` begins with the number of rows.
    "sqlite": """SELECT coalesce(max(CASE WHEN idx IS NULL THEN CAST(stat AS integer) END),
                                 max(CAST(stat AS integer))) FROM sqlite_stat1 WHERE tbl = :name""",
}
# The ways into a table of which MariaDB knows how many rows they lead to.
BY_INDEX = {"ref", "range", "eq_ref", "const"}


def estimated_size(session: AnySession, table: Table) -> Any:
    """What asks the database how many rows the table has, inside a statement; None where it cannot know."""
    dialect = session.connection().dialect
    kind = "mariadb" if dialect.name == "mysql" else dialect.name
    if kind == "sqlite" and not _was_analyzed(session):
        return None
    name = dialect.identifier_preparer.format_table(table) if kind == "postgresql" else table.name
    values = {"name": name, "schema": table.schema} if kind == "mariadb" else {"name": name}
    asked = text(SIZES[kind]).bindparams(*(bindparam(key, value) for key, value in values.items()))
    return asked.columns(size=BigInteger()).scalar_subquery()


def _was_analyzed(session: AnySession) -> bool:
    found = select(text("1")).select_from(text("sqlite_master")).where(text("name = 'sqlite_stat1'"))
    return session.execute(found).first() is not None


def note_sizes(session: Session, tables: Iterable[Table]) -> None:
    """Note how many rows these tables have where SQLite keeps such numbers, which it never does by itself.

    Its own ANALYZE holds everybody up until it has read all, or guesses half or twice the number.
    """
    if session.connection().dialect.name != "sqlite":
        return
    sizes = {each.name: session.scalar(select(func.count()).select_from(each)) for each in tables}
    with transaction(session):
        if sizes and not _was_analyzed(session):
            session.execute(text("ANALYZE sqlite_master"))  # makes the table that the numbers stand in
        for name, size in sizes.items():
            noted = {"name": name, "size": str(size)}
            session.execute(text("DELETE FROM sqlite_stat1 WHERE tbl = :name AND idx IS NULL"), noted)
            session.execute(text("INSERT INTO sqlite_stat1 (tbl, stat) VALUES (:name, :size)"), noted)


class Explained(Executable, ClauseElement):
    """How the database would go about a statement."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(Explained, "postgresql")
def _explain_json(element: Explained, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


@compiles(Explained)
def _explain(element: Explained, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN {compiler.process(element.statement, **options)}"


def estimated_matches(session: AnySession, rows: Select[Any]) -> int | None:
    """How many rows the database expects these to be; None where it has no idea."""
    match session.connection().dialect.name:
        case "postgresql":
            found = session.execute(Explained(rows)).scalar_one()
            plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
            return None if _is_guess(plan) else int(plan["Plan Rows"])
        case "mysql" | "mariadb":
            steps = session.execute(Explained(rows)).mappings().all()
            alone = len(steps) == 1 and steps[0]["type"] in BY_INDEX
            return int(steps[0]["rows"]) if alone else None
        case _:
            return None


def _is_guess(plan: dict[str, Any]) -> bool:
    """Whether PostgreSQL expects half of all rows to match, as it does of what another SELECT decides."""
    return plan.get("Parent Relationship") == "SubPlan" or any(map(_is_guess, plan.get("Plans", ())))

"""How many rows a database itself takes a table to have, or a statement to find."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Executable,
    Subquery,
    Table,
    bindparam,
    func,
    select,
    table,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from backoffice.database import transaction
from backoffice.statements import AnySelect, AnySession

# How many rows, and how many seconds ago that was so; neither where nothing is known.
SIZES = {
    # What comes and goes is counted, until a crash of the server forgets that: then there is what VACUUM or
    # ANALYZE found last. A table that was never analyzed has -1 there.
    "postgresql": """
        SELECT max(CASE WHEN counted THEN live ELSE greatest(nullif(known, -1), nullif(live, 0)) END) AS size,
               max(CASE WHEN counted THEN 0 END) AS age
        FROM (SELECT CAST(reltuples AS bigint) AS known, pg_stat_get_live_tuples(oid) AS live,
                     relkind = 'r' AND greatest(pg_stat_get_last_vacuum_time(oid),
                                                pg_stat_get_last_autovacuum_time(oid),
                                                pg_stat_get_last_analyze_time(oid),
                                                pg_stat_get_last_autoanalyze_time(oid)) IS NOT NULL AS counted
              FROM pg_class WHERE oid = to_regclass(:name)) AS told""",
    # InnoDB adds and subtracts what is inserted and deleted, and samples the table now and then.
    "mariadb": """SELECT max(table_rows) AS size, 0 AS age FROM information_schema.tables
                  WHERE table_schema = coalesce(:schema, database()) AND table_name = :name""",
    # What `note_sizes` wrote, or else ANALYZE, whose every `stat` begins with the number of rows.
    "sqlite": """
        SELECT coalesce(max(CASE WHEN idx IS NULL THEN CAST(stat AS integer) END),
                        max(CAST(stat AS integer))) AS size,
               max(CASE WHEN idx IS NULL AND instr(stat, ' noted=') THEN
                        CAST(strftime('%s', 'now') AS integer)
                        - CAST(substr(stat, instr(stat, '=') + 1) AS integer) END) AS age
        FROM sqlite_stat1 WHERE tbl = :name""",
}
# The ways into a table of which MariaDB knows how many rows they lead to.
BY_INDEX = {"ref", "range", "eq_ref", "const"}


def estimated_size(session: AnySession, table: Table) -> Subquery | None:
    """What asks the database how many rows the table has, and since when: a subquery of `size` and `age`.

    None where it cannot know.
    """
    dialect = session.connection().dialect
    kind = "mariadb" if dialect.name == "mysql" else dialect.name
    if kind == "sqlite" and not _was_analyzed(session):
        return None
    name = dialect.identifier_preparer.format_table(table) if kind == "postgresql" else table.name
    values = {"name": name, "schema": table.schema} if kind == "mariadb" else {"name": name}
    asked = text(SIZES[kind]).bindparams(*(bindparam(key, value) for key, value in values.items()))
    return asked.columns(size=BigInteger(), age=BigInteger()).subquery()


def _was_analyzed(session: AnySession) -> bool:
    found = select(text("1")).select_from(text("sqlite_master")).where(text("name = 'sqlite_stat1'"))
    return session.execute(found).first() is not None


def note_sizes(session: Session, tables: Iterable[Table]) -> None:
    """Note how many rows these tables have where SQLite keeps such numbers, which it never does by itself.

    Its own ANALYZE holds everybody up until it has read all, or guesses half or twice the number. What
    follows the number there SQLite leaves alone: since when it is known.
    """
    if session.connection().dialect.name != "sqlite":
        return
    _note(session, {each.name: session.scalar(select(func.count()).select_from(each)) for each in tables})


def note_sizes_again(session: Session) -> None:
    """The same for the tables of which it was noted before: many rows have come or gone."""
    if session.connection().dialect.name != "sqlite" or not _was_analyzed(session):
        return
    noted = text("SELECT tbl FROM sqlite_stat1 WHERE idx IS NULL AND stat LIKE '% noted=%'")
    names = session.scalars(noted).all()
    _note(session, {name: session.scalar(select(func.count()).select_from(table(name))) for name in names})


def _note(session: Session, sizes: Mapping[str, int | None]) -> None:
    with transaction(session):
        if sizes and not _was_analyzed(session):
            session.execute(text("ANALYZE sqlite_master"))  # makes the table that the numbers stand in
        for name, size in sizes.items():
            noted = {"name": name, "size": str(size)}
            session.execute(text("DELETE FROM sqlite_stat1 WHERE tbl = :name AND idx IS NULL"), noted)
            stat = ":size || ' noted=' || strftime('%s', 'now')"
            session.execute(text(f"INSERT INTO sqlite_stat1 (tbl, stat) VALUES (:name, {stat})"), noted)  # noqa: S608


class Explained(Executable, ClauseElement):
    """How the database would go about a statement."""

    inherit_cache = False

    def __init__(self, statement: AnySelect) -> None:
        self.statement = statement


@compiles(Explained, "postgresql")
def _explain_json(element: Explained, compiler: Any, **options: object) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


@compiles(Explained)
def _explain(element: Explained, compiler: Any, **options: object) -> str:
    return f"EXPLAIN {compiler.process(element.statement, **options)}"


def estimated_matches(session: AnySession, rows: AnySelect) -> int | None:
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

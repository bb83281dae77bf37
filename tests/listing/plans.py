"""How a database goes about a statement, told alike for all three."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

Asked = tuple[str, Any]
# As many as are next to nothing to sort, at the ends of a list.
FEW = 200


@dataclass(frozen=True)
class Plan:
    """The indexes it uses, the tables that it reads whole, and whether it sorts more than a few rows."""

    indexes: frozenset[str]
    read_whole: frozenset[str]
    sorts: bool


@contextmanager
def asking(engine: Engine) -> Iterator[list[Asked]]:
    """What the database is asked for meanwhile, with the parameters."""
    asked: list[Asked] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(connection: Connection, asked: Asked) -> Plan:
    """What the database says that it would do."""
    return EXPLAIN[connection.dialect.name](connection, *asked)


def _sqlite(connection: Connection, statement: str, parameters: Any) -> Plan:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    steps = [row[-1] for row in rows]
    indexes = [name for step in steps for name in re.findall(r"INDEX (\w+)", step)]
    # As a virtual table, an index of fragments is always "scanned".
    indexes += [step.split()[1] for step in steps if "VIRTUAL TABLE INDEX" in step]
    whole = [step.split()[1] for step in steps if re.fullmatch(r"SCAN (?!anon_)\w+", step)]
    # What it says of the right part of an order is a sort of ties only.
    sorts = any("TEMP B-TREE FOR ORDER" in step for step in steps)
    return Plan(frozenset(indexes), frozenset(whole), sorts)


def _postgresql(connection: Connection, statement: str, parameters: Any) -> Plan:
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    steps = list(_steps(explained[0]["Plan"]))
    indexes = [step["Index Name"] for step in steps if "Index Name" in step]
    whole = [step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"]
    # An incremental sort is one of ties only.
    sorts = any(step["Node Type"] == "Sort" and step["Plan Rows"] > FEW for step in steps)
    return Plan(frozenset(indexes), frozenset(whole), sorts)


def _steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for part in step.get("Plans", ()):
        yield from _steps(part)


def _mariadb(connection: Connection, statement: str, parameters: Any) -> Plan:
    steps = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).mappings().all()
    indexes = [step["key"] for step in steps if step["key"]]
    whole = [step["table"] for step in steps if step["type"] == "ALL"]
    sorts = any("filesort" in (step["Extra"] or "") and int(step["rows"]) > FEW for step in steps)
    return Plan(frozenset(indexes), frozenset(whole), sorts)


EXPLAIN: dict[str, Callable[[Connection, str, Any], Plan]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mariadb,
    "mariadb": _mariadb,
}

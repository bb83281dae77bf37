"""Where a row has left traces in the history: its own changes, and for a person what they did."""

import json
import re
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, String, Table, cast, func, or_, select, update
from sqlalchemy.orm import Session

from backoffice.history import CHANGES, OPERATIONS
from backoffice.models import Reference, SecurityEvent, User, parse_key, references_to
from backoffice.statements import AnySelect

ROWS_A_PAGE = 1_000
# The columns by which a person is named.
NAMES = (User.username, User.email)
# What of an operation may hold a name; of one that holds it, all of these are forgotten.
WORDS = ("selection", "facts", "plan", "report", "cancel_by")
SHORTEST_NAME = 2


def is_a_person(table: Table) -> bool:
    """Whether the rows of this table are people, who may have acted."""
    return table.name == User.__tablename__


def changes_of(table: str, keys: Collection[str]) -> ColumnElement[bool]:
    """The condition that a change is one of these rows', and holds something still."""
    held = or_(*(CHANGES.c[name].is_not(None) for name in ("before", "after", "source_id")))
    return (CHANGES.c.table_name == table) & CHANGES.c.row_key.in_(list(keys)) & held


def referring_keys(connection: Connection, reference: Reference, key: str) -> Iterator[list[str]]:
    """The rows that referred to this one at any time in the history, in pages."""
    name = reference.column.name
    held = [cast(CHANGES.c[snapshot][name].as_string(), String) == key for snapshot in ("before", "after")]
    rows = select(CHANGES.c.row_key).distinct()
    rows = rows.where(CHANGES.c.table_name == reference.table.name, or_(*held))
    with connection.execute(rows, execution_options={"yield_per": ROWS_A_PAGE}) as found:
        for page in found.scalars().partitions():
            yield list(page)


def references(connection: Connection, table: Table) -> list[Reference]:
    """The references to the rows of a table by their key."""
    found = references_to(connection, table)
    return [reference for reference in found if reference.target in set(table.primary_key)]


def names_of(connection: Connection, table: Table, key: str) -> set[str]:
    """What a person was called, now and at any time in the history."""
    if not is_a_person(table):
        return set()
    snapshots = select(CHANGES.c.before, CHANGES.c.after).where(changes_of(table.name, [key]))
    names = {
        snapshot.get(column.key)
        for row in connection.execute(snapshots)
        for snapshot in row
        if snapshot
        for column in NAMES
    }
    now = select(*NAMES).where(User.id == parse_key(table, key))
    names.update(*connection.execute(now).all())
    return {name for name in names if isinstance(name, str) and len(name) >= SHORTEST_NAME}


def acted(connection: Connection, table: Table, key: str) -> list[int]:
    """The operations that a person began."""
    if not is_a_person(table):
        return []
    by_them = (OPERATIONS.c.actor_kind == "person") & (OPERATIONS.c.actor_id == parse_key(table, key))
    return list(connection.scalars(select(OPERATIONS.c.id).where(by_them).order_by(OPERATIONS.c.id)))


def naming(connection: Connection, names: Collection[str]) -> list[int]:
    """The operations whose words hold one of these names, as a word of its own."""
    if not names:
        return []
    # As they stand in JSON too, where other letters than ASCII are escaped.
    forms = {*names, *(json.dumps(name)[1:-1] for name in names)}
    word = re.compile("|".join(rf"(?<!\w){re.escape(form)}(?!\w)" for form in forms), re.IGNORECASE)
    texts = [cast(OPERATIONS.c[name], _text_type(connection)) for name in WORDS]
    holds = [func.lower(text).contains(form.lower(), autoescape=True) for text in texts for form in forms]
    found = connection.execute(select(OPERATIONS.c.id, *texts).where(or_(*holds)).order_by(OPERATIONS.c.id))
    return [row[0] for row in found if any(text and word.search(text) for text in row[1:])]


def _text_type(connection: Connection) -> String:
    from sqlalchemy.dialects.postgresql import TEXT

    return TEXT() if connection.dialect.name == "postgresql" else String()


def forget_in_events(session: Session, grants: AnySelect, names: Collection[str], nobody: str) -> None:
    """Take a person out of the security log, where they are named and where they acted."""
    theirs = or_(SecurityEvent.administrator_id.in_(grants), SecurityEvent.name.in_(names))
    apart = {"synchronize_session": False}
    where = update(SecurityEvent).where(theirs)
    session.execute(where.values(name=nobody, address=None, request_id=None), execution_options=apart)
    for name in names:
        by, other = (f'"by": {json.dumps(one)}' for one in (name, nobody))
        acted = update(SecurityEvent).where(SecurityEvent.facts.contains(by, autoescape=True))
        facts = func.replace(SecurityEvent.facts, by, other)
        values = {"facts": facts, "address": None, "request_id": None}
        session.execute(acted.values(values), execution_options=apart)

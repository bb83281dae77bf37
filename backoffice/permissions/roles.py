"""The roles: what each may do, by table and act, in one place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from backoffice.exceptions import Forbidden
from backoffice.models import Administrator, SecurityEvent, SignIn
from backoffice.reasons import FORBIDDEN, because

# What can be done: "bulk" is acting on many rows at once, "administer" is deciding who may do what.
ACTS = ("view", "create", "edit", "delete", "bulk", "export", "undo", "administer")

# The tables of the application, as far as a role names none of them apart.
RECORDS = "records"
# The console's own, each closed to the roles that do not name it: the grants, other people's sessions, the
# security log.
GRANTS, SESSIONS, SECURITY_LOG = (model.__tablename__ for model in (Administrator, SignIn, SecurityEvent))
OWN = "backoffice_"


def acts(words: str) -> frozenset[str]:
    """These acts, parted by spaces. Raises ValueError for what is none."""
    named = frozenset(words.split())
    if not named <= {*ACTS}:
        raise ValueError(words)
    return named


# To give a role other rights on one table, name the table beside RECORDS: `"invoice": acts("view export")`.
ROLES: dict[str, Mapping[str, frozenset[str]]] = {
    "administrator": {
        RECORDS: acts("view create edit delete bulk export undo"),
        GRANTS: acts("view create edit delete undo administer"),
        SESSIONS: acts("view delete"),
        SECURITY_LOG: acts("view"),
    },
    "editor": {
        RECORDS: acts("view create edit delete bulk export undo"),
    },
    "viewer": {
        RECORDS: acts("view"),
    },
}


class Grant(Protocol):
    """What there is to know of a person: their role, and since when it does not count."""

    @property
    def role(self) -> str: ...
    @property
    def disabled_at(self) -> datetime | None: ...


def may(administrator: Grant | None, act: str, table: str | None = None) -> bool:
    """Whether this person may do `act` (one of ACTS) to rows of `table`; without one, to those of any."""
    if act not in ACTS:
        raise ValueError(act)
    if administrator is None or administrator.disabled_at is not None:
        return False
    rights = ROLES.get(administrator.role, {})
    if table is None:
        return any(act in allowed for allowed in rights.values())
    return act in allowed_on(rights, table)


def allowed_on(rights: Mapping[str, frozenset[str]], table: str) -> frozenset[str]:
    """The acts that a role's rights allow on a table."""
    others = frozenset() if table.startswith(OWN) else rights.get(RECORDS, frozenset())
    return rights.get(table, others)


def require(administrator: Grant | None, act: str, table: str | None = None) -> None:
    """Raise Forbidden unless this person may do `act` to rows of `table`."""
    if not may(administrator, act, table):
        raise because(Forbidden, FORBIDDEN)


def matrix() -> str:
    """All of it as a table in Markdown: a row for each table, a column for each role."""
    tables = dict.fromkeys(table for rights in ROLES.values() for table in rights)
    rows = [["table", *ROLES], ["---"] * (len(ROLES) + 1)]
    for table in tables:
        allowed = (allowed_on(rights, table) for rights in ROLES.values())
        rows.append([table, *(", ".join(act for act in ACTS if act in some) or "-" for some in allowed)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

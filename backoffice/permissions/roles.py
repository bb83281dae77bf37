"""The roles, one entry each: what it is called, and what it may do, by table and act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask_babel import lazy_gettext

from backoffice.exceptions import Forbidden
from backoffice.models import Administrator, AdminSession, SecurityEvent
from backoffice.reasons import FORBIDDEN, because

# What can be done: "bulk" is acting on many rows at once, "administer" is deciding who may do what.
ACTS = ("view", "create", "edit", "delete", "bulk", "export", "undo", "administer")

# The tables of the application, as far as a role names none of them apart.
RECORDS = "records"
# The console's own, each closed to the roles that do not name it: the grants, other people's sessions, the
# security log.
GRANTS, SESSIONS, SECURITY_LOG = (
    model.__tablename__ for model in (Administrator, AdminSession, SecurityEvent)
)
OWN = "backoffice_"

Rights = Mapping[str, frozenset[str]]


def acts(words: str) -> frozenset[str]:
    """These acts, parted by spaces. Raises ValueError for what is none."""
    named = frozenset(words.split())
    if not named <= {*ACTS}:
        raise ValueError(words)
    return named


@dataclass(frozen=True)
class Role:
    """`name` is how it is stored, `label` and `description` are for people; `rights` are acts by table."""

    name: str
    label: Any
    description: Any
    rights: Rights

    def allows(self, act: str, table: str | None = None) -> bool:
        """Whether it may do `act` (one of ACTS) to rows of `table`; without one, to those of any."""
        if act not in ACTS:
            raise ValueError(act)
        if table is None:
            return any(act in allowed for allowed in self.rights.values())
        return act in self.allowed_on(table)

    def allowed_on(self, table: str) -> frozenset[str]:
        """What it may do to rows of a table."""
        others = frozenset() if table.startswith(OWN) else self.rights.get(RECORDS, frozenset())
        return self.rights.get(table, others)


# All there is to a role, from the one that may most to the one that may least. Their names
# stand nowhere else.
# To give one other rights on one table, name the table beside RECORDS: `"invoice": acts("view export")`.
ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            "administrator",
            lazy_gettext("Administrator"),
            lazy_gettext("Everything an editor may, and decides who may enter, and as what."),
            {
                RECORDS: acts("view create edit delete bulk export undo"),
                GRANTS: acts("view create edit delete undo administer"),
                SESSIONS: acts("view delete"),
                SECURITY_LOG: acts("view"),
            },
        ),
        Role(
            "editor",
            lazy_gettext("Editor"),
            lazy_gettext("Looks at everything, creates, edits, deletes, exports and undoes."),
            {RECORDS: acts("view create edit delete bulk export undo")},
        ),
        Role(
            "viewer",
            lazy_gettext("Viewer"),
            lazy_gettext("Looks at everything, and changes nothing."),
            {RECORDS: acts("view")},
        ),
    )
}
# What the first administrator gets, and what is offered first for the next one.
HIGHEST, LOWEST = next(iter(ROLES)), next(reversed(ROLES))


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
    role = ROLES.get(administrator.role)
    return role is not None and role.allows(act, table)


def require(administrator: Grant | None, act: str, table: str | None = None) -> None:
    """Raise Forbidden unless this person may do `act` to rows of `table`."""
    if not may(administrator, act, table):
        raise because(Forbidden, FORBIDDEN)


def roles_that_may(act: str) -> list[str]:
    """The names of the roles that may do this to rows of some table."""
    return [role.name for role in ROLES.values() if role.allows(act)]


def matrix() -> str:
    """All of it as a table in Markdown: a row for each table, a column for each role."""
    tables = dict.fromkeys(table for role in ROLES.values() for table in role.rights)
    rows = [["table", *ROLES], ["---"] * (len(ROLES) + 1)]
    for table in tables:
        allowed = (role.allowed_on(table) for role in ROLES.values())
        rows.append([table, *(", ".join(act for act in ACTS if act in some) or "-" for some in allowed)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

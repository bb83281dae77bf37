"""The roles, one entry each: what it is called, and its permissions by table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext

from backoffice.exceptions import Forbidden
from backoffice.models import Administrator, AdminSession, SecurityEvent
from backoffice.reasons import FORBIDDEN, because

# What can be done: "bulk" is acting on many rows at once, "administer" is deciding who may do what.
PERMISSIONS = ("view", "create", "edit", "delete", "bulk", "export", "undo", "administer")

# The tables of the application, as far as a role names none of them apart.
RECORDS = "records"
# The console's own, each closed to the roles that do not name it: the grants, other people's sessions, the
# security log.
GRANTS, SESSIONS, SECURITY_LOG = (
    model.__tablename__ for model in (Administrator, AdminSession, SecurityEvent)
)
OWN = "backoffice_"

Permissions = Mapping[str, frozenset[str]]


def allow(words: str) -> frozenset[str]:
    """These permissions, parted by spaces. Raises ValueError for what is none."""
    named = frozenset(words.split())
    if not named <= {*PERMISSIONS}:
        raise ValueError(words)
    return named


@dataclass(frozen=True)
class Role:
    """`name` is how it is stored, `label` and `description` are for people; `permissions` are by table."""

    name: str
    label: str
    description: str
    permissions: Permissions

    def allows(self, permission: str, table: str | None = None) -> bool:
        """Whether it has one of PERMISSIONS on rows of `table`; without one, on those of any."""
        if permission not in PERMISSIONS:
            raise ValueError(permission)
        if table is None:
            return any(permission in allowed for allowed in self.permissions.values())
        return permission in self.allowed_on(table)

    def allowed_on(self, table: str) -> frozenset[str]:
        """What it may do to rows of a table."""
        others = frozenset() if table.startswith(OWN) else self.permissions.get(RECORDS, frozenset())
        return self.permissions.get(table, others)


# All there is to a role, from the one that may most to the one that may least. Their names stand nowhere
# else.
# Other permissions on one table: name the table beside RECORDS, `"invoice": allow("view export")`.
ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            "administrator",
            lazy_gettext("Administrator"),
            lazy_gettext("Everything an editor may, and decides who may enter, and as what."),
            {
                RECORDS: allow("view create edit delete bulk export undo"),
                GRANTS: allow("view create edit delete undo administer"),
                SESSIONS: allow("view delete"),
                SECURITY_LOG: allow("view"),
            },
        ),
        Role(
            "editor",
            lazy_gettext("Editor"),
            lazy_gettext("Looks at everything, creates, edits, deletes, exports and undoes."),
            {RECORDS: allow("view create edit delete bulk export undo")},
        ),
        Role(
            "viewer",
            lazy_gettext("Viewer"),
            lazy_gettext("Looks at everything, and changes nothing."),
            {RECORDS: allow("view")},
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


def may(administrator: Grant | None, permission: str, table: str | None = None) -> bool:
    """Whether this person has one of PERMISSIONS on rows of `table`; without one, on those of any."""
    if permission not in PERMISSIONS:
        raise ValueError(permission)
    if administrator is None or administrator.disabled_at is not None:
        return False
    role = ROLES.get(administrator.role)
    return role is not None and role.allows(permission, table)


def require(administrator: Grant | None, permission: str, table: str | None = None) -> None:
    """Raise Forbidden unless this person has a permission on rows of `table`."""
    if not may(administrator, permission, table):
        raise because(Forbidden, FORBIDDEN)


def roles_that_may(permission: str) -> list[str]:
    """The names of the roles that have a permission on rows of some table."""
    return [role.name for role in ROLES.values() if role.allows(permission)]


def matrix() -> str:
    """All of it as a table in Markdown: a row for each table, a column for each role."""
    tables = dict.fromkeys(table for role in ROLES.values() for table in role.permissions)
    rows = [["table", *ROLES], ["---"] * (len(ROLES) + 1)]
    for table in tables:
        allowed = (role.allowed_on(table) for role in ROLES.values())
        named = (", ".join(one for one in PERMISSIONS if one in some) or "-" for some in allowed)
        rows.append([table, *named])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

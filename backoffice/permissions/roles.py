"""The roles, each a set of acts. Tables that are the console's own are for administering accounts."""

from datetime import datetime
from typing import Protocol

from flask_babel import gettext as _

from backoffice.exceptions import Forbidden
from backoffice.models import Administrator

VIEWING = frozenset({"view"})
EDITING = VIEWING | {"create", "edit", "delete", "bulk", "export", "undo"}
ACTS = EDITING | {"administer"}

ROLES: dict[str, frozenset[str]] = {
    "administrator": ACTS,
    "editor": EDITING,
    "viewer": VIEWING,
}


class Grant(Protocol):
    """What there is to know of a person: their role, and since when it does not count."""

    @property
    def role(self) -> str: ...
    @property
    def disabled_at(self) -> datetime | None: ...


def may(administrator: Grant | None, act: str, table: str | None = None) -> bool:
    """Whether this person may do `act` (one of ACTS) to rows of `table`."""
    if act not in ACTS:
        raise ValueError(act)
    if administrator is None or administrator.disabled_at is not None:
        return False
    if table == Administrator.__tablename__:
        act = "administer"
    return act in ROLES.get(administrator.role, frozenset())


def require(administrator: Grant | None, act: str, table: str | None = None) -> None:
    """Raise Forbidden unless this person may do `act` to rows of `table`."""
    if not may(administrator, act, table):
        raise Forbidden(_("Your role does not allow this."))

"""Of which tables the person who is signed in may be shown what was done to their rows."""

from backoffice.console.http import person
from backoffice.permissions import GRANTS, may
from backoffice.registry import registry


def hidden_tables() -> list[str]:
    """The tables that the person who is signed in may not look at, and so nothing that was done to them."""
    hidden = [view.table for view in registry().views if not view.allows("view")]
    return hidden if may(person(), "view", GRANTS) else [*hidden, GRANTS]


def may_see(table: str | None) -> bool:
    """Whether what was done to this table may be looked at."""
    return table not in hidden_tables() and may(person(), "view", table)

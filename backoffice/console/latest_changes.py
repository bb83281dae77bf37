"""The latest changes, in words: who, what and when."""

from collections.abc import Collection
from typing import Any

from flask_babel import format_decimal, lazy_gettext, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.cells import Cell
from backoffice.extensions import db
from backoffice.models import Operation

SHOWN = 6
# Of these the ones that a person may see are shown: looking further back could take long.
LOOKED_AT = 60

WORDS = {
    "create": lazy_gettext("Created %(what)s"),
    "update": lazy_gettext("Changed %(what)s"),
    "delete": lazy_gettext("Deleted %(what)s"),
    "grant": lazy_gettext("Gave access to %(what)s"),
    "revoke": lazy_gettext("Took access from %(what)s"),
    "disable": lazy_gettext("Disabled %(what)s"),
    "enable": lazy_gettext("Enabled %(what)s"),
    "password:change": lazy_gettext("Set a password"),
    "password:renew": lazy_gettext("Stored a password more safely"),
    "seed": lazy_gettext("Added sample data: %(what)s"),
    "orm": lazy_gettext("Changed %(what)s"),
}


def change_columns() -> list[dict[str, Any]]:
    """The headings of their table."""
    return [
        {"label": _("Change"), "kind": "text", "wide": True},
        {"label": _("Who"), "kind": "text"},
        {"label": _("When"), "kind": "datetime"},
    ]


def latest_changes(tables: Collection[str]) -> list[list[Cell]]:
    """The latest changes to these tables, for a small table: what, who and when of each."""
    statement = select(Operation).order_by(Operation.id.desc()).limit(LOOKED_AT)
    seen = [act for act in db.session.scalars(statement) if act.table_name in {None, *tables}]
    return [
        [Cell("text", words_of(act)), Cell("text", act.actor_name), Cell("datetime", act.started_at)]
        for act in seen[:SHOWN]
    ]


def words_of(act: Operation) -> str:
    """What was done, in a few words; a kind that has none is shown as it is."""
    words: Any = WORDS.get(act.kind.partition(":")[2] or act.kind)
    if words is None:
        return f"{act.kind}, {_rows(act)}"
    return str(words) % {"what": act.selection or _rows(act)}


def _rows(act: Operation) -> str:
    number = format_decimal(act.changed_rows)
    rows = str(ngettext("%(number)s row", "%(number)s rows", act.changed_rows, number=number))
    return rows if act.table_name is None else f"{rows} ({act.table_name})"

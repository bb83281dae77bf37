"""The latest changes, in words: who, what and when."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.cells import Cell
from backoffice.console.operation_access import in_view
from backoffice.console.operation_addresses import operation_url
from backoffice.console.operation_words import actor_words, words_of
from backoffice.extensions import db
from backoffice.models import Operation

SHOWN = 6


def change_columns() -> list[dict[str, Any]]:
    """The headings of their table."""
    return [
        {"label": _("Change"), "kind": "text", "wide": True},
        {"label": _("Who"), "kind": "text"},
        {"label": _("When"), "kind": "datetime"},
    ]


def latest_changes() -> list[list[Cell]]:
    """The latest changes that this person may see, for a small table: what, who and when of each."""
    seen = select(Operation).where(in_view(Operation.table_name)).order_by(Operation.id.desc()).limit(SHOWN)
    return [
        [
            Cell("text", words_of(act), operation_url(act.id)),
            Cell("text", actor_words(act)),
            Cell("datetime", act.started_at),
        ]
        for act in db.session.scalars(seen)
    ]

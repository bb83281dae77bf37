"""What can be done with the rows that are ticked in a list, or with all that match."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


@dataclass(frozen=True)
class BulkAction:
    """An action that keeps the rows as a selection, and goes on to the page `endpoint`, which asks.

    `name` is what its button sends, and the permission that it needs beside that for bulk work.
    """

    name: str
    label: str
    icon: str
    endpoint: str
    dangerous: bool = False

    def is_offered(self, view: "RecordView") -> bool:
        """Whether the person who is signed in may do it in this view."""
        return view.allows(self.name) and bool(self.name != "edit" or view.bulk_edit_columns)


BULK_ACTIONS = {
    action.name: action
    for action in (
        BulkAction("delete", lazy_gettext("Delete…"), "trash", "selection_view", dangerous=True),
        BulkAction("edit", lazy_gettext("Edit…"), "pencil", "edit_selection_view"),
    )
}


def ticked_actions(view: "RecordView") -> list[dict[str, object]]:
    """What the page of a list offers to do with the rows that are ticked: ours, and the view's own."""
    if not view.allows("bulk"):
        return []
    offered = [action for action in BULK_ACTIONS.values() if action.is_offered(view)]
    return [
        *({"name": a.name, "label": a.label, "icon": a.icon, "dangerous": a.dangerous} for a in offered),
        *(
            {"name": name, "label": label, "icon": "play", "dangerous": False}
            for name, label in view.own_actions
            if name not in BULK_ACTIONS and view.is_action_allowed(name)
        ),
    ]

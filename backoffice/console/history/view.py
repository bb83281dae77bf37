"""Everything that was done: the list of it, the page of each operation, and undoing it."""

from typing import Any, ClassVar

from flask_babel import gettext as _

from backoffice.console.base import ConsoleView
from backoffice.console.history.detail import OperationPages
from backoffice.console.history.list import OperationList
from backoffice.console.history.record import RecordHistory
from backoffice.console.history.restore import ReturnPages
from backoffice.console.history.trash import TrashPages
from backoffice.console.history.undo import UndoPages
from backoffice.console.history.versions import VersionPages


class HistoryView(
    OperationList,
    OperationPages,
    UndoPages,
    RecordHistory,
    VersionPages,
    TrashPages,
    ReturnPages,
    ConsoleView,
):
    """`/admin/history/`. Nothing in it can be edited: what is sent here stops an operation, or undoes it."""

    icon = "clock-history"
    acts: ClassVar[dict[str, str]] = {
        "index_view": "view",
        "details_view": "view",
        "progress_view": "view",
        "cancel_view": "bulk",
        "undo_view": "undo",
        "record_view": "view",
        "version_view": "view",
        "trash_view": "view",
        "return_view": "undo",
    }

    def further_links(self) -> list[dict[str, Any]]:
        return [{"label": _("Trash"), "icon": "trash", "endpoint": "history.trash_view"}]

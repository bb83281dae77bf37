"""Everything that was done: the list of it, the page of each operation, and undoing it."""

from typing import ClassVar

from backoffice.console.base import ConsoleView
from backoffice.console.operation_list import OperationList
from backoffice.console.operation_pages import OperationPages
from backoffice.console.undo_pages import UndoPages


class HistoryView(OperationList, OperationPages, UndoPages, ConsoleView):
    """`/admin/history/`. Nothing in it can be edited: what is sent here stops an operation, or undoes it."""

    icon = "clock-history"
    acts: ClassVar[dict[str, str]] = {
        "index_view": "view",
        "details_view": "view",
        "progress_view": "view",
        "cancel_view": "bulk",
        "undo_view": "undo",
    }

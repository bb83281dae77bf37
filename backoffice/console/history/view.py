"""Everything that was done: the list of it, the page of each operation, and undoing it."""

from flask_babel import gettext as _

from backoffice.console.base import ConsoleView
from backoffice.console.history.detail import CancelPage, OperationPage, ProgressPage, ResumePage
from backoffice.console.history.list import OperationExportPage, OperationListPage
from backoffice.console.history.record import RecordHistoryPage
from backoffice.console.history.restore import RestorePage
from backoffice.console.history.trash import TrashPage
from backoffice.console.history.undo import UndoPage
from backoffice.console.history.versions import VersionPage
from backoffice.console.page import page


class HistoryView(ConsoleView):
    """`/admin/history/`. Nothing in it can be edited: what is sent here stops an operation, or undoes it."""

    icon = "clock-history"

    index_view = page("/", OperationListPage, "view")
    export = page("/export/<export_type>/", OperationExportPage, "export")
    details_view = page("/details/", OperationPage, "view")
    progress_view = page("/progress/", ProgressPage, "view")
    cancel_view = page("/cancel/", CancelPage, "bulk")
    resume_view = page("/resume/", ResumePage, "bulk")
    undo_view = page("/undo/", UndoPage, "undo")
    record_view = page("/record/", RecordHistoryPage, "view")
    version_view = page("/version/", VersionPage, "view")
    trash_view = page("/trash/", TrashPage, "view")
    return_view = page("/return/", RestorePage, "undo")

    def further_links(self) -> list[dict[str, str]]:
        return [{"label": _("Trash"), "icon": "trash", "endpoint": "history.trash_view"}]

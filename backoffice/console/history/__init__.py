"""What was done: operations, changes, each record's history, the trash, undoing."""

from backoffice.console.history.access import in_view
from backoffice.console.history.facts import WAYS
from backoffice.console.history.view import HistoryView

__all__ = ["WAYS", "HistoryView", "in_view"]

"""What the pages over the records of a table share: the view that they are handed."""

from typing import TYPE_CHECKING

from backoffice.console.base import Page

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class RecordPage(Page):
    """A page over the records of a table."""

    view: "RecordView"

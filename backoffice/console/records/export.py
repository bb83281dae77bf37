"""The list as a file."""

from typing import TYPE_CHECKING

from backoffice.console.lists import FilePage, ListSource
from backoffice.console.records.list_source import source_of

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class ExportPage(FilePage):
    """`/export/csv/`, `/export/jsonl/`."""

    view: "RecordView"

    @property
    def noun(self) -> str:  # type: ignore[override]
        return self.view.table

    def source(self) -> ListSource:
        return source_of(self.view)

"""The addresses of the pages over the records of a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from flask import url_for

from backoffice.console.http import address_of
from backoffice.models import RowKey

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class RecordUrls:
    """By name and key. By hand: a list has hundreds, and `url_for` would take longer than the database."""

    def __init__(self, view: "RecordView") -> None:
        self._view = view
        self._history = f"?table={quote_plus(view.table)}&key="

    def page(self, name: str, **arguments: Any) -> str:
        """The page of this name of the view; arguments that it does not take make its query."""
        return url_for(f"{self._view.endpoint}.{name}", **arguments)

    def list(self) -> str:
        """The list, as it is when it is opened."""
        return address_of(f"{self._view.endpoint}.index_view")

    def details(self, key: RowKey) -> str:
        """Where a record is read."""
        return self.of_record("details_view", key)

    def edit(self, key: RowKey) -> str | None:
        """Where a record is edited, for those who may."""
        if not self._view.allows("edit") or not self._view.is_editable(key):
            return None
        return self.of_record("edit_view", key)

    def history(self, key: RowKey) -> str:
        """Where the changes to a record are read, also when it is gone."""
        return f"{address_of('history.record_view')}{self._history}{_in_address(key)}"

    def of_record(self, name: str, key: RowKey) -> str:
        """A page of the view that is about one record."""
        return f"{address_of(f'{self._view.endpoint}.{name}')}?id={_in_address(key)}"

    def breadcrumbs(self, key: RowKey | None = None) -> Sequence[dict[str, str]]:
        """The way to a page below the list, or below a record."""
        steps = [{"label": self._view.title, "url": self.list()}]
        if key is not None:
            steps.append({"label": self._view.name_of_key(key), "url": self.details(key)})
        return steps


def _in_address(key: RowKey) -> str:
    return str(key) if isinstance(key, int) else quote_plus(str(key))

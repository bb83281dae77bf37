"""The tables that an application's console knows: asked for by table or by model."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app

from backoffice.exceptions import NotFound
from backoffice.history import Facts, about_row
from backoffice.models import RowKey
from backoffice.reasons import UNKNOWN_TABLE, because
from backoffice.registry.bulk_target import BulkTarget
from backoffice.registry.guard import Guard
from backoffice.registry.table_view import TableView

EXTENSION = "backoffice_registry"


class Registry:
    """The views over tables, and the guards of tables. A worker makes the same application, with the same."""

    def __init__(self) -> None:
        self._views: dict[str, TableView] = {}
        self._guards: dict[str, Guard] = {}

    def register(self, view: TableView) -> None:
        """Have a view answer for its table; the first one of a table does."""
        if self._views.setdefault(view.table, view) is view:
            self._guards.setdefault(view.table, Guard(view.bulk_target().protect))

    def guard(self, table: str, guard: Guard) -> None:
        """Have the rows of a table guarded in whatever is done to many, or undone."""
        self._guards[table] = guard

    @property
    def views(self) -> Sequence[TableView]:
        """The views over tables, in the order in which they were registered."""
        return list(self._views.values())

    def view_of(self, table: str | type[Any]) -> TableView | None:
        """The view over a table, or over the table of a model; None where there is none."""
        name = table if isinstance(table, str) else table.__table__.name
        return self._views.get(name)

    def about(self, table: str, key: RowKey) -> Facts:
        """A row as an operation keeps it: its key, and what it is called now."""
        view = self.view_of(table)
        name = view.name_of_key(key) if view is not None else None
        return about_row(key, None if name == f"#{key}" else name)

    def target_of(self, table: str) -> BulkTarget:
        """What bulk work knows of a table. Raises NotFound where it is none that the console shows."""
        view = self.view_of(table)
        if view is None:
            raise because(NotFound, UNKNOWN_TABLE)
        return view.bulk_target()

    def guard_of(self, table: str) -> Guard | None:
        """What guards the rows of a table; None where nothing does."""
        return self._guards.get(table)


def make_registry(app: Flask) -> Registry:
    """Give the application a registry."""
    made = app.extensions[EXTENSION] = Registry()
    return made


def registry(app: Flask | None = None) -> Registry:
    """That of an application, or else of the one at work."""
    found: Registry = (app or current_app).extensions[EXTENSION]
    return found

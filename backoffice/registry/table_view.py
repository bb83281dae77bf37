"""What others ask of the view over a table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

from backoffice.listing import Column, Columns, Relation
from backoffice.models import RowKey
from backoffice.registry.bulk_target import BulkTarget
from backoffice.registry.heading import Heading


class TableView(Protocol):
    """A view over the records of one table, as other rooms see it. `RecordView` of the console is one."""

    endpoint: str
    model: type[DeclarativeBase]
    # The table, and its name.
    sql_table: Table
    table: str
    # What its records are called: the heading, one, several.
    title: str
    singular: str
    plural: str
    columns: Columns
    details_columns: list[Column]
    # The column by which a record is called, and by which column of the other table a relation is shown.
    name_column: str
    relation_labels: Mapping[str, str]

    @property
    def form_class(self) -> Callable[..., Any]:
        """The form over one record."""

    def allows(self, permission: str) -> bool:
        """Whether the person who is signed in may do this here."""

    def key_of(self, record: object) -> RowKey:
        """The key of a record."""

    def name_of(self, record: object) -> str:
        """What a record is called."""

    def name_of_key(self, key: RowKey) -> str:
        """What the record with this key is called now."""

    def called(self, name: object, key: RowKey) -> str:
        """What a record is called whose column for that holds `name`."""

    def counted(self, count: int, number: str | None = None) -> str:
        """A number of records, in words; `number` says it where it is not known exactly."""

    def details_url(self, key: RowKey) -> str:
        """The page of the record with this key."""

    def edit_url(self, key: RowKey) -> str | None:
        """Where the record is edited, for those who may."""

    def breadcrumbs(self, key: RowKey | None = None) -> Sequence[dict[str, str]]:
        """The way to a page below the list, or below a record."""

    def heading(self, column: Column) -> Heading:
        """A column as the tables' headings show it."""

    def before_save(self, form: Any, record: Any) -> None:
        """Check what is to be saved by the view's own rules. Raises Invalid."""

    def related_url(self, relation: Relation, key: RowKey) -> str | None:
        """The page of the record that one refers to, if there is one that this person may open."""

    def bulk_target(self) -> BulkTarget:
        """What bulk work knows of the table."""

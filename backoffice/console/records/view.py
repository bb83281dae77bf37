"""The pages over the records of one table: what every view of an application's tables derives from."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from flask_admin.helpers import prettify_class_name
from flask_babel import format_decimal, lazy_gettext
from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase, Session

from backoffice.console.base import ConsoleView
from backoffice.console.flask_admin_private import DeclaredView
from backoffice.console.page import page
from backoffice.console.records.autocomplete import LookupPage, NoListEditingPage
from backoffice.console.records.autosave_pages import DiscardPage, DraftPage
from backoffice.console.records.bulk_delete import BulkDeletePage
from backoffice.console.records.bulk_edit import BulkEditPage
from backoffice.console.records.bulk_select import ActionPage, DeletePage, bulk_target
from backoffice.console.records.cells import RecordCells
from backoffice.console.records.declarations import (
    bulk_form,
    columns_of,
    every_column,
    first_text,
    form_names,
    record_form,
)
from backoffice.console.records.details import DetailsPage
from backoffice.console.records.edit import CreatePage, EditPage
from backoffice.console.records.export import ExportPage
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.list import ListPage
from backoffice.console.records.unsaved import answer_to_stranger
from backoffice.console.records.urls import RecordUrls
from backoffice.extensions import db
from backoffice.listing import Column, Columns, Relation, table_of
from backoffice.models import RowKey, find_row, key_column
from backoffice.registry import BulkTarget, Heading

HISTORY = lazy_gettext("History")


class RecordView(ConsoleView, DeclaredView):
    """A Flask-Admin ModelView, with lists that page by key, forms of ours, and bulk work that can be undone.

    It is declared in Flask-Admin's words: `column_list`, `column_filters`, `column_searchable_list`,
    `column_sortable_list`, `column_default_sort`, `column_labels`, `column_details_list`,
    `column_export_list`, `form_columns`, `form_args`, `form_overrides`, `can_create`, `can_edit`,
    `can_delete`, `can_export`; and in those below. Raises ValueError, when it is made, where it names a
    column that is secret, or one that cannot do what it is named for.
    """

    # What the records are called: the heading, one, several. Made from the model's name where not given.
    title: str = ""
    singular: str = ""
    plural: str = ""
    # The column by which a record is called; the first text that is shown, or its key, where not given.
    name_column: str = ""
    # The column of a list that takes the room that is left, and is cut where it is too long.
    wide_column: str | None = None
    # By which column of the other table a relation is shown: {"author": "username"}.
    relation_labels: Mapping[str, str] = {}
    # What the columns are called, by their names.
    column_labels: Mapping[str, str] | None = None
    # Which fields of the form can be given to many records at once: none that has to be unique.
    bulk_edit_columns: Sequence[str] = ()
    # Whether the list can be had as a file.
    can_export = True
    # Whether somebody may be let into the console by a row of this table: see `is_access`.
    holds_access = False

    # The pages, each with what whoever opens it must be allowed. A subclass replaces one by a page of its own
    # (`index_view = page("/", MyListPage, "view")`), or by a function, which may call `super()`'s.
    index_view = page("/", ListPage, "view")
    details_view = page("/details/", DetailsPage, "view")
    create_view = page("/new/", CreatePage, "create")
    edit_view = page("/edit/", EditPage, "edit")
    draft_view = page("/draft/", DraftPage, "view")
    discard_view = page("/draft/discard/", DiscardPage, "view")
    delete_view = page("/delete/", DeletePage, "delete")
    action_view = page("/action/", ActionPage, "bulk")
    selection_view = page("/selection/<token>/", BulkDeletePage, "delete")
    edit_selection_view = page("/selection/<token>/edit/", BulkEditPage, "edit")
    export = page("/export/<export_type>/", ExportPage, "export")
    ajax_lookup = page("/ajax/lookup/", LookupPage, "view")
    ajax_update = page("/ajax/update/", NoListEditingPage, "edit")

    # The table, and what is made of the declarations when the view is.
    table: str
    sql_table: Table
    columns: Columns
    export_columns: Columns
    details_columns: list[Column]
    form_names: list[str]
    # What the form shows and has no field for.
    read_only_names: list[str]
    form_class: type[RecordForm]
    bulk_form_class: type[RecordForm]

    def __init__(self, model: type[DeclarativeBase], **kwargs: Any) -> None:
        self.sql_table = table_of(model.__mapper__)
        self.table = self.sql_table.name
        self.singular = self.singular or prettify_class_name(model.__name__).lower()
        self.plural = self.plural or f"{self.singular}s"
        self.title = self.title or str(self.plural).capitalize()
        self.urls, self.cells = RecordUrls(self), RecordCells(self)
        super().__init__(model, db, **{"name": self.title, **kwargs})

    def declared(self) -> None:
        """Make the columns and forms of the declarations."""
        self.column_labels = self.column_labels or {}
        shown = self.column_list or every_column(self.model)
        self.columns = columns_of(self, shown)
        self.export_columns = columns_of(self, self.column_export_list or shown)
        self.details_columns = [self.columns[name] for name in self.column_details_list or shown]
        self.name_column = self.name_column or first_text(self.columns)
        self.form_names, self.read_only_names = form_names(self)
        self.form_class = record_form(self, self.form_names)
        self.bulk_form_class = bulk_form(self)

    # Hooks for a view of one's own

    def allows(self, permission: str) -> bool:
        """Whether the view is declared with this (`can_edit` ...), and the person's role allows it."""
        return self.offers(permission) and super().allows(permission)

    def offers(self, permission: str) -> bool:
        """Whether the view is declared with this (`can_edit` ...), whoever asks."""
        return bool(getattr(self, f"can_{permission}", True))

    def is_editable(self, key: RowKey) -> bool:
        """Whether the person who is signed in, who may edit records, may edit this one; asked for each."""
        return True

    def links(self, key: RowKey) -> list[dict[str, str]]:
        """What belongs to a record, or can be done with it: label, url and icon of each."""
        return [{"label": HISTORY, "icon": "clock-history", "url": self.urls.history(key)}]

    def before_save(self, form: RecordForm, record: Any) -> None:
        """Called inside the transaction, before what was edited is written to `record`.

        May raise Invalid, with the name of the field; then nothing is saved and the form shows it. It is
        called again where the transaction has to be, because the database was busy with others'.
        """

    def protected(self, session: Session, keys: Collection[RowKey]) -> Mapping[RowKey, str]:
        """The rows among these that bulk work may not touch, with the reason; asked when it writes, too."""
        return {}

    def is_access(self, keys: Collection[RowKey]) -> bool:
        """Whether somebody who may enter the console goes with these rows."""
        return False

    def redirect_to_login(self, name: str) -> ResponseReturnValue:
        """The answer of the page `name` to those who are not signed in; what they typed is kept."""
        return answer_to_stranger(self, name) or super().redirect_to_login(name)

    # What a record is, and is called

    def record_or_404(self, key: str | None) -> Any:
        """The record with this key, as an address names it; whatever names none is a page not found."""
        record = find_row(db.session, self.model, key)
        return record if record is not None else abort(404)

    def key_of(self, record: object) -> RowKey:
        """The key of a record."""
        attribute = self.model.__mapper__.get_property_by_column(key_column(self.sql_table)).key
        key: RowKey = getattr(record, attribute)
        return key

    def name_of(self, record: object) -> str:
        """What a record is called on pages and in messages."""
        return self.called(getattr(record, self.name_column), self.key_of(record))

    def name_of_key(self, key: RowKey) -> str:
        """What the record with this key is called."""
        record = db.session.get(self.model, key)
        return self.name_of(record) if record is not None else f"#{key}"

    def called(self, name: object, key: RowKey) -> str:
        """What a record is called whose column for that holds `name`."""
        text = " ".join(str(name).split()) if name not in (None, "") else f"#{key}"
        return text if len(text) <= 60 else f"{text[:59]}…"

    def counted(self, count: int, number: str | None = None) -> str:
        """A number of records, in words; `number` says it where it is not known exactly."""
        return f"{number or format_decimal(count)} {self.singular if count == 1 else self.plural}"

    # What others ask: see `registry.TableView`

    def details_url(self, key: RowKey) -> str:
        """Where the record is read."""
        return self.urls.details(key)

    def edit_url(self, key: RowKey) -> str | None:
        """Where the record is edited, for those who may."""
        return self.urls.edit(key)

    def breadcrumbs(self, key: RowKey | None = None) -> Sequence[dict[str, str]]:
        """The way to a page below the list, or below a record."""
        return self.urls.breadcrumbs(key)

    def heading(self, column: Column) -> Heading:
        """A column as the tables' headings show it."""
        return self.cells.heading(column)

    def related_url(self, relation: Relation, key: RowKey) -> str | None:
        """The page of the record that one refers to, if there is one that this person may open."""
        return self.cells.related_url(relation, key)

    def bulk_target(self) -> BulkTarget:
        """What bulk work knows of the table, here and in a worker."""
        return bulk_target(self)

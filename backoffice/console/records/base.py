"""What the pages over the records of one table share: its columns, and what its records are called."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import quote_plus

from flask import abort, g, request, url_for
from flask_admin.contrib.sqla import ModelView
from flask_babel import force_locale, format_decimal, lazy_gettext
from sqlalchemy import Table, inspect

from backoffice.console.base import ConsoleView
from backoffice.console.presenters import ENGLISH, Cell, cell
from backoffice.extensions import db
from backoffice.listing import Columns, Kind, Relation
from backoffice.models import is_secret, key_column, parse_key

HISTORY = lazy_gettext("History")
# What a view of Flask-Admin can be declared without.
SWITCHES = {"create": "can_create", "edit": "can_edit", "delete": "can_delete", "export": "can_export"}


class Records(ConsoleView, ModelView):
    """A Flask-Admin ModelView, with lists that page by key and forms of ours. See `RecordView`."""

    column_labels: dict[str, Any]
    can_export = True
    icon = "table"
    # What the records are called: the heading, one, several. Made from the model's name where not given.
    title: Any = None
    singular: Any = None
    plural: Any = None
    # The column by which a record is called; its key, where there is none.
    name_column: str | None = None
    # The column that takes the room that is left.
    wide_column: str | None = None
    # Which fields of the form can be given to many records at once: none that has to be unique.
    bulk_edit_columns: Sequence[str] = ()
    # By which column of the other table a relation is shown.
    relation_labels: ClassVar[dict[str, str]] = {}

    def __init__(self, model: type[Any], *args: Any, **kwargs: Any) -> None:
        self.table = model.__tablename__
        self.singular = self.singular or self._prettify_class_name(model.__name__).lower()
        self.plural = self.plural or f"{self.singular}s"
        self.history_path = f"/admin/history/record/?table={quote_plus(self.table)}&key="
        self.title = self.title or str(self.plural).capitalize()
        super().__init__(model, db, *args, name=kwargs.pop("name", self.title), **kwargs)

    @property
    def sql_table(self) -> Table:
        """The table as the model declares it."""
        table: Table = self.model.__table__
        return table

    def allows(self, act: str) -> bool:
        """Whether the view declares that this can be done at all, and the person's role allows it."""
        return bool(getattr(self, SWITCHES.get(act, ""), True)) and super().allows(act)

    def _refresh_cache(self) -> None:
        """Instead of what Flask-Admin makes of the declarations."""
        self.column_labels = self.column_labels or {}
        shown = self.column_list or self._every_column()
        self.columns = self._make_columns(shown)
        self.export_columns = self._make_columns(self.column_export_list or shown)
        self.details_columns = [self.columns[name] for name in self.column_details_list or shown]
        self.name_column = self.name_column or self._first_text()
        self.filter_choices: dict[str, list[dict[str, Any]]] = {}

    def scaffold_auto_joins(self) -> list[Any]:
        """None: a list joins what it shows, and nothing else."""
        return []

    def _make_columns(self, shown: Iterable[str]) -> Columns:
        return Columns(
            self.model,
            shown,
            filters=self.column_filters or (),
            search=self.column_searchable_list or (),
            sort=self.column_sortable_list or (),
            order=self._declared_order(),
            display=self.relation_labels,
            labels=self.column_labels,
        )

    def _declared_order(self) -> str | None:
        """Flask-Admin's `("timestamp", True)` as an address says it: `-timestamp`.

        A list of two of them names the primary key second, by which ties go: `-timestamp,id`.
        """
        declared = self.column_default_sort
        if declared is None or isinstance(declared, str):
            return declared
        pairs = declared if isinstance(declared, list) else [declared]
        return ",".join(f"-{name}" if descending else str(name) for name, descending in pairs)

    def _every_column(self) -> list[str]:
        attributes = self.model.__mapper__.column_attrs
        return [one.key for one in attributes if not is_secret(one.columns[0].name)]

    def _first_text(self) -> str:
        texts = (column.name for column in self.columns.shown if column.kind is Kind.TEXT)
        return next(texts, self.columns.key.name)

    def _column_of(self, name: str) -> str:
        """The column that the field of a form writes."""
        mapper = inspect(self.model)
        if name in mapper.relationships:
            (column,) = mapper.relationships[name].local_columns
            return str(column.name)
        return str(mapper.columns[name].name)

    # Records

    def record_or_404(self, key: str | None) -> Any:
        """The record with this key, as an address names it; whatever names none is a page not found."""
        parsed = parse_key(self.sql_table, key)
        record = db.session.get(self.model, parsed) if parsed is not None else None
        return record if record is not None else abort(404)

    def key_of(self, record: Any) -> Any:
        """The key of a record."""
        return getattr(record, self.model.__mapper__.get_property_by_column(key_column(self.sql_table)).key)

    def name_of(self, record: Any) -> str:
        """What a record is called on pages and in messages."""
        return self.called(getattr(record, str(self.name_column)), self.key_of(record))

    def name_of_key(self, key: Any) -> str:
        """What the record with this key is called."""
        record = db.session.get(self.model, key)
        return self.name_of(record) if record is not None else f"#{key}"

    def called(self, name: Any, key: Any) -> str:
        """What a record is called whose column for that holds `name`."""
        text = " ".join(str(name).split()) if name not in (None, "") else f"#{key}"
        return text if len(text) <= 60 else f"{text[:59]}…"

    def in_history(self, *words: Any) -> str:
        """What history keeps of a selection: in English, whoever made it and whoever reads it."""
        with force_locale(ENGLISH):
            return " ".join(map(str, words))

    def counted(self, count: int, number: str | None = None) -> str:
        """A number of records, in words; `number` says it where it is not known exactly."""
        return f"{number or format_decimal(count)} {self.singular if count == 1 else self.plural}"

    # Cells

    def cells_of(self, row: Any, columns: Sequence[Any]) -> list[Cell]:
        """The values of a row that was read with `columns`, as the pages show them."""
        return [self.cell_of(column, getattr(row, column.name), row) for column in columns]

    def cell_of(self, column: Any, value: Any, row: Any) -> Cell:
        """One value; the record's name leads to the record, a relation to the other one."""
        if column.name == self.columns.key.name:
            return Cell("text", f"#{value}")
        if isinstance(column, Relation):
            return cell(value, self.other_url(column, getattr(row, f"{column.name}_key", None)))
        if column.name == self.name_column:
            return cell(value, self._record_url(getattr(row, self.columns.key.name, None)))
        return cell(value)

    def _record_url(self, key: Any) -> str | None:
        return None if key is None else self.edit_url(key) or self.details_url(key)

    def other_url(self, relation: Relation, key: Any) -> str | None:
        """The page of the record that this one refers to, if there is one that this person may open."""
        others = self.admin.view_of(relation.link.property.mapper.class_)
        return others.details_url(key) if key is not None and others and others.allows("view") else None

    def details_row(self, key: Any) -> Any:
        """What there is to read of the record with this key."""
        statement = self.columns.select_with_keys(self.details_columns)
        row = db.session.execute(statement.where(self.columns.key.attribute == key)).one_or_none()
        return row if row is not None else abort(404)

    def facts(self, row: Any) -> list[tuple[str, Cell]]:
        """The same, as a page shows it."""
        key = getattr(row, self.columns.key.name)
        own = self.details_url(key), self.edit_url(key)
        cells = self.cells_of(row, self.details_columns)
        return [
            (str(column.label), one._replace(url=None) if one.url in own else one)
            for column, one in zip(self.details_columns, cells, strict=True)
        ]

    def sample_columns(self) -> list[dict[str, Any]]:
        """The headings of a small table of some of the records."""
        return [self.heading(column) for column in self.columns.shown]

    def sample_rows(self, keys: Sequence[Any]) -> list[list[Cell]]:
        """The records with these keys, in this order, for a small table."""
        key = self.columns.key
        statement = self.columns.select_with_keys(self.columns.shown).where(key.attribute.in_(keys))
        rows = {getattr(row, key.name): row for row in db.session.execute(statement)}
        return [self.cells_of(rows[one], self.columns.shown) for one in keys if one in rows]

    def heading(self, column: Any) -> dict[str, Any]:
        """A column as the tables' headings show it."""
        is_key = column.name == self.columns.key.name
        kind = "key" if is_key else "datetime" if column.kind is Kind.TIME else "text"
        return {
            "name": column.name,
            "label": column.label,
            "kind": kind,
            "wide": column.name == self.wide_column,
        }

    # Ways

    def links(self, key: Any) -> list[dict[str, Any]]:
        """What belongs to a record, or can be done with it: label, url and icon of each."""
        return [{"label": HISTORY, "icon": "clock-history", "url": self.history_url(key)}]

    def history_url(self, key: Any) -> str:
        """Where the changes to a record are read, also when it is gone."""
        return f"{self._begin('history')}{_in_address(key)}"

    def edit_url(self, key: Any) -> str | None:
        """Where the record is edited, for those who may."""
        # Whether it is allowed is asked once a page, too.
        begin = self._begin("edit", "edit")
        return f"{begin}{_in_address(key)}" if begin else None

    def details_url(self, key: Any) -> str:
        """Where the record is read."""
        return self._page_of("details", key)

    def _page_of(self, page: str, key: Any) -> str:
        return f"{self._begin(page)}{_in_address(key)}"

    def _begin(self, page: str, act: str | None = None) -> str | None:
        """What the addresses of a page about a record begin with; None where `act` is not allowed.

        By hand, and once a request: a list has hundreds of these, and `url_for` would take longer than the
        database.
        """
        begun: dict[tuple[str, str, str | None], str | None] = g.setdefault("addresses", {})
        known = self.url, page, act
        if known not in begun:
            path = self.history_path if page == "history" else f"{self.url}/{page}/?id="
            begun[known] = f"{request.script_root}{path}" if act is None or self.allows(act) else None
        return begun[known]

    def breadcrumbs(self, key: Any = None) -> list[dict[str, Any]]:
        """The way to a page below the list, or below a record."""
        steps = [{"label": self.title, "url": url_for(f"{self.endpoint}.index_view")}]
        if key is not None:
            steps.append({"label": self.name_of_key(key), "url": self.details_url(key)})
        return steps


def _in_address(key: Any) -> str:
    return str(key) if isinstance(key, int) else quote_plus(str(key))

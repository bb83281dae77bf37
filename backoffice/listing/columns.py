"""What a list may show, filter, search and sort of one table: checked once, when the program starts."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapper

from backoffice.listing.choices import Choices
from backoffice.listing.column import Column, Relation, choice, own_column, relation, table_of
from backoffice.listing.kinds import SORTABLE_TYPES, Kind, is_indexed, kind_of, python_type
from backoffice.listing.operators import OPERATORS, Operator
from backoffice.listing.order import Order
from backoffice.models import key_column
from backoffice.statements import AnySelect, Expression


class Columns:
    """The columns of a mapped model that a list works with, by their names.

    `show` are read, `filters` filtered, `search` searched, `sort` sorted by; `order` holds where nobody asked
    for another one, by default that of the primary key. A relation has the name of the model's relationship,
    and `display` says by which column of the other table it is shown: `{"author": "username"}`. `labels` are
    the names of columns for people. Those in `choices` are filtered by the names of their values, those that
    are `exact` in the case of letters that is asked for.

    Raises ValueError for a column that is not there, that is secret, that no index sorts, or of a kind that
    cannot be filtered or searched; and for a model whose primary key is not one column of numbers or text.
    """

    def __init__(
        self,
        model: type[DeclarativeBase],
        show: Iterable[str],
        *,
        filters: Iterable[str] = (),
        search: Iterable[str] = (),
        sort: Iterable[str] = (),
        order: str | None = None,
        display: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        choices: Mapping[str, Choices] | None = None,
        exact: Collection[str] = (),
    ) -> None:
        self.model = model
        self.mapper: Mapper[object] = inspect(model)
        self._display, self._labels = display or {}, labels or {}
        self._choices, self._exact = choices or {}, exact
        self._columns: dict[str, Column] = {}
        self.key = self._key()
        self.shown = tuple(self[name] for name in show)
        self.searched = tuple(self._searchable(name) for name in search)
        self.sorted = tuple(self._sortable(name) for name in sort)
        self.filtered = tuple(self._filterable(name) for name in filters)
        self.arguments = self._arguments()
        self.default_order = Order.parse(order or self.key.name, self.key.name)
        self._sortable(self.default_order.column)

    def __getitem__(self, name: str) -> Column:
        """The column or relation of this name. Raises ValueError where there is none that may be seen."""
        if name not in self._columns:
            self._columns[name] = self._column(name)
        return self._columns[name]

    def order(self, text: str | None) -> Order:
        """The order that an address asks for, or the default where the list is not sorted like that."""
        return Order.parse(text, self.key.name) if text and self.sorts_by(text) else self.default_order

    def sorts_by(self, text: str) -> bool:
        """Whether the list can be sorted as an address says it."""
        return Order.parse(text, self.key.name).column in {column.name for column in self.sorted}

    def select(self, columns: Iterable[Column], *extra: Expression) -> AnySelect:
        """A statement that reads these columns by their names, and `extra`, of every row of the table."""
        columns = tuple(columns)
        statement = select(*(column.shown.label(column.name) for column in columns), *extra)
        statement = statement.select_from(self.model)
        for column in columns:
            if isinstance(column, Relation):
                statement = statement.outerjoin(column.link)
        return statement

    def select_with_keys(self, columns: Iterable[Column], *extra: Expression) -> AnySelect:
        """The same with the primary key, and of a relation `author` what it refers to, as `author_key`."""
        columns = tuple(dict.fromkeys((*columns, self.key)))
        keys = [c.attribute.label(f"{c.name}_key") for c in columns if isinstance(c, Relation)]
        return self.select(columns, *keys, *extra)

    def _column(self, name: str) -> Column:
        label = self._labels.get(name, name.replace("_", " ").capitalize())
        if name in self._display:
            return relation(self.mapper, name, self._display[name], label)
        if name in self._choices:
            return choice(self.mapper, name, label, self._choices[name])
        return own_column(self.mapper, name, label, exact=name in self._exact)

    def _key(self) -> Column:
        table = table_of(self.mapper)
        key = self[self.mapper.get_property_by_column(key_column(table)).key]
        if python_type(key.attribute) not in (int, str):
            raise ValueError(f"{table} needs a primary key of whole numbers or text")
        return key

    def _searchable(self, name: str) -> Column:
        if kind_of(self[name].searched) is not Kind.TEXT:
            raise ValueError(f"{name!r} is not text that can be searched")
        return self[name]

    def _sortable(self, name: str) -> Column:
        column = self[name]
        if isinstance(column, Relation) or python_type(column.attribute) not in SORTABLE_TYPES:
            raise ValueError(f"{name!r} is of a kind that cannot be sorted by")
        if not is_indexed(column.attribute.property.columns[0]):
            raise ValueError(f"{name!r} has no index to be sorted by")
        return column

    def _filterable(self, name: str) -> Column:
        if not OPERATORS[self[name].kind]:
            raise ValueError(f"{name!r} is of a kind that cannot be filtered")
        return self[name]

    def _arguments(self) -> dict[str, tuple[Column, Operator]]:
        """The filters by the names that they have in an address: `username_contains`."""
        arguments: dict[str, tuple[Column, Operator]] = {}
        for column in self.filtered:
            for name, operator in OPERATORS[column.kind].items():
                argument = f"{column.name}_{name}"
                if argument in arguments:
                    raise ValueError(f"{argument!r} would be a filter of two columns")
                arguments[argument] = (column, operator)
        return arguments

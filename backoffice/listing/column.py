"""One column of a list: of the table itself, or of a row that it refers to."""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import Mapper, RelationshipDirection, aliased

from backoffice.listing.choices import Choices
from backoffice.listing.kinds import Kind, kind_of
from backoffice.models import is_secret, key_column


@dataclass(frozen=True, eq=False)
class Column:
    """`name` stands in addresses and headers, `label` is for people.

    Where it is `exact`, the case of letters tells its values apart, as it does in its index.
    """

    name: str
    label: str
    kind: Kind
    attribute: Any
    exact: bool = field(default=False, kw_only=True)

    @property
    def shown(self) -> Any:
        """What is read of it."""
        return self.attribute

    @property
    def searched(self) -> Any:
        """What is looked through for a word."""
        return self.attribute


@dataclass(frozen=True, eq=False)
class Choice(Column):
    """A column whose values are chosen by their names."""

    choices: Choices


@dataclass(frozen=True, eq=False)
class Relation(Column):
    """A row of another table, referred to by the foreign key `attribute` and shown by one of its columns.

    It is joined where it is shown. Where it is looked up, by `key` and `name_column`, it stands apart.
    """

    link: Any
    joined_name: Any
    key: Any
    name_column: Any

    @property
    def shown(self) -> Any:
        return self.joined_name

    @property
    def searched(self) -> Any:
        return self.name_column


def own_column(mapper: Mapper[object], name: str, label: str, *, exact: bool = False) -> Column:
    """The column of this name. Raises ValueError where the table has none, or it is secret."""
    attribute = _readable(mapper, name)
    return Column(name, label, kind_of(attribute), attribute, exact=exact)


def choice(mapper: Mapper[object], name: str, label: str, choices: Choices) -> Choice:
    """The same, its values chosen by their names."""
    return Choice(name, label, Kind.CHOICE, _readable(mapper, name), choices=choices)


def relation(mapper: Mapper[object], name: str, display: str, label: str) -> Relation:
    """The relationship of this name, shown by the column `display` of the other table.

    Raises ValueError for anything but a many-to-one relationship by one foreign key to a primary key, and
    where the column is not there, or is secret.
    """
    link = mapper.relationships.get(name)
    if link is None or link.direction is not RelationshipDirection.MANYTOONE:
        raise ValueError(f"{mapper.local_table} has no many-to-one relation {name!r}")
    target = link.mapper
    target_key = key_column(table_of(target))
    if [remote for _, remote in link.local_remote_pairs or ()] != [target_key]:
        raise ValueError(f"{name!r} does not refer to the primary key of one table")
    foreign_key = mapper.get_property_by_column(next(iter(link.local_columns))).key
    key, shown = target.get_property_by_column(target_key).key, _readable(target, display).key
    joined, apart = aliased(target, name=name), aliased(target)
    return Relation(
        name,
        label,
        Kind.RELATION,
        _readable(mapper, foreign_key),
        link=link.class_attribute.of_type(joined),
        joined_name=getattr(joined, shown),
        key=getattr(apart, key),
        name_column=getattr(apart, shown),
    )


def table_of(mapper: Mapper[object]) -> Table:
    """The table that a model is mapped to."""
    return cast(Table, mapper.local_table)


def _readable(mapper: Mapper[object], name: str) -> Any:
    found = mapper.column_attrs.get(name)
    if found is None or found.columns[0].table is not mapper.local_table:
        raise ValueError(f"{mapper.local_table} has no column {name!r}")
    if is_secret(name) or is_secret(found.columns[0].name):
        raise ValueError(f"{name!r} is secret")
    return found.class_attribute

"""Form fields that give back what they were given: an unedited value never drifts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Mapper
from wtforms import BooleanField, Field, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput

from backoffice.extensions import db
from backoffice.models import RowKey, is_storable, key_column, parse_key


class TextField(StringField):
    """One line of text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = as_text(valuelist[0])

    def pre_validate(self, form: BaseForm) -> None:
        check_text(self.data)


class LongTextField(TextAreaField):
    """Text of several lines, which a browser sends with its own line ends."""

    process_formdata = TextField.process_formdata
    pre_validate = TextField.pre_validate


def as_text(text: str) -> str | None:
    """What was typed, with plain line ends; None for nothing."""
    return text.replace("\r\n", "\n").replace("\r", "\n") or None


def check_text(text: str | None) -> None:
    """Refuse what no database can hold."""
    if text and not is_storable(text):
        raise ValidationError(_("There is a character in here that cannot be stored."))


class Checkbox(CheckboxInput):
    """A box, and a hidden input before it: a browser sends nothing for a box that is not ticked."""

    def __call__(self, field: Field, **kwargs: object) -> Markup:
        unticked = Markup('<input type="hidden" name="{}" value="">').format(field.name)
        box: Markup = super().__call__(field, **kwargs)
        return unticked + box


class CheckboxField(BooleanField):
    """A yes or no that can be told from a field that was not on the page."""

    widget = Checkbox()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = any(valuelist)


@dataclass(frozen=True)
class RowNames:
    """What the rows of a table are called: by a column, which need not be unique, or by `#` and their key.

    Others refer to them by `referred`: their key, or another unique column.
    """

    table: Table
    referred: ColumnElement[RowKey]
    label: ColumnElement[str | None]

    @property
    def key(self) -> ColumnElement[RowKey]:
        """The primary key."""
        return key_column(self.table)

    def describe(self, referred: RowKey) -> str:
        """What the row is called that this refers to, in the way that finds it again."""
        found = select(self.label, self.key).where(self.referred == referred)
        label, key = db.session.execute(found).first() or (None, referred)
        if label and not label.startswith("#") and self.called(label) == [referred]:
            return str(label)
        return f"#{key}"

    def numbered(self, text: str) -> list[RowKey]:
        """What refers to the row whose key this text is, if there is one."""
        key = parse_key(self.table, text)
        found = db.session.scalar(select(self.referred).where(self.key == key)) if key is not None else None
        return [] if found is None else [found]

    def called(self, text: str) -> list[RowKey]:
        """What refers to rows that are called so; two at most."""
        return list(db.session.scalars(select(self.referred).where(self.label == text).limit(2)))


class ReferenceField(StringField):
    """A row of another table, by what it is called or by `#` and its key; `data` is what refers to it.

    That is its key, or its value of another unique column, `referred`.

    `label_column` holds what the rows are called, which need not be unique: where two share a name, the key
    has to be given. `attribute` is what holds the key on the record; `lookup` gives the address where rows
    are found by typing, by the name of the field.
    """

    data: Any

    def __init__(
        self,
        *args: Any,
        mapper: Mapper[object],
        referred: ColumnElement[RowKey],
        attribute: str,
        label_column: str,
        lookup: Callable[[str], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lookup = lookup
        self.attribute = attribute
        self.mapper = mapper
        self.referred = referred
        table: Table = mapper.tables[0]  # type: ignore[assignment]
        self.rows = RowNames(table, referred, mapper.columns[label_column])
        self._described: tuple[RowKey, str] | None = None

    def __call__(self, **kwargs: object) -> Markup:
        shown: Markup = super().__call__(**{"data-lookup": self.lookup_url, **kwargs})
        return shown

    @property
    def lookup_url(self) -> str:
        """Where rows are found by typing."""
        return self._lookup(self.short_name)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.describe(self.data) if self.data is not None else ""

    def process_data(self, value: object) -> None:
        attribute = self.mapper.get_property_by_column(self.referred).key
        self.data = None if value is None else getattr(value, attribute)

    def describe(self, referred: RowKey) -> str:
        """What the row is called that this refers to, in the way that finds it again; looked up once."""
        if self._described is None or self._described[0] != referred:
            self._described = referred, self.rows.describe(referred)
        return self._described[1]

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = self._resolve(text) if text else None

    def _resolve(self, text: str) -> RowKey:
        check_text(text)
        numbered = text.startswith("#")
        found = self.rows.numbered(text[1:]) if numbered else self.rows.called(text)
        if not found:
            raise ValueError(_("There is none called “%(name)s”.", name=text))
        if len(found) > 1:
            raise ValueError(_("Several are called “%(name)s”; please give the number, like #17.", name=text))
        return found[0]

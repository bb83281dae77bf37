"""Forms made from a model: the fields that a record has, and which of them were really edited."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Numeric,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapper, RelationshipProperty
from werkzeug.datastructures import MultiDict
from wtforms import DateField, DecimalField, Field, FloatField, IntegerField, SelectField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from backoffice.console.presenters import REQUIRED, SelectChoice, TranslatedForm
from backoffice.console.records.choice_fields import EnumField, FlagField
from backoffice.console.records.date_time_field import DateTimeField
from backoffice.console.records.field_values import Value, display_value, is_unchanged
from backoffice.console.records.fields import CheckboxField, LongTextField, ReferenceField, TextField
from backoffice.drivers import AsWritten, as_written
from backoffice.extensions import db
from backoffice.models import integers_of, is_secret

FIELDS: list[tuple[type[Any], type[Field]]] = [
    (Boolean, CheckboxField),
    (Enum, EnumField),
    (DateTime, DateTimeField),
    (Date, DateField),
    (Float, FloatField),
    (Numeric, DecimalField),
    (Integer, IntegerField),
    (Text, LongTextField),
    (String, TextField),
]
# What checks what was typed into a field.
Rule = Length | Callable[[BaseForm, Field], None]
NEVER_KEPT = {"password", "file", "hidden"}


class RecordForm(TranslatedForm):
    """A form over one record, or over none for a new one. `edited` names the fields with a new value.

    `original` are the values as they were shown to whoever sent the form, where that is known: the record may
    have others by now.
    """

    def __init__(
        self,
        formdata: MultiDict[str, str] | None = None,
        record: object | None = None,
        original: Mapping[str, Value] | None = None,
    ) -> None:
        super().__init__(formdata, obj=record)
        for field in self:
            _show_as_written(field)
        self.is_new = record is None
        # Whether it could not be saved now because the database was busy.
        self.is_held_up = False
        self._stated = original or {}
        # The same form as it is before anything is typed into it.
        self.shown: RecordForm = self if formdata is None else type(self)(None, record)
        self.edited = [] if formdata is None else self._edited(formdata)

    def _edited(self, formdata: MultiDict[str, str]) -> list[str]:
        """The fields that were sent with another value than they had been shown with.

        A field that was not sent is not edited; neither is one that comes back as it was shown, whatever the
        rules for new values say about it.
        """
        sent = [name for name in self._fields if name in formdata]
        return sent if self.is_new else [n for n in sent if not is_unchanged(self[n], self.original(n))]

    def original(self, name: str) -> Value:
        """What a field was shown with: as the form that was sent says, or else as the record is."""
        return self._stated[name] if name in self._stated else display_value(self.shown[name])

    @property
    def typed_fields(self) -> Iterator[Field]:
        """The fields that a person types into, except for passwords: what is in them may be kept."""
        return (field for field in self if getattr(field.widget, "input_type", "text") not in NEVER_KEPT)

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Whether what was entered can be accepted; the fields' `errors` say what cannot."""
        checked = list(self._fields) if self.is_new else self.edited
        outcomes = [self[name].validate(self) for name in checked]  # all of them: every error is wanted
        return all(outcomes)

    def take_back(self, name: str) -> None:
        """Forget that a field was edited."""
        self.edited.remove(name)

    def write_to(self, record: object) -> None:
        """Set what was edited, and nothing else."""
        for name in self.edited:
            field = self[name]
            setattr(record, getattr(field, "attribute", name), field.data)


def _show_as_written(field: Field) -> None:
    """Have a field show a value that is none of its own as the database writes it, until another is typed."""
    if isinstance(field.data, bytes):
        field.data = as_written(field.data)
    if not isinstance(field.data, AsWritten):
        return
    field.raw_data = field.raw_data or [field.data]
    if isinstance(field, SelectField):
        field.choices = [*(field.choices or ()), SelectChoice(field.data)]


def inputs_of(field: Field) -> tuple[str, ...]:
    """The names that a field is sent under: a moment has its zone beside it."""
    return (field.name, *getattr(field, "companions", ()))


def form_class(
    model: type[DeclarativeBase],
    names: Iterable[str],
    *,
    labels: Mapping[str, str],
    descriptions: Mapping[str, str],
    arguments: Mapping[str, Mapping[str, object]],
    overrides: Mapping[str, type[Field]],
    lookup: Callable[[str], str],
) -> type[RecordForm]:
    """A form with a field for each of the model's columns and many-to-one relations named in `names`.

    `overrides` gives the class of a field, `arguments` more arguments to it, by name; `lookup` the address
    where the rows that a relation can refer to are found. Raises ValueError for a secret column.
    """
    mapper: Mapper[object] = model.__mapper__
    fields = {}
    for name in names:
        common = {
            "label": labels.get(name, name.replace("_", " ").capitalize()),
            "description": descriptions.get(name, ""),
            **arguments.get(name, {}),
        }
        if name in mapper.relationships:
            common["lookup"] = lookup
        fields[name] = _field(mapper, name, common, overrides.get(name))
    return type(f"{model.__name__}Form", (RecordForm,), fields)


def has_field(model: type[Any], name: str, overrides: Mapping[str, type[Field]]) -> bool:
    """Whether the console has a field for this column or relation. Raises ValueError where it is secret."""
    mapper: Mapper[object] = model.__mapper__
    if name in mapper.relationships:
        return True
    column = mapper.columns[name]
    if is_secret(column.name):
        raise ValueError(f"{column} is secret and cannot be on a form")
    return name in overrides or any(isinstance(column.type, type_) for type_, _field in FIELDS)


def _field(mapper: Mapper[object], name: str, common: dict[str, Any], override: type[Field] | None) -> Field:
    attribute = mapper.attrs[name]
    if isinstance(attribute, RelationshipProperty):
        return _reference(attribute, common)
    column = mapper.columns[name]
    kind = override or _kind(column)
    common["validators"] = [*_presence(column, common), *_limits(column)]
    if kind is DecimalField:
        common.setdefault("places", None)  # every digit, which else would be cut
    if kind is EnumField:
        common |= {"column_type": column.type, "may_be_empty": column.nullable}
    return kind(**common)


def _kind(column: Any) -> type[Field]:
    """The field for a column of this type. Raises LookupError where there is none."""
    found = next((field for type_, field in FIELDS if isinstance(column.type, type_)), None)
    if found is None:
        raise LookupError(f"there is no field for {column}, whose type is {column.type!r}")
    return FlagField if found is CheckboxField and column.nullable else found


def _reference(relation: RelationshipProperty[object], common: dict[str, Any]) -> Field:
    ((column, referred),) = relation.local_remote_pairs
    common.setdefault("label_column", _label_column(relation.mapper))
    common["validators"] = _presence(column, common)
    attribute = relation.parent.get_property_by_column(column).key
    return ReferenceField(mapper=relation.mapper, referred=referred, attribute=attribute, **common)


def _label_column(mapper: Mapper[object]) -> str:
    """The first text that names a row: a unique one if there is."""
    texts = [c for c in mapper.columns if isinstance(c.type, String) and not is_secret(c.name)]
    return str(min(texts, key=lambda column: not column.unique).name)


def _presence(column: Any, common: dict[str, Any]) -> list[object]:
    """The view's own rules, and before them whether something has to be entered at all."""
    given = list(common.get("validators", ()))
    if any(isinstance(rule, InputRequired | Optional) for rule in given):
        return given
    filled = column.nullable or column.default is not None or column.server_default is not None
    is_optional = filled or isinstance(column.type, Boolean)
    return [Optional() if is_optional else InputRequired(REQUIRED), *given]


def _limits(column: Column[object]) -> list[Rule]:
    """What the column can hold."""
    rules: list[Rule] = []
    if isinstance(column.type, String) and not isinstance(column.type, Enum) and column.type.length:
        rules.append(Length(max=column.type.length))
    if isinstance(column.type, Integer):
        rules.append(partial(_check_width, column))
    return rules


def _check_width(column: Column[object], form: BaseForm, field: Field) -> None:
    """Whether a number fits into the column as the database has it, which may be another than the model's."""
    NumberRange(*integers_of(db.engine, column))(form, field)

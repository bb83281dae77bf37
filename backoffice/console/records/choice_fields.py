"""Fields for columns that hold one of a few values."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Enum
from wtforms import SelectField

from backoffice.console.presenters import SelectChoice

NOTHING = SelectChoice("", "")
YES_OR_NO = (SelectChoice("true", lazy_gettext("yes")), SelectChoice("false", lazy_gettext("no")))


class EnumField(SelectField):
    """One of the names of an `Enum`; `data` is what the column holds in Python: a member, or a text."""

    def __init__(self, *, column_type: Enum, may_be_empty: bool, **kwargs: Any) -> None:
        values = dict(_values(column_type))
        choices = [NOTHING] if may_be_empty else []
        choices += [SelectChoice(name) for name in values]
        by_name = {"": None, **values}

        def coerce(one: object) -> object:
            return by_name.get(one, one) if type(one) is str else one  # a member can be a text too

        super().__init__(choices=choices, coerce=coerce, **kwargs)


def _values(column_type: Enum) -> Iterable[tuple[str, object]]:
    """The names that the database holds, and what each of them is in Python."""
    if column_type.enum_class is None:
        return zip(column_type.enums, column_type.enums, strict=True)
    members = [*column_type.enum_class]
    if len(members) < len(column_type.enums):  # with `omit_aliases=False`
        members = [*column_type.enum_class.__members__.values()]
    return zip(column_type.enums, members, strict=True)


class FlagField(SelectField):
    """Yes, no, or nothing: what a column of booleans holds that may be NULL."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[NOTHING, *YES_OR_NO], coerce=_flag, **kwargs)


def _flag(value: object) -> bool | None:
    match value:
        case "" | None:
            return None
        case "true" | "false":
            return value == "true"
        case str():
            raise ValueError(value)
        case _:
            return bool(value)

"""The filters of a list as its page shows them: chips, and the menu from which they are added."""

from functools import lru_cache
from typing import TypedDict

from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from backoffice.console.lists.address import ListAddress
from backoffice.listing import Choice, Columns, Filter, Group, Kind


class FilterChoice(TypedDict):
    """One filter that can be added: its name in an address, what it asks, and the input of its value."""

    name: str
    label: str
    kind: str
    hint: str
    column: str


class FilterGroup(TypedDict):
    """The filters of one column."""

    label: str
    operations: list[FilterChoice]


def chip(one: Filter, address: ListAddress) -> dict[str, object]:
    """A filter that is set: what it says, what is wrong with it, and the list without it."""
    label, words = str(one.column.label), str(one)
    begins = words.startswith(label)
    others = [pair for pair in address.state().items(multi=True) if pair != (one.argument, one.text)]
    return {
        "label": label if begins else "",
        "words": words.removeprefix(label).strip() if begins else words,
        "error": one.error,
        "remove_url": address.of(MultiDict(others)),
    }


def choices_of(columns: Columns) -> dict[str, list[Group]]:
    """What there is to choose of those columns that are filtered so, by their names."""
    chosen = (column for column in columns.filtered if isinstance(column, Choice))
    return {column.name: list(column.choices.groups()) for column in chosen}


def filter_menu(columns: Columns) -> list[FilterGroup]:
    """What there is to filter by, by column."""
    return _filter_menu(columns, str(get_locale()))


@lru_cache(maxsize=256)
def _filter_menu(columns: Columns, _language: str) -> list[FilterGroup]:
    """Made once in each language."""
    groups: dict[str, FilterGroup] = {}
    for argument, (column, operator) in columns.arguments.items():
        group = groups.setdefault(column.name, {"label": str(column.label), "operations": []})
        kind, hint = _input(column.kind, argument) if operator.takes_value else ("none", "")
        label = operator.describe(column, "").strip()
        group["operations"].append(
            {"name": argument, "label": label, "kind": kind, "hint": hint, "column": column.name}
        )
    return list(groups.values())


def _input(kind: Kind, argument: str) -> tuple[str, str]:
    """The kind of input that takes the value of a filter, and an example."""
    if argument.endswith("_between"):
        return "text", "2024-01-01..2024-01-31"
    if argument.endswith("_list"):
        return "text", "susan, john"
    match kind:
        case Kind.RELATION:
            return "text", "susan, #17"
        case Kind.TIME:
            return "date", "2024-01-31"
        case Kind.CHOICE:
            return "choice", ""
        case _:
            return "text", ""

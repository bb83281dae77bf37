"""The filters of a list as its page shows them: chips, and the menu from which they are added."""

from functools import lru_cache
from typing import TypedDict

from flask_babel import get_locale

from backoffice.console.lists.address import ListAddress
from backoffice.console.lists.mistakes import meant_words, shortened
from backoffice.listing import Choice, Columns, Filter, Group, Kind, Mistake, Operator


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
    return {
        "label": label if begins else "",
        "words": words.removeprefix(label).strip() if begins else words,
        "error": one.error,
        "remove_url": address.without(one.argument, one.text),
    }


def red_chip(one: Mistake, address: ListAddress) -> dict[str, object]:
    """What is not understood, why not, and the list without it, or with what may have been meant."""
    meant = None if one.meant is None else address.without(one.argument, one.text, one.meant)
    return {
        **plain_chip(one, address.without(one.argument, one.text)),
        "meant": None if meant is None else {"words": meant_words(one), "url": meant},
    }


def plain_chip(one: Mistake, remove_url: str) -> dict[str, object]:
    """The same, where nothing is suggested."""
    return {
        "label": one.argument,
        "words": shortened(one.text),
        "error": one.error,
        "remove_url": remove_url,
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
        kind, hint = _input(column.kind, operator, argument) if operator.takes_value else ("none", "")
        label = operator.describe(column, "").strip()
        group["operations"].append(
            {"name": argument, "label": label, "kind": kind, "hint": hint, "column": column.name}
        )
    return list(groups.values())


def _input(kind: Kind, operator: Operator, argument: str) -> tuple[str, str]:
    """The kind of input that takes the value of a filter, and an example."""
    if argument.endswith("_between"):
        return "text", "2024-01-01..2024-01-31"
    if kind is Kind.TEXT and operator.takes_many:
        return "list", 'susan, "Doe, Jane"'
    match kind:
        case Kind.RELATION:
            return "lookup", "susan, #17"
        case Kind.TIME:
            return "date", "2024-01-31"
        case Kind.CHOICE:
            return "choice", ""
        case _:
            return "text", ""

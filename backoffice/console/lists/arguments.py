"""What the address of a list may say, besides its filters."""

import re
from collections.abc import Collection
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

Arguments = MultiDict[str, str]

SEARCH, SORT, SIZE, CURSOR = "search", "sort", "page_size", "page"
# Where its page begins, and how exactly to count: said in its own address, and in none that it leads to.
AT, COUNT, EXACT = "at", "count", "exact"
# What the form sends that adds a filter: its name and its value apart.
FILTER, VALUE = "filter", "value"
OF_ANY_LIST = frozenset({SEARCH, SORT, SIZE, CURSOR, AT, COUNT, FILTER, VALUE})
# All of it that is not said in the addresses that a list leads to.
OF_ONE_PAGE = frozenset({CURSOR, AT, COUNT, FILTER, VALUE})
# What others hang on to an address that they pass on.
TRACKER = re.compile(r"utm_\w*|fbclid|gclid|_", re.IGNORECASE)


def with_arguments(address: str, arguments: Arguments) -> str:
    """An address with this query."""
    return f"{address}?{urlencode(list(arguments.items(multi=True)))}" if arguments else address


def without_trackers(arguments: Arguments, names: Collection[str] = ()) -> Arguments | None:
    """The same without what others hung on to it; None where they did not.

    What is about one of these columns was meant.
    """
    kept = [pair for pair in arguments.items(multi=True) if not _is_tracker(pair[0], names)]
    return MultiDict(kept) if len(kept) < len(list(arguments.items(multi=True))) else None


def _is_tracker(argument: str, names: Collection[str]) -> bool:
    is_of_column = any(argument == name or argument.startswith(f"{name}_") for name in names)
    return TRACKER.fullmatch(argument) is not None and not is_of_column

"""What the address of a list may say, besides its filters."""

from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

Arguments = MultiDict[str, str]

SEARCH, SORT, SIZE, CURSOR = "search", "sort", "page_size", "page"
# Where its page begins, and how exactly to count: said in its own address, and in none that it leads to.
AT, COUNT, EXACT = "at", "count", "exact"
# What the form sends that adds a filter: its name and its value apart.
FILTER, VALUE = "filter", "value"


def with_arguments(address: str, arguments: Arguments) -> str:
    """An address with this query."""
    return f"{address}?{urlencode(list(arguments.items(multi=True)))}" if arguments else address

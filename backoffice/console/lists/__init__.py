"""What every list has around its rows: its address, filters, count, way through them, and files."""

from backoffice.console.lists.arguments import with_arguments, without_trackers
from backoffice.console.lists.earlier import EarlierWords
from backoffice.console.lists.filters import plain_chip
from backoffice.console.lists.mistakes import refuse_mistakes, unknown_names
from backoffice.console.lists.pages import FilePage, ListPage
from backoffice.console.lists.query import listing_of
from backoffice.console.lists.source import ListSource, files_at

__all__ = [
    "EarlierWords",
    "FilePage",
    "ListPage",
    "ListSource",
    "files_at",
    "listing_of",
    "plain_chip",
    "refuse_mistakes",
    "unknown_names",
    "with_arguments",
    "without_trackers",
]

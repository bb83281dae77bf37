"""Reading one page of a big table: keyset paging, bounded counts, filters and search."""

from backoffice.listing import search_index
from backoffice.listing.choices import Choices, Group
from backoffice.listing.column import Choice, Column, Relation, table_of
from backoffice.listing.columns import Columns
from backoffice.listing.counting import Accuracy, Count
from backoffice.listing.cursor import LAST
from backoffice.listing.daily import Day, count_by_day
from backoffice.listing.distinct import distinct_values
from backoffice.listing.estimates import note_sizes, note_sizes_again
from backoffice.listing.filters import Filter, asked_once, parse_filters
from backoffice.listing.kinds import Kind
from backoffice.listing.listing import PAGE_SIZES, Listing, check_page_size, page_size
from backoffice.listing.mistake import Mistake
from backoffice.listing.moments import local_day, moment_label, parse_moment
from backoffice.listing.operators import OPERATORS, Operator
from backoffice.listing.order import Order
from backoffice.listing.paging import Page
from backoffice.listing.pasted import tidied
from backoffice.listing.scope import Scope
from backoffice.listing.search import check_search, search_words
from backoffice.listing.streams import Stream
from backoffice.listing.substrings import holds as holds_word
from backoffice.listing.substrings import is_substring, knows_all, prefilter
from backoffice.listing.text import MARIADB, begins_with, contains, equals
from backoffice.listing.values import BETWEEN

__all__ = [
    "BETWEEN",
    "LAST",
    "MARIADB",
    "OPERATORS",
    "PAGE_SIZES",
    "Accuracy",
    "Choice",
    "Choices",
    "Column",
    "Columns",
    "Count",
    "Day",
    "Filter",
    "Group",
    "Kind",
    "Listing",
    "Mistake",
    "Operator",
    "Order",
    "Page",
    "Relation",
    "Scope",
    "Stream",
    "asked_once",
    "begins_with",
    "check_page_size",
    "check_search",
    "contains",
    "count_by_day",
    "distinct_values",
    "equals",
    "holds_word",
    "is_substring",
    "knows_all",
    "local_day",
    "moment_label",
    "note_sizes",
    "note_sizes_again",
    "page_size",
    "parse_filters",
    "parse_moment",
    "prefilter",
    "search_index",
    "search_words",
    "table_of",
    "tidied",
]

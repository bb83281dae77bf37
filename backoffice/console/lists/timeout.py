"""What a list says and offers where it was cut off: that nothing is known, and narrower lists by links."""

from collections.abc import Callable, Iterator

from flask_babel import gettext as _

from backoffice.listing import Kind, Listing

# The address of the list with an argument set to a text, and without others.
Address = Callable[[dict[str, str], tuple[str, ...]], str]
LAST_DAYS = "last_7_days", "last_30_days"


def narrowing_words(listing: Listing) -> list[str]:
    """What to narrow."""
    words = []
    if listing.search:
        words.append(_("Search for a beginning, for a longer or rarer word, or among fewer rows."))
    if _can_be_narrowed_by_time(listing):
        words.append(_("Filter by a range of days."))
    elif listing.filters:
        words.append(_("Filter for less: by a beginning, or by a shorter range of days."))
    return [str(each) for each in words]


def _can_be_narrowed_by_time(listing: Listing) -> bool:
    times = [column for column in listing.columns.filtered if column.kind is Kind.TIME]
    return bool(times) and not any(one.column in times for one in listing.filters)


def narrower(listing: Listing, address: Address, search: str) -> Iterator[dict[str, object]]:
    """Links to lists of less: what begins so instead of holding it, and what is of the last days."""
    on = {one.argument for one in listing.filters}
    for argument, (column, operator) in listing.columns.arguments.items():
        name = argument.removeprefix(f"{column.name}_")
        if listing.search and name == "begins_with" and column in listing.columns.searched:
            label = operator.describe(column, listing.search)
            yield {"label": label, "url": address({argument: listing.search}, (search,))}
        elif column.kind is Kind.TIME and name in LAST_DAYS and argument not in on:
            yield {"label": operator.describe(column, ""), "url": address({argument: ""}, ())}

"""What the address of a list may say, and what of one is not understood.

A name that is not known must not leave the whole table, least of all to files and to bulk work: it is said,
and no row matches.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from flask_babel import gettext as _

from backoffice.console.lists.arguments import AT, COUNT, CURSOR, EXACT, SEARCH, SIZE, SORT, Arguments
from backoffice.exceptions import Invalid
from backoffice.extensions import db
from backoffice.listing import Columns, Filter, Listing, Mistake, check_page_size, check_search

# As Flask-Admin writes them: flt0_1, flt1_name_contains.
FLASK_ADMIN_FILTER = re.compile(r"flt\d+_(?P<filter>.*)")
FLASK_ADMIN_OPERATORS = {
    "equals": ("equals", "is"),
    "not_equal": ("not_equals", "is_not"),
    "greater_than": ("greater", "after"),
    "smaller_than": ("less", "before"),
    "greater": ("after",),
    "smaller": ("less", "before"),
    "in_list": ("in_list", "is"),
    "not_in_list": ("not_in_list", "is_not"),
}
# No more are said: whoever sends more of them has not mistyped them.
MOST_SAID, LONGEST_SAID = 20, 80


def mistakes_in(asked: Arguments, listing: Listing) -> Iterator[Mistake]:
    """What of an address the list does not understand, but for the values of its filters."""
    columns = listing.columns
    known = {*UNDERSTOOD, *columns.arguments}
    yield from unknown_names(asked, known, columns)
    for name, check in UNDERSTOOD.items():
        texts = list(dict.fromkeys(filter(None, asked.getlist(name))))
        for text in texts[:1]:
            yield from check(text, listing)
        for text in texts[1:]:
            yield Mistake(name, text, _("“%(name)s” can be said only once.", name=name))


def unknown_names(
    asked: Arguments, known: Iterable[str], columns: Columns | None = None
) -> Iterator[Mistake]:
    """What has a name that is none of these."""
    names = set(known)
    pairs = list(dict.fromkeys(pair for pair in asked.items(multi=True) if pair[0] not in names))
    for name, text in pairs[:MOST_SAID]:
        yield _unknown(name, text, sorted(names), columns)


def refuse_mistakes(listing: Listing) -> None:
    """Raise Invalid, in words, where something of what was asked is not understood."""
    mistakes = listing.mistakes(db.session)
    if mistakes:
        told = " ".join(f"{one.argument}={shortened(one.text)}: {_told(one)}" for one in mistakes)
        raise Invalid(_("Nothing was done, since the address is not understood. %(mistakes)s", mistakes=told))


def shortened(text: str) -> str:
    """As much of a text as is said of one that is not understood."""
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"


def meant_words(one: Mistake) -> str | None:
    """What may have been meant, if anything: the name, or the text where that is what is wrong."""
    if one.meant is None:
        return None
    name, text = one.meant
    return text if name == one.argument else name


def _told(one: Mistake | Filter) -> str:
    """Why it is not understood, with what may have been meant."""
    meant = meant_words(one) if isinstance(one, Mistake) else None
    if meant is None:
        return str(one.error)
    return f"{one.error} {_('Did you mean %(name)s?', name=meant)}"


def _unknown(name: str, text: str, known: list[str], columns: Columns | None) -> Mistake:
    declared = FLASK_ADMIN_FILTER.fullmatch(name)
    if columns is not None and declared is not None:
        return _of_flask_admin(name, text, declared["filter"], columns)
    if columns is not None and name == "desc":
        error = _("The reverse order has a minus sign here: sort=-%(name)s.", name=_some_order(columns))
        return Mistake(name, text, error)
    error = _("There is no filter named %(name)s.", name=name)
    return Mistake(name, text, error, _nearest(name, text, known))


def _of_flask_admin(name: str, text: str, declared: str, columns: Columns) -> Mistake:
    """A filter as Flask-Admin writes it: by its number, or by column and question."""
    example = next(iter(columns.arguments), "search")
    error = _("Filters are written with column and question here, like %(example)s.", example=example)
    for column in columns.filtered:
        asked = declared.removeprefix(f"{column.name}_")
        for operator in FLASK_ADMIN_OPERATORS.get(asked, ()):
            if declared != asked and f"{column.name}_{operator}" in columns.arguments:
                return Mistake(name, text, error, (f"{column.name}_{operator}", text))
    return Mistake(name, text, error, _nearest(declared, text, list(columns.arguments)))


def _nearest(name: str, text: str, known: list[str]) -> tuple[str, str] | None:
    """The most similar one, or the first question of a column that is named alone."""
    of_column = [argument for argument in known if argument.startswith(f"{name}_")]
    found = get_close_matches(name.lower(), known, n=1, cutoff=0.7) or of_column
    return (found[0], text) if found else None


def _search(text: str, listing: Listing) -> Iterator[Mistake]:
    try:
        check_search(text, listing.columns)
    except Invalid as error:
        yield Mistake(SEARCH, text, str(error))


def _sort(text: str, listing: Listing) -> Iterator[Mistake]:
    columns = listing.columns
    if columns.sorts_by(text):
        return
    if re.fullmatch(r"-?\d+", text):
        name = _some_order(columns)
        error = _("An order has a column's name here: sort=%(name)s, or sort=-%(name)s.", name=name)
        yield Mistake(SORT, text, error, _numbered(text, columns))
        return
    names = [column.name for column in columns.sorted]
    found = get_close_matches(text.strip("-").lower(), names, n=1)
    sign = "-" if text.startswith("-") else ""
    error = _("This list cannot be sorted by “%(name)s”.", name=text)
    yield Mistake(SORT, text, error, (SORT, f"{sign}{found[0]}") if found else None)


def _numbered(text: str, columns: Columns) -> tuple[str, str] | None:
    """The column of this number, as Flask-Admin counts them."""
    number = int(text[:9])
    shown = columns.shown[number].name if 0 <= number < len(columns.shown) else ""
    return (SORT, shown) if columns.sorts_by(shown) else None


def _some_order(columns: Columns) -> str:
    return columns.default_order.column


def _size(text: str, listing: Listing) -> Iterator[Mistake]:
    try:
        check_page_size(text)
    except Invalid as error:
        yield Mistake(SIZE, text, str(error))


def _page(text: str, listing: Listing) -> Iterator[Mistake]:
    if listing.knows_cursor(db.session):
        return
    if text.isascii() and text.isdecimal():
        error = _("Pages have no numbers here: “Next” leads on from the first one.")
    else:
        error = _("There is no such page in this order.")
    yield Mistake(CURSOR, text, error)


def _place(text: str, listing: Listing) -> Iterator[Mistake]:
    """A place that there is not is said at the field in which it was entered; the list stays."""
    return iter(())


def _count(text: str, listing: Listing) -> Iterator[Mistake]:
    if text != EXACT:
        yield Mistake(COUNT, text, _("Rows are counted as a list does, or count=exact."), (COUNT, EXACT))


# What a list understands besides its filters, each of it once, and how what is said there is checked.
UNDERSTOOD: Mapping[str, Callable[[str, Listing], Iterator[Mistake]]] = {
    SEARCH: _search,
    SORT: _sort,
    SIZE: _size,
    CURSOR: _page,
    AT: _place,
    COUNT: _count,
}

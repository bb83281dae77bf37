"""The form that goes straight to a place in a list: a date, a number, how a name begins."""

import re

from flask_babel import gettext as _

from backoffice.listing import Kind, Listing

A_DAY = re.compile(r"(\d{4}-\d\d-\d\d)?", re.ASCII)


def seek_form(listing: Listing, asked: str) -> dict[str, object] | None:
    """What the pager asks for: label, kind of input, value, and why `asked` leads nowhere; or None."""
    column = listing.columns[listing.sorted_by.column]
    labels = {
        Kind.TIME: _("Go to date"),
        Kind.TEXT: _("Go to beginning"),
        Kind.NUMBER: _("Go to number"),
    }
    if column.kind not in labels:
        return None
    # A date input shows nothing of a time, which an address may have all the same.
    is_day = column.kind is Kind.TIME and A_DAY.fullmatch(asked) is not None
    return {
        "label": labels[column.kind],
        "kind": "date" if is_day else "text",
        "mode": "numeric" if column.kind is Kind.NUMBER else None,
        "value": asked,
        "error": listing.error,
    }

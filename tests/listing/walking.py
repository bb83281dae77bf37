"""Going through a list page by page, as a person does."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from backoffice.listing import LAST, Listing, Page
from tests.listing.shapes import SAMPLES

COLUMNS = ["number", "-number", "word", "-word", "at", "-at", "second", "-second", "id", "-id"]
# With the ties in the same direction, and against the rest.
ORDERS = [*COLUMNS, *(f"{one},{'' if one.startswith('-') else '-'}id" for one in COLUMNS[:-2])]


def page(session: Session, order: str, size: int, cursor: str | None = "", at: str = "") -> Page:
    """A page of the samples."""
    return Listing(SAMPLES, order=order, size=size, cursor=cursor or "", at=at).page(session)


def keys(page: Page) -> list[int]:
    """The keys of its rows."""
    return [row.id for row in page.rows]


def forward(session: Session, order: str, size: int) -> Iterator[Page]:
    """From the first page on."""
    found = page(session, order, size)
    yield found
    while found.has_next:
        found = page(session, order, size, found.next)
        yield found


def backward(session: Session, order: str, size: int) -> Iterator[Page]:
    """From the last page back."""
    found = page(session, order, size, LAST)
    yield found
    while found.has_previous:
        found = page(session, order, size, found.previous)
        yield found

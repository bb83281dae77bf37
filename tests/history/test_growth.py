"""What people ask of the history costs the same when it has grown tenfold, in the database's own counters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backoffice.extensions import db
from backoffice.listing.cursor import Cursor, Position, write_cursor
from tests.browsing import sign_in
from tests.conftest import add_administrator, made_app
from tests.databases import copied_database
from tests.growth import cost_of, fill

pytestmark = pytest.mark.every_database
ROWS = 5_000
MOST = 1.2
# With ten times the entries, an index of PostgreSQL's may be one page deeper, each time that it is entered.
DEEPER = {"postgresql": 0.35}

# A page in the midst of it.
PLACE = Position(datetime(2016, 1, 2), 1_440)
MIDST = write_cursor(Cursor(PLACE), "backoffice_operation -started_at")
TRASH = ["?table=post", "?table=post&page=15", "?table=user"]
RECORD = ["?table=post&key=7", "?table=post&key=7&before=300", "?table=post&key=1001"]
HISTORY = [
    *("", "?page=last", "?person=susan", "?person=ada", "?person=old", "?person=nobody"),
    *("?kind=delete", "?kind=update", "?kind=create", "?kind=put_back", "?table=user", "?table=post"),
    *("?person=susan&kind=delete", "?person=ada&kind=delete", "?person=john&kind=create"),
    *("?person=susan&table=user", "?person=ada&table=user", "?person=john&table=post"),
    *("?table=post&kind=create", "?table=user&kind=delete", "?table=user&kind=update&page=last"),
    *("?person=susan&from=2016-01-02", "?person=susan&page=last", "?table=post&page=last"),
    *(f"?{asked}&page={MIDST}" for asked in ("person=susan", "person=susan&table=post", "table=post")),
]
EVENTS = [
    *("", "?person=old", "?person=john", "?person=susan", "?person=nobody"),
    *(
        "?kind=passkey:added",
        "?kind=passkey",
        "?kind=sign-in:refused",
        "?kind=sign-in",
        "?kind=limits:cleared",
    ),
    *("?address=192.0.2.1", "?address=192.0.2.2", "?address=192.0.2.3", "?address=203.0.113.1"),
]
PAGES = [
    *(f"/admin/history/trash/{asked}" for asked in TRASH),
    *(f"/admin/history/record/{asked}" for asked in RECORD),
    *(f"/admin/history/{asked}" for asked in HISTORY),
    *(f"/admin/security/{asked}" for asked in EVENTS),
]


@contextmanager
def grown(template: str, kind: str, rows: int, folder: Path) -> Iterator[FlaskClient]:
    """A browser in a console with so much history."""
    with copied_database(template, folder) as url:
        app = made_app(url)
        with app.app_context():
            add_administrator("susan", "administrator")
            client = app.test_client()
            sign_in(client, "susan")
            fill(kind, rows)
            yield client
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def costs(kind: str, migrated: Callable[[str], str], tmp_path: Path) -> list[dict[str, int]]:
    """What each page costs with so much history, and with ten times as much."""
    found = []
    for rows in (ROWS, 10 * ROWS):
        with grown(migrated(kind), kind, rows, tmp_path) as client:
            cost_of(client, PAGES[0])
            found.append({page: cost_of(client, page) for page in PAGES})
    return found


@pytest.mark.slow
def test_no_question_costs_more_where_the_history_is_longer(kind: str, costs: list[dict[str, int]]) -> None:
    few, many = costs
    most = {page: few[page] * (MOST + DEEPER.get(kind, 0)) for page in PAGES}
    worse = {page: (few[page], many[page]) for page in PAGES if many[page] > most[page]}
    assert not worse

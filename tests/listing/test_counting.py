"""A count is exact up to a bound, then what the database itself reckons, and never dearer than the rows."""

from datetime import datetime
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, delete, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from backoffice.listing import (
    LAST,
    Accuracy,
    Count,
    Listing,
    counting,
    note_sizes,
    note_sizes_again,
    parse_filters,
)
from backoffice.listing.column import table_of
from backoffice.listing.counting import _BELIEVED, count_exactly, count_matches, count_table
from backoffice.listing.estimates import estimated_matches
from backoffice.models import Post
from backoffice.statement_timeouts import reading
from tests.listing.plans import asking
from tests.listing.shapes import POSTS
from tests.listing.test_plans import ANALYZE

pytestmark = pytest.mark.every_database

ROWS = 3_000
# More than any database here gets through in the time that is given for it.
SLOW = {
    "sqlite": """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000)
                 SELECT count(*) > 0 FROM n""",
    "postgresql": "SELECT count(*) > 0 FROM generate_series(1, 100000000)",
    "mariadb": "SELECT count(*) > 0 FROM seq_1_to_1000000000",
}

# What asks for how long a statement may take.
LIMITS = {"postgresql": "SHOW statement_timeout", "mariadb": "SELECT @@max_statement_time"}


@pytest.fixture
def nothing_is_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if counting these few rows took longer than a moment."""
    monkeypatch.setattr(counting, "MOST_COUNTED_SOON", dict.fromkeys(counting.MOST_COUNTED_SOON, 0))


@pytest.fixture
def a_moment_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is."""
    monkeypatch.setattr(counting, "A_MOMENT", 5)


@pytest.fixture
def posts(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Three thousand posts, of which the database knows nothing yet; it may take its time to count them."""
    monkeypatch.setattr("backoffice.listing.listing.LEAST_COUNTING_SECONDS", 60)
    rows = [{"body": f"post {n}", "timestamp": datetime(2026, 3, 1 + n % 28)} for n in range(ROWS)]
    session.execute(insert(Post), rows)
    session.commit()
    return session


@pytest.fixture
def analyzed(posts: Session) -> Session:
    """The same when it knows of them."""
    for statement in ANALYZE[posts.get_bind().dialect.name]:
        posts.execute(text(statement))
    posts.commit()
    return posts


def counted(session: Session, listing: Listing, limit: int) -> Count:
    return listing.count(session, limit, listing.page(session))


def test_what_the_first_page_holds_is_not_counted(posts: Session, engine: Engine) -> None:
    listing = Listing(POSTS, within=[Post.id <= select(func.min(Post.id) + 6).scalar_subquery()])
    page = listing.page(posts)
    with asking(engine) as asked:
        assert listing.count(posts, 100, page) == Count(7)
    assert not asked


@pytest.mark.usefixtures("nothing_is_soon")
def test_a_table_that_is_not_analyzed_is_counted_up_to_the_bound(posts: Session) -> None:
    if posts.get_bind().dialect.name != "sqlite":
        pytest.skip("they always know")
    assert counted(posts, Listing(POSTS), 5_000) == Count(ROWS)
    assert counted(posts, Listing(POSTS), 1_000) == Count(1_000, Accuracy.MORE)


@pytest.mark.usefixtures("nothing_is_soon")
def test_a_large_table_is_not_counted_where_the_database_knows(analyzed: Session) -> None:
    count = counted(analyzed, Listing(POSTS), 1_000)
    assert count.accuracy is Accuracy.ABOUT
    assert ROWS * 0.9 < count.value < ROWS * 1.1
    assert not count.exact
    assert count.age == (None if analyzed.get_bind().dialect.name == "sqlite" else 0)


@pytest.mark.usefixtures("a_moment_is_long")
def test_what_is_counted_in_a_moment_is_counted(analyzed: Session) -> None:
    assert counted(analyzed, Listing(POSTS), 1_000) == Count(ROWS)
    assert Listing(POSTS).count(analyzed, 1_000) == Count(ROWS)


@pytest.mark.usefixtures("a_moment_is_long")
def test_so_is_what_the_database_knows_nothing_of(posts: Session) -> None:
    assert counted(posts, Listing(POSTS), 1_000) == Count(ROWS)


def test_what_takes_longer_than_a_moment_is_not(analyzed: Session) -> None:
    slow = select(Post.id).where(text(f"({SLOW[analyzed.get_bind().dialect.name]})"))
    count = count_table(analyzed, table_of(inspect(Post)), slow, 1_000, 50)
    assert count.accuracy is Accuracy.ABOUT
    assert analyzed.scalar(select(func.count()).select_from(Post)) == ROWS


@pytest.mark.usefixtures("nothing_is_soon")
def test_the_databases_number_follows_what_comes_and_goes(analyzed: Session) -> None:
    """On SQLite once it is noted anew, which work on many rows does; the servers count by themselves."""
    note_sizes(analyzed, [table_of(inspect(Post))])
    if analyzed.get_bind().dialect.name == "postgresql":
        # What was counted before it was analyzed might come after it otherwise.
        analyzed.execute(text("SELECT pg_stat_force_next_flush()"))
        analyzed.commit()
        analyzed.execute(text("ANALYZE post"))
        analyzed.commit()
    keys = analyzed.scalars(select(Post.id).order_by(Post.id).offset(1_000)).all()
    analyzed.execute(delete(Post).where(Post.id >= keys[0]))
    analyzed.commit()
    note_sizes_again(analyzed)
    until = monotonic() + 60
    count = Count(0)
    while count.value != 1_000 and monotonic() < until:
        _BELIEVED.clear()
        count = Listing(POSTS).count(analyzed, 100)
        analyzed.rollback()
        sleep(0.1)
    assert (count.value, count.accuracy) == (1_000, Accuracy.ABOUT)
    assert count.age is not None
    assert count.age < 60


@pytest.mark.usefixtures("nothing_is_soon")
def test_an_estimate_knows_how_old_it_is(analyzed: Session) -> None:
    if analyzed.get_bind().dialect.name != "sqlite":
        pytest.skip("theirs is of now")
    note_sizes(analyzed, [table_of(inspect(Post))])
    analyzed.execute(text("UPDATE sqlite_stat1 SET stat = '3000 noted=' || (strftime('%s', 'now') - 1200)"))
    analyzed.commit()
    count = Listing(POSTS).count(analyzed, 100)
    assert (count.value, count.accuracy) == (3_000, Accuracy.ABOUT)
    assert count.age in range(1200, 1260)


def test_a_small_table_is_counted_although_the_database_reckons(analyzed: Session) -> None:
    assert counted(analyzed, Listing(POSTS), 100_000) == Count(ROWS)
    assert Listing(POSTS).count(analyzed, 100_000) == Count(ROWS)


def test_the_last_page_is_not_the_whole(posts: Session) -> None:
    listing = Listing(POSTS, cursor=LAST, within=[Post.id > 0])
    assert counted(posts, listing, 5_000) == Count(ROWS)


def test_matches_are_counted_up_to_the_bound(analyzed: Session) -> None:
    listing = Listing(POSTS, parse_filters([("timestamp_after", "2026-03-10")], POSTS))
    exact = listing.count_exactly(analyzed, 10)
    assert exact is not None
    assert exact.exact
    assert listing.count(analyzed, 5_000) == exact
    assert listing.count(analyzed, 1_000) == Count(1_000, Accuracy.MORE)


def test_what_takes_longer_than_the_rows_is_not_counted_to_the_end(analyzed: Session) -> None:
    kind = analyzed.get_bind().dialect.name
    slow = select(Post.id).where(Post.timestamp >= datetime(2026, 3, 10), text(f"({SLOW[kind]})"))
    known = estimated_matches(analyzed, slow)
    count = count_matches(analyzed, slow, 10_000, 0.02, 50)
    if known is None or known <= 50:
        assert count == Count(50, Accuracy.MORE)
    else:
        assert count == Count(known, Accuracy.ABOUT)
    assert count_exactly(analyzed, slow, 0.02) is None
    # What is known already is more than an estimate of fewer.
    assert count_matches(analyzed, slow, 10_000, 0.02, 9_000) == Count(9_000, Accuracy.MORE)
    assert analyzed.scalar(select(func.count()).select_from(Post)) == ROWS


def test_a_table_is_not_counted_for_longer_than_its_list_may_take(posts: Session) -> None:
    slow = select(Post.id).where(text(f"({SLOW[posts.get_bind().dialect.name]})"))
    with reading(posts, 0.05):
        assert count_table(posts, table_of(inspect(Post)), slow, 10_000, 50) == Count(50, Accuracy.MORE)
    assert posts.scalar(select(func.count()).select_from(Post)) == ROWS


def test_the_database_says_how_many_it_expects(analyzed: Session) -> None:
    expected = estimated_matches(analyzed, select(Post.id).where(Post.timestamp >= datetime(2026, 3, 27)))
    if analyzed.get_bind().dialect.name == "sqlite":
        assert expected is None
    else:
        assert expected is not None
        assert 100 < expected < 500


def test_a_guess_is_no_estimate(analyzed: Session) -> None:
    searched = Listing(POSTS, search="nobody wrote this")
    assert estimated_matches(analyzed, select(Post.id).where(*searched.where(analyzed))) is None


def test_counting_leaves_no_limit_behind(analyzed: Session) -> None:
    question = LIMITS.get(analyzed.get_bind().dialect.name)
    usual = analyzed.scalar(text(question)) if question else None
    rows = select(Post.id).where(Post.timestamp >= datetime(2026, 3, 10))
    for _ in (count_matches(analyzed, rows, 100, 9, 50), count_exactly(analyzed, rows, 9)):
        assert (analyzed.scalar(text(question)) if question else None) == usual

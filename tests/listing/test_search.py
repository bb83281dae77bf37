"""Search: each word somewhere, in any of the searched columns, literally."""

from collections.abc import Iterator
from typing import cast

import pytest
from sqlalchemy import Engine, Table, insert
from sqlalchemy.orm import Session

from backoffice.exceptions import Invalid
from backoffice.listing import (
    Columns,
    Listing,
    check_search,
    parse_filters,
    search_index,
    search_words,
    substrings,
)
from backoffice.listing.search_index import Searched, State
from backoffice.models import Post, User
from tests.listing.conftest import make_search_index
from tests.listing.plans import asking
from tests.listing.shapes import POSTS, USERS

pytestmark = pytest.mark.every_database


@pytest.fixture
def posts(searched_engine: Engine) -> Iterator[Session]:
    """Users and posts; what is found of them is the same with a search index and without."""
    with Session(searched_engine) as session:
        fill(session)
        yield session


def fill(session: Session) -> None:
    session.execute(
        insert(User),
        [
            {"id": 1, "username": "susan", "email": "susan@example.com"},
            {"id": 2, "username": "John", "email": "j_d@example.org"},
            {"id": 3, "username": None, "email": None},
        ],
    )
    bodies = [
        (1, "Beautiful day in Portland", 1),
        (2, "The day after", 2),
        (3, "100% of it's \\ /", None),
        (4, None, 1),
        (5, 'Łódź, ÀÉÎ "quoted" 🦉🦉🦉', None),
    ]
    session.execute(insert(Post), [{"id": key, "body": body, "user_id": user} for key, body, user in bodies])


SEARCHES: list[tuple[str, set[int]]] = [
    ("", {1, 2, 3, 4, 5}),
    ("   ", {1, 2, 3, 4, 5}),
    ("day", {1, 2}),
    ("DAY portland", {1}),
    ("day susan", {1}),
    ("usan", {1, 4}),
    ("us", {1, 4}),
    ("su", {1, 4}),
    ("s", {1, 3, 4}),
    ("th", {2}),
    ("100%", {3}),
    ("%", {3}),
    ("0%", {3}),
    ("\\", {3}),
    ("/", {3}),
    ("\\ /", {3}),
    ("'", {3}),
    ("_", set()),
    ('"', {5}),
    (",", {5}),
    ("🦉", {5}),
    ("🦉🦉", {5}),
    ("🦊", set()),
    ("ł", {1, 5}),
    ("ay fter", {2}),
    ("ti su", {1}),
    ("1_0", set()),
    ("it's", {3}),
    ("day nothing", set()),
    ("da\0y", set()),
    ("day\0after", set()),
    ("\ud800", set()),
    ("day \ud800", set()),
    ("łódź", {5}),
    ("ŁÓDŹ", {5}),
    ('"quoted"', {5}),
    ('uot"', set()),
    ("🦉🦉🦉", {5}),
    ("àéî łód", {5}),
    ("day NOT after", set()),
    ("portland beaut susa", {1}),
    ("day ohn", {2}),
    ("NEAR(day)", set()),
    ("x" * 5_000, set()),
    ("day " * 5_000, {1, 2}),
]


def test_search(posts: Session) -> None:
    for searched, expected in SEARCHES:
        listing = Listing(POSTS, search=searched, order="id")
        assert {row.id for row in listing.page(posts).rows} == expected, searched
        assert listing.count(posts, 100).value == len(expected), searched


def found(session: Session, listing: Listing) -> list[int]:
    return [row.id for row in session.execute(listing.select(session))]


def test_every_searched_column_is_looked_through(posts: Session) -> None:
    assert found(posts, Listing(USERS, search="example")) == [1, 2]
    assert found(posts, Listing(USERS, search="j_d")) == [2]


def test_a_filter_finds_the_same(posts: Session) -> None:
    for value, expected in [
        ("DAY", {1, 2}),
        ("ay", {1, 2}),
        ("0% o", {3}),
        ("łód", {5}),
        ('"', {5}),
        ("zzz", set()),
    ]:
        filters = parse_filters([("body_contains", value)], POSTS)
        assert {row.id for row in Listing(POSTS, filters).page(posts).rows} == expected, value
        assert Listing(POSTS, filters).count(posts, 100).value == len(expected), value


def test_what_is_in_many_rows_is_found_in_the_order_of_the_list(
    posts: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(substrings, "MOST_CANDIDATES", 1)
    monkeypatch.setattr(substrings, "MOST_NAMES", 0)
    test_search(posts)
    test_a_filter_finds_the_same(posts)


def test_a_page_of_a_search_takes_few_queries(posts: Session) -> None:
    for columns, searched in [(POSTS, "day susan portland su"), (USERS, "example susan")]:
        listing = Listing(columns, search=searched)
        engine = posts.get_bind()
        assert isinstance(engine, Engine)
        with asking(engine) as asked:
            listing.page(posts)
            listing.count(posts, 100)
            listing.scans(posts)
        assert len(asked) <= 4, asked


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_it_is_known_whether_every_row_is_looked_through(session: Session, engine: Engine) -> None:
    ways = [("day", []), ("", [("body_contains", "day")]), ("", [("body_not_contains", "day")])]
    for searched, arguments in ways:
        assert Listing(POSTS, parse_filters(arguments, POSTS), searched).scans(session)
    session.rollback()
    make_search_index(engine)
    for searched, arguments in ways:
        assert not Listing(POSTS, parse_filters(arguments, POSTS), searched).scans(session)
    assert not Listing(POSTS, search="day us").scans(session)
    assert Listing(POSTS, search="us %").scans(session)


ACCENTED = [
    "Ünal", "UNAL", "ÜNAL", "unal", "Münâl", "José", "jose", "Łódź", "lodz", "Søren", "soren", "Đorđe",
    "Crème brûlée", "creme brulee", "Žižek", "zizek", "Ñandú", "nandu", "Αθήνα", "αθηνα", "Ёлка", "елка",
    "été", "ete", "Übergröße", "añoñ", "İzmir", "IZMIR", "izmir",
]  # fmt: skip
UNAL = {"Ünal", "UNAL", "ÜNAL", "unal", "Münâl"}
ACCENTS: list[tuple[str, set[str]]] = [
    ("unal", UNAL),
    ("Ünal", UNAL),
    ("ünâl", UNAL),
    ("jose", {"José", "jose"}),
    ("JOSÉ", {"José", "jose"}),
    ("lodz", {"Łódź", "lodz"}),
    ("łódź", {"Łódź", "lodz"}),
    ("soren", {"Søren", "soren"}),
    ("dorde", {"Đorđe"}),
    ("creme brulee", {"Crème brûlée", "creme brulee"}),
    ("brûlée", {"Crème brûlée", "creme brulee"}),
    ("zizek", {"Žižek", "zizek"}),
    ("ñandu", {"Ñandú", "nandu"}),
    ("αθηνα", {"Αθήνα", "αθηνα"}),
    ("αθήνα", {"Αθήνα", "αθηνα"}),
    ("елка", {"Ёлка", "елка"}),
    ("ete", {"été", "ete"}),
    ("ÉTÉ", {"été", "ete"}),
    ("ét", {"été", "ete"}),
    ("ú", UNAL | {"Ñandú", "nandu", "Crème brûlée", "creme brulee", "Übergröße"}),
    ("ubergro", {"Übergröße"}),
    ("unala", set()),
    ("uw", set()),
    ("anon", {"añoñ"}),
    ("izmir", {"İzmir", "IZMIR", "izmir"}),
    ("İZMİR", {"İzmir", "IZMIR", "izmir"}),
    ("iz", {"Žižek", "zizek", "İzmir", "IZMIR", "izmir"}),
]


def test_accents_are_not_minded(searched_engine: Engine) -> None:
    with Session(searched_engine) as session:
        bodies = dict(enumerate(ACCENTED, 1))
        session.execute(insert(Post), [{"id": key, "body": body} for key, body in bodies.items()])
        session.execute(insert(User), [{"id": 1, "username": "Ünal"}])
        for searched, expected in ACCENTS:
            listing = Listing(POSTS, search=searched)
            assert {bodies[row.id] for row in listing.page(session).rows} == expected, searched
            assert not listing.minds_accents(session)
        session.execute(insert(Post), [{"id": 99, "body": "x", "user_id": 1}])
        for searched in ("unal", "ÜNAL", "un"):
            assert 99 in {row.id for row in Listing(POSTS, search=searched).page(session).rows}, searched
            assert [row.id for row in Listing(USERS, search=searched).page(session).rows] == [1]


def test_accents_in_many_rows(searched_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(substrings, "MOST_CANDIDATES", 1)
    monkeypatch.setattr(substrings, "MOST_NAMES", 0)
    test_accents_are_not_minded(searched_engine)


def test_an_index_of_before_is_used_and_tells_accents_apart(session: Session, engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("the others have one index for both, or none")
    make_search_index(engine)
    with engine.begin() as connection:
        for column in ("user_username", "user_email", "post_body"):
            connection.exec_driver_sql(f"DROP INDEX backoffice_search_accents_{column}")
    session.execute(insert(Post), [{"id": 1, "body": "Ünal"}, {"id": 2, "body": "unal"}])
    session.commit()
    listing = Listing(POSTS, search="unal")
    assert [row.id for row in listing.page(session).rows] == [2]
    assert listing.minds_accents(session)
    assert not listing.scans(session)
    session.commit()
    with engine.connect() as connection:
        body = Searched(cast(Table, Post.__table__), ("body",))
        assert search_index.state(connection, body) == {"body": State.WITHOUT_ACCENTS}
    make_search_index(engine)
    assert len(Listing(POSTS, search="unal").page(session).rows) == 2


def test_where_nothing_is_searched_nothing_is_found(posts: Session) -> None:
    assert found(posts, Listing(Columns(Post, ["id"]), search="day")) == []


def test_a_search_goes_so_far() -> None:
    assert search_words(" a  b\tc\n") == ["a", "b", "c"]
    assert search_words("w " * 50) == ["w"]


@pytest.mark.parametrize(
    ("searched", "words"),
    [
        (" ".join(f"day{n}" for n in range(11)), "At most 10 words"),
        ("w" * 201, "At most 200 characters"),
        ("day \0", "no text here can hold"),
        ("day \udfff", "no text here can hold"),
    ],
)
def test_what_goes_too_far_is_refused_and_no_word_is_dropped(
    session: Session, searched: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        check_search(searched, POSTS)
    session.execute(insert(Post), [{"id": 1, "body": "day0 day1 day2 day3 day4 day5 day6 day7 day8 day9"}])
    assert found(session, Listing(POSTS, search=searched)) == []
    check_search(" ".join(f"day{n}" for n in range(10)), POSTS)

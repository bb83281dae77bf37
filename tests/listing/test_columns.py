"""What a list may not do is refused when the program starts."""

from typing import Any

import pytest

from backoffice.listing import Columns, Order
from backoffice.models import Administrator, AdminSession, Post, User
from backoffice.models.secrets import SECRET_COLUMNS, is_secret
from tests.listing.shapes import POSTS, SAMPLES
from tests.listing.tables import Ambiguous, Page, Pair, Sample


@pytest.mark.parametrize("use", ["show", "filters", "search", "sort"])
@pytest.mark.parametrize(
    ("model", "name"),
    [(User, "password_hash"), (Sample, "token"), (Sample, "renamed"), (AdminSession, "token_digest")],
)
def test_a_secret_column_can_be_put_to_no_use(model: Any, name: str, use: str) -> None:
    arguments: dict[str, Any] = {"show": ["id"], use: [name]}
    with pytest.raises(ValueError, match="secret"):
        Columns(model, **arguments)


def test_a_secret_column_is_no_order() -> None:
    with pytest.raises(ValueError, match="secret"):
        Columns(Sample, ["id"], order="-token")


@pytest.mark.parametrize("use", ["show", "filters", "search"])
def test_a_secret_column_is_not_reached_through_a_relation(use: str) -> None:
    arguments: dict[str, Any] = {"show": ["id"], use: ["author"], "display": {"author": "password_hash"}}
    with pytest.raises(ValueError, match="secret"):
        Columns(Post, **arguments)


def test_every_hash_and_token_of_the_models_is_secret() -> None:
    for model in (User, Administrator, AdminSession):
        for column in model.__table__.columns:
            assert is_secret(column.name) == ("hash" in column.name or "token" in column.name), column
    assert is_secret("PASSWORD_HASH")
    assert "password_hash" in SECRET_COLUMNS


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"show": ["nothing"]}, "no column"),
        ({"show": ["posts"]}, "no column"),
        ({"show": ["id"], "sort": ["unsorted"]}, "no index"),
        ({"show": ["id"], "sort": ["price"]}, "sorted by"),
        ({"show": ["id"], "sort": ["shade"]}, "sorted by"),
        ({"show": ["id"], "order": "unsorted"}, "no index"),
        ({"show": ["id"], "search": ["number"]}, "searched"),
        ({"show": ["id"], "filters": ["extra"]}, "filtered"),
    ],
)
def test_what_a_table_cannot_do_is_refused(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Columns(Sample, **arguments)


@pytest.mark.parametrize(
    ("model", "arguments", "reason"),
    [
        (Post, {"show": ["author"]}, "no column"),
        (Post, {"show": ["author"], "display": {"author": "nothing"}}, "no column"),
        (User, {"show": ["posts"], "display": {"posts": "body"}}, "many-to-one"),
        (Page, {"show": ["children"], "display": {"children": "title"}}, "many-to-one"),
        (Post, {"show": ["id"], "sort": ["author"], "display": {"author": "username"}}, "sorted by"),
        (Post, {"show": ["id"], "search": ["author"], "display": {"author": "id"}}, "searched"),
        (Pair, {"show": ["left"]}, "one column"),
        (Ambiguous, {"show": ["id"], "filters": ["name", "name_not"]}, "two columns"),
    ],
)
def test_relations_and_keys_that_do_not_work_are_refused(
    model: Any, arguments: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        Columns(model, **arguments)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("number", Order("number")),
        ("-second", Order("second", descending=True)),
        ("-second,-id", Order("second", descending=True)),
        ("-second,id", Order("second", descending=True, ties="id")),
        ("number,-id", Order("number", ties="-id")),
        ("id,-id", Order("id")),
        ("number,word", Order("id")),
        ("number,id,id", Order("id")),
        (None, Order("id")),
        ("", Order("id")),
        ("-", Order("id")),
        ("--number", Order("id")),
        ("token", Order("id")),
        ("unsorted", Order("id")),
        ("number; drop", Order("id")),
    ],
)
def test_an_order_is_what_was_asked_for_or_the_default(asked: str | None, given: Order) -> None:
    assert SAMPLES.order(asked) == given


def test_the_default_order() -> None:
    assert POSTS.order("author") == Order("timestamp", descending=True)
    assert str(POSTS.default_order) == "-timestamp"
    mixed = Columns(Post, ["id"], sort=["timestamp"], order="-timestamp,id")
    assert str(mixed.order(None)) == "-timestamp,id"
    assert str(mixed.order("timestamp,-id")) == "timestamp,-id"


def test_labels() -> None:
    columns = Columns(User, ["id", "email"], labels={"email": "Email address"})
    assert [column.label for column in columns.shown] == ["Id", "Email address"]

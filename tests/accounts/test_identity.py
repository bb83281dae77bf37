"""Usernames and email addresses: what is taken in, as what, and when two are the same."""

import pytest
from flask import Flask

from backoffice.exceptions import Invalid
from backoffice.extensions import db
from backoffice.models import User
from backoffice.models.folding import same
from backoffice.models.identity import clean_email, clean_username, is_storable, taken

pytestmark = pytest.mark.every_database

UNSEEN = ["a\0b", "a\tb", "a\x7fb", "a\u200bb", "a\u200db", "a\u202eb", "a\u2066b", "\ufeffab", "a\u2028b",
          "a\ue000b", "a\ud800b", "a\u00adb", "a\x85b", "a\U000e0041b"]  # fmt: skip
SAME = [
    ("susan", "SUSAN"), ("jörg", "JÖRG"), ("JÖRG ÉMILE", "Jörg émile"), ("Ярослав", "ярослав"),
    ("ΟΔΟΣ", "ΟΔΟΣ"), ("İstanbul", "İSTANBUL"), ("Σίσυφος", "ΣΊΣΥΦΟς"), ("straße", "STRAßE"),
]  # fmt: skip


def wide(text: str) -> str:
    """The full-width forms of these letters, which look alike."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("susan", "susan"),
        ("  susan\n", "susan"),
        (wide("susan"), "susan"),
        ("Susan", "Susan"),
        ("susan\u00a0\u3000  b", "susan b"),
        ("e\u0301ric", "éric"),
        ("李小龍", "李小龍"),
        ("x" * 64, "x" * 64),
        (wide("x") * 64, "x" * 64),
    ],
)
def test_a_username_is_kept_folded_and_trimmed(typed: str, kept: str) -> None:
    assert clean_username(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "\u3000", "x" * 65, "\N{DOUBLE EXCLAMATION MARK}" * 33, *UNSEEN])
def test_what_cannot_be_a_username_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_username(typed)
    assert refusal.value.field == "username"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" susan@example.com ", "susan@example.com"),
        ("Susan@EXAMPLE.com", "Susan@example.com"),
        (wide("susan@example.com"), "susan@example.com"),
        ("süsan@exämple.de", "süsan@exämple.de"),
        ("susan@console.test", "susan@console.test"),
        ("a" * 64 + "@" + "b" * 51 + ".com", "a" * 64 + "@" + "b" * 51 + ".com"),
    ],
)
def test_an_email_is_kept_normalised(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "susan", "susan@", "@example.com", "susan@example", "susan@test", "susan@@example.com",
        "susan@exam ple.com", "su san@example.com", "susan@example..com", "susan@-example.com",
        "susan@[127.0.0.1]", '"su san"@example.com', "Susan <susan@example.com>",
        "susan@example.com\nBcc: x@y.de",
        "a" * 64 + "@" + "b" * 52 + ".com", "x" * 100_000, *(f"{text}@example.com" for text in UNSEEN),
    ],
)  # fmt: skip
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_email(typed)
    assert refusal.value.field == "email"


def test_what_no_database_takes_is_known() -> None:
    assert is_storable("susan \N{PILE OF POO}")
    assert not is_storable("a\0b")
    assert not is_storable("a\udcffb")


def test_names_that_differ_in_case_only_are_the_same(app: Flask) -> None:
    for one, other in SAME:
        user = User(username=one, email=f"{one}@example.com")
        db.session.add(user)
        db.session.commit()
        for name in (one, other):
            assert taken(db.session, User.username, name), name
            assert taken(db.session, User.email, f"{name}@EXAMPLE.com"), name
            assert not taken(db.session, User.username, name, except_id=user.id), name
            assert taken(db.session, User.username, name, except_id=user.id + 1), name


def test_names_that_differ_in_a_letter_or_look_like_a_pattern_are_not_the_same(app: Flask) -> None:
    db.session.add(User(username="susan", email="susan@example.com"))
    db.session.commit()
    for name in ("susa", "susann", "susa_", "%", "süsen", "susan@example.com", ""):
        assert not taken(db.session, User.username, name)


def test_a_user_who_is_not_written_yet_does_not_take_their_own_name(app: Flask) -> None:
    db.session.add(User(username="susan", email="susan@example.com"))
    assert not taken(db.session, User.username, "susan")


def test_the_work_for_a_name_is_bounded_by_its_letters() -> None:
    longest = "".join(chr(0x430 + index % 32) for index in range(64))
    assert 32 <= str(same(User.username, longest)).count("replace(") <= 64
    for plain in ("plain", "susan", "strasse", "kiss", "x" * 64):
        assert str(same(User.username, plain)).count("replace(") == 1
    assert 0 < str(same(User.username, "s" * 64)).count("replace(") < 16

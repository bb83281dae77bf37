"""The hashes of passwords: plain bcrypt up to its limit, nothing ignored beyond it, never an error."""

import base64
import hashlib
import hmac
from collections.abc import Iterator

import bcrypt
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from backoffice import create_app
from backoffice.models.password import (
    LONGEST_PASSWORD_BYTES,
    hash_password,
    is_bcrypt,
    is_foreign,
    needs_renewal,
    verify_password,
)
from tests.conftest import settings

SCRYPT = "scrypt:32768:8:1$DdbIPADqKg2nniws$4ab051ebb6767a" + "0" * 114
EURO = "\N{EURO SIGN}"
FOREIGN_OR_BROKEN = [
    None, "", " ", "cat", SCRYPT, "$2b$", "$2b$04$", "$2b$04$" + "a" * 52, "$2b$04$" + "a" * 54,
    "$2b$03$" + "." * 53, "$2b$32$" + "." * 53, "$2b$4$" + "." * 53, "$2x$04$" + "." * 53,
    "$2$04$" + "." * 53,
    "$2b$04$" + "z" * 53, "$2b$04$" + "." * 52 + "\n", "$2b$04$" + "é" * 53, "$2b$٠٤$" + "." * 53,
    "pbkdf2:sha256:600000$a$b", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "\0", "\ud800",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def hashing() -> Iterator[Flask]:
    """An application whose hashes cost little; no database is asked."""
    app = create_app(settings("sqlite://"))
    with app.app_context():
        yield app


@given(st.text())
def test_every_password_verifies_against_its_own_hash_and_no_other(password: str) -> None:
    if not password:
        return
    hashed = hash_password(password)
    assert len(hashed) == 60
    assert is_bcrypt(hashed)
    assert verify_password(password, hashed)
    assert not verify_password(password + "x", hashed)
    assert not verify_password(password[:-1], hashed)


@pytest.mark.parametrize("password", ["cat", "a" * 72, EURO * 24, "pässwörd"])
def test_up_to_72_bytes_a_hash_is_plain_bcrypt(password: str) -> None:
    assert bcrypt.checkpw(password.encode(), hash_password(password).encode())


@pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
def test_hashes_of_other_applications_verify(prefix: str) -> None:
    theirs = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()
    hashed = prefix + theirs[4:]
    assert verify_password("correct horse", hashed)
    assert not verify_password("correct horses", hashed)


def test_a_known_hash_of_another_implementation_verifies() -> None:
    # From the test vectors of OpenBSD's own bcrypt, as crypt_blowfish publishes them.
    assert verify_password("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")


def test_beyond_72_bytes_every_byte_counts() -> None:
    for password in ("a" * 73, EURO * 25, "a" * LONGEST_PASSWORD_BYTES):
        hashed = hash_password(password)
        assert verify_password(password, hashed)
        assert not verify_password(password[:-1] + "b", hashed)
        assert not verify_password(password[:-1], hashed)


def test_a_long_password_is_digested_as_it_always_was() -> None:
    # Whatever changes here locks out everybody who has a long password.
    key = b"backoffice: passwords longer than bcrypt reads"
    digest = base64.b64encode(hmac.digest(key, b"a" * 73, hashlib.sha384))
    assert bcrypt.checkpw(digest, hash_password("a" * 73).encode())


def test_nothing_after_a_nul_is_ignored() -> None:
    hashed = hash_password("first\0second")
    assert verify_password("first\0second", hashed)
    assert not verify_password("first\0third", hashed)
    assert not verify_password("first", hashed)


@pytest.mark.parametrize("password", ["\ud800", "caf\udce9 long enough", "a" * (LONGEST_PASSWORD_BYTES + 1)])
def test_what_cannot_be_a_password_is_refused_and_never_verifies(password: str) -> None:
    with pytest.raises(ValueError, match=r"long|encode"):
        hash_password(password)
    assert not verify_password(password, hash_password("something else"))


@pytest.mark.parametrize("hashed", FOREIGN_OR_BROKEN, ids=repr)
def test_a_hash_that_is_missing_broken_or_foreign_is_no_match_and_no_error(hashed: str | None) -> None:
    assert not is_bcrypt(hashed)
    for password in ("", "cat", "a" * 100, "\0", "\ud800"):
        assert not verify_password(password, hashed)


def test_only_a_hash_that_is_there_and_not_bcrypt_is_foreign() -> None:
    assert is_foreign(SCRYPT)
    assert is_foreign("$2b$04$broken")
    assert not is_foreign(hash_password("cat"))
    assert not is_foreign("")
    assert not is_foreign(None)


def test_a_hash_of_a_lower_cost_needs_renewal(hashing: Flask) -> None:
    hashed = hash_password("cat")
    assert not needs_renewal(hashed)
    hashing.config["BCRYPT_LOG_ROUNDS"] = 5
    assert needs_renewal(hashed)
    hashing.config["BCRYPT_LOG_ROUNDS"] = 4

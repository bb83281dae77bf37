"""Authenticator apps: for how long a code counts, and what becomes of the secret when the key is another."""

import logging
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from backoffice.accounts.mfa import totp
from backoffice.accounts.mfa.check import tidy_up, verify_code
from backoffice.extensions import db
from backoffice.models import Authenticator, User
from tests.accounts.factors import add_authenticator, code_of, forget_step
from tests.accounts.people import grant_of, write
from tests.conftest import add_administrator

SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
NOON = datetime(2026, 5, 1, 12, 0, 0)


@pytest.mark.parametrize(
    ("of", "at", "is_taken"),
    [
        (0, 0, True),
        (0, 29, True),
        (0, 30, True),
        (0, 39, True),
        (0, 40, False),
        (30, 29, False),
        (60, 5, False),
    ],
)
def test_a_code_is_taken_in_its_half_minute_and_ten_seconds_after(of: int, at: int, is_taken: bool) -> None:
    secret = pyotp.random_base32()
    shown = pyotp.TOTP(secret).at(int((NOON - datetime(1970, 1, 1)).total_seconds()) + of)
    step = totp.step_of(secret, shown, NOON + timedelta(seconds=at))
    assert (step is not None) is is_taken


@pytest.mark.every_database
def test_secrets_survive_a_new_key_and_are_encrypted_with_it(app: Flask, susan: User) -> None:
    secret, _codes = add_authenticator("susan")
    grant_id, old = grant_of("susan").id, app.config["SECRET_KEY"]
    app.config.update(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=[old])
    assert verify_code(grant_id, code_of(secret)) == "totp"
    before = encrypted()
    tidy_up()
    renewed = encrypted()
    tidy_up()
    assert before != renewed == encrypted()
    app.config["SECRET_KEY_FALLBACKS"] = []
    forget_step()
    assert verify_code(grant_id, code_of(secret)) == "totp"


def encrypted() -> str:
    db.session.rollback()
    return db.session.scalars(select(Authenticator.encrypted_secret)).one()


@SQLITE
def test_where_the_key_is_lost_recovery_codes_still_work(
    app: Flask, susan: User, caplog: pytest.LogCaptureFixture
) -> None:
    secret, codes = add_authenticator("susan")
    grant_id = grant_of("susan").id
    app.config["SECRET_KEY"] = "n" * 40
    with caplog.at_level(logging.ERROR):
        assert verify_code(grant_id, code_of(secret)) is None
    assert f"administrator {grant_id} cannot be read" in caplog.text
    assert verify_code(grant_id, codes[0]) == "recovery"


@SQLITE
def test_a_secret_is_good_in_its_own_row_only(app: Flask, susan: User) -> None:
    add_administrator("john", "administrator")
    secret, _codes = add_authenticator("susan")
    susans = encrypted()
    add_authenticator("john")
    john = grant_of("john").id
    write(update(Authenticator).where(Authenticator.administrator_id == john).values(encrypted_secret=susans))
    assert verify_code(john, code_of(secret)) is None
    assert totp.resume_enrolment(susans, john) is None

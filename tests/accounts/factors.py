"""Second factors of these tests, and what their owners would do with them."""

import re
from datetime import UTC

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from backoffice.accounts.mfa import recovery_codes, totp
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Authenticator, SecurityEvent
from tests.accounts.people import grant_of, write
from tests.browsing import submit
from tests.conftest import PASSWORD

MFA_CHALLENGE, FACTORS = "/login/second-factor", "/admin/second-factor/"
CODES = re.compile(r"<li><samp>([A-Z2-7-]{29})</samp></li>")


def code_of(secret: str) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(utcnow().replace(tzinfo=UTC))


def add_authenticator(username: str) -> tuple[str, list[str]]:
    """An authenticator app that has shown no code yet: its secret, and the recovery codes."""
    grant_id = grant_of(username).id
    enrolment = totp.new_enrolment(grant_id)
    with transaction(db.session):
        totp.store(grant_id, enrolment, 0)
        codes = recovery_codes.generate(grant_id)
    return enrolment.secret, codes


def forget_step() -> None:
    """Let half a minute pass, as far as used codes are concerned."""
    write(update(Authenticator).values(last_step=0))


def password(client: FlaskClient, username: str = "susan", **fields: str) -> TestResponse:
    """The first step of signing in."""
    return submit(client, "/login", username=username, password=PASSWORD, **fields)


def second(client: FlaskClient, code: str) -> TestResponse:
    """The second one."""
    return submit(client, MFA_CHALLENGE, code=code)


def events() -> list[str]:
    """What was noted, beside that somebody signed in or out."""
    db.session.rollback()
    kinds = select(SecurityEvent.kind).where(SecurityEvent.kind.not_like("sign-in:%"))
    return list(db.session.scalars(kinds.order_by(SecurityEvent.id)))

"""Ways of signing in have one name each, wherever they are spoken of."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from backoffice.accounts.mfa.check import PASSKEY, RECOVERY, TOTP
from backoffice.console.presenters.method_labels import LABELS, method_label
from backoffice.models import AdminSession, SecurityEvent
from tests.accounts.people import write


def test_every_way_has_a_label(app: Flask) -> None:
    assert LABELS.keys() == {"password", TOTP, RECOVERY, PASSKEY}
    assert method_label("by pigeon") == "by pigeon"


def test_sessions_and_the_security_log_say_the_same(signed_in: FlaskClient) -> None:
    write(update(AdminSession).values(method=TOTP))
    write(update(SecurityEvent).values(kind="sign-in:succeeded", facts='{"method": "totp"}'))
    for page in ("/admin/sessions/", "/admin/security/"):
        assert "password and authenticator app" in signed_in.get(page).text, page

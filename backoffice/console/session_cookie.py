"""The cookie of a session, signed with SHA-256 where Flask's own takes SHA-1."""

import hashlib

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie. It holds a token that only a row of ours knows, and no secret beside it."""

    digest_method = staticmethod(hashlib.sha256)


def init_app(app: Flask) -> None:
    """Sign the sessions of `app` so."""
    app.session_interface = SessionCookie()

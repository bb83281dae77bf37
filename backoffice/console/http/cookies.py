"""Cookies: the session's, what a person chose for this browser, and what the browser says of itself."""

import hashlib
from datetime import UTC, datetime, timedelta

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from backoffice.clock import ClockSigner, utcnow


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, by SHA-256 where Flask takes SHA-1, and by our clock.

    It holds a token and no secret beside.
    """

    digest_method = staticmethod(hashlib.sha256)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookie."""
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = ClockSigner
        return serializer

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """Until when a browser keeps it; None where it forgets it when it is closed."""
        return utcnow().replace(tzinfo=UTC) + app.permanent_session_lifetime if session.permanent else None


def init_app(app: Flask) -> None:
    """Sign the sessions of `app`; templates get `cookie(name)`, its value, and `cookie_name(name)`."""
    app.session_interface = SessionCookie()
    app.jinja_env.globals.update(cookie=cookie, cookie_name=cookie_name)


def cookie_name(name: str) -> str:
    """The name by which browsers know the cookie `name`: over HTTPS with `__Host-` before it.

    They take such a cookie from this host only, over HTTPS, for all its paths.
    """
    return f"{current_app.config['COOKIE_PREFIX']}{name}"


def cookie(name: str) -> str | None:
    """What the cookie `name` says, if the browser sent one."""
    return request.cookies.get(cookie_name(name))


def set_cookie(
    response: Response, name: str, value: str, lasts: timedelta, *, same_site: str = "Lax"
) -> None:
    """Have the browser keep `value` for so long, away from scripts."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(cookie_name(name), value, lasts, secure=secure, httponly=True, samesite=same_site)


def delete_cookie(response: Response, name: str) -> None:
    """Have the browser forget it."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.delete_cookie(cookie_name(name), secure=secure, httponly=True, samesite="Lax")

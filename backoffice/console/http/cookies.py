"""Cookies: the session's, what a person chose for this browser, and what the browser says of itself."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from backoffice.clock import ClockSigner, utcnow


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, by SHA-256 where Flask takes SHA-1, and by our clock.

    It holds a token and no secret beside.
    """

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_name(self, app: Flask) -> str:
        """The name by which browsers know it."""
        return _sent_name(super().get_cookie_name(app))

    def get_cookie_path(self, app: Flask) -> str:
        """The path under which the console stands."""
        return cookie_path()

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
    """Sign the sessions of `app`; templates get `cookie(name)`, `cookie_name(name)` and `cookie_path()`."""
    app.session_interface = SessionCookie()
    app.jinja_env.globals.update(cookie=cookie, cookie_name=cookie_name, cookie_path=cookie_path)


def cookie_name(name: str) -> str:
    """The name by which browsers know the cookie `name`: over HTTPS with `__Host-` before it.

    They take such a cookie from this host only, over HTTPS, for all its paths.
    """
    return _sent_name(f"{current_app.config['COOKIE_PREFIX']}{name}")


def cookie_path() -> str:
    """The path under which the console stands: what else is on this host is sent none of its cookies."""
    return request.script_root or "/"


def _sent_name(name: str) -> str:
    """Where not all paths of the host are ours, browsers refuse `__Host-`; the next best is `__Secure-`."""
    return name.replace("__Host-", "__Secure-", 1) if request.script_root else name


def cookie(name: str) -> str | None:
    """What the cookie `name` says, if the browser sent one."""
    return request.cookies.get(cookie_name(name))


def set_cookie(
    response: Response, name: str, value: str, lasts: timedelta, *, same_site: str = "Lax"
) -> None:
    """Have the browser keep `value` for so long, away from scripts."""
    response.set_cookie(cookie_name(name), value, lasts, **_scope(), samesite=same_site)


def delete_cookie(response: Response, name: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(cookie_name(name), **_scope(), samesite="Lax")


def _scope() -> dict[str, Any]:
    """Whom a browser sends a cookie to, and whom it shows it."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    return {"path": cookie_path(), "secure": secure, "httponly": True}

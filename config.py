"""The settings: read once from the environment, checked, and refused in one line where they are wrong."""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import simplejson
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
KEY_FILE = ROOT / "instance" / "secret_key"
ENVIRONMENTS = ("development", "testing", "production")
SHORTEST_KEY = 32
# Keys that stand in tutorials and examples: whoever guesses one signs in as anybody.
KNOWN_KEYS = ("you-will-never-guess", "changeme", "change-me")

# `link` hands out a link only; `set` lets administrators choose the password too.
USER_PASSWORDS = ("set", "link")

# The addresses that mean each driver.
DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mariadb+pymysql": "mariadb+pymysql",
}
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104
# What a path is made of that needs no escaping, wherever it is written.
PLAIN_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+", re.ASCII)
LONGEST_PATH = 200
FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

# What each environment sets; everything else is the same code with the same values.
BY_ENVIRONMENT: dict[str, dict[str, Any]] = {
    "development": {},
    "testing": {"TESTING": True, "BCRYPT_LOG_ROUNDS": 4},
    "production": {"SESSION_COOKIE_SECURE": True},
}


class SettingError(Exception):
    """A setting that the console cannot start with: one line that names it and says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings by their Flask names, from `environ` (default: the process's environment).

    Raises SettingError for the first value that cannot be used.
    """
    env = os.environ if environ is None else environ
    name = _choice(env, "BACKOFFICE_ENV", "development", ENVIRONMENTS)
    production = name == "production"
    settings: dict[str, Any] = {
        "BACKOFFICE_ENV": name,
        "DEBUG": _flag(env, "FLASK_DEBUG", default=False),
        "TESTING": False,
        "BCRYPT_LOG_ROUNDS": _number(env, "BCRYPT_LOG_ROUNDS", 12, 10 if production else 4, 31),
        "BCRYPT_HANDLE_LONG_PASSWORDS": False,
        **BY_ENVIRONMENT[name],
        **_keys(env, production),
        "REDIS_URL": _redis_url(env),
        **_serving(env, production),
        **_database(env),
        **_sessions(env, production),
        **_accounts(env, production),
        **_requests(env, production),
        **_lists(env),
        "HISTORY_KEEP_DAYS": _keep_days(env),
    }
    if production and settings["DEBUG"]:
        raise SettingError("FLASK_DEBUG", "the debugger must be off in production.")
    return settings


def _keys(env: Mapping[str, str], production: bool) -> dict[str, Any]:
    key, fallbacks = _secret_key(env, production), _earlier_keys(env, "SECRET_KEY_FALLBACKS", production)
    return {
        "SECRET_KEY": key,
        "SECRET_KEY_FALLBACKS": fallbacks,
        # A list signs with the last and accepts all: forms that were open when the key changed can be sent.
        "WTF_CSRF_SECRET_KEY": [*fallbacks, key],
        "HISTORY_SEAL_KEYS": _seal_keys(env, production, key, fallbacks),
    }


def _earlier_keys(env: Mapping[str, str], name: str, production: bool) -> list[str]:
    """Keys that sign nothing any more. What they vouch for is believed: they are as strong as the others."""
    keys = _words(env, name)
    return [_strong_key(name, key) for key in keys] if production else keys


def _seal_keys(env: Mapping[str, str], production: bool, key: str, fallbacks: list[str]) -> list[str]:
    """The key that seals the history, and then those that it may have been sealed with before."""
    own = env.get("HISTORY_SEAL_KEY") or None
    present = _strong_key("HISTORY_SEAL_KEY", own) if own else key
    earlier = _earlier_keys(env, "HISTORY_SEAL_KEY_FALLBACKS", production)
    return list(dict.fromkeys([present, *earlier, key, *fallbacks]))


def _secret_key(env: Mapping[str, str], production: bool) -> str:
    key = env.get("SECRET_KEY", "")
    if production:
        return _strong_key("SECRET_KEY", key)
    return key or _kept_key()


def _strong_key(name: str, key: str) -> str:
    if not key:
        raise SettingError(name, "production needs a key of its own, at least 32 random characters.")
    if len(key) < SHORTEST_KEY:
        raise SettingError(name, f"too short, {SHORTEST_KEY} random characters at least.")
    if len(set(key)) < 10 or any(known in key.lower() for known in KNOWN_KEYS):
        raise SettingError(name, "too easy to guess, make one with: openssl rand -hex 32")
    return key


def _kept_key() -> str:
    """The random key in `instance/`, made the first time, so that every command reads the same one."""
    if not KEY_FILE.exists():
        KEY_FILE.parent.mkdir(mode=0o700, exist_ok=True)
        draft = KEY_FILE.with_name(f"{KEY_FILE.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        # A link is made once: where two processes start together, the first one's key counts.
        with contextlib.suppress(FileExistsError):
            KEY_FILE.hardlink_to(draft)
        draft.unlink()
    return KEY_FILE.read_text().strip()


def _serving(env: Mapping[str, str], production: bool) -> dict[str, Any]:
    return {
        "HOST": env.get("HOST") or "localhost",
        "APPLICATION_ROOT": _application_root(env),
        "PORT": _number(env, "PORT", 5000, 1, 65_535),
        "WEB_PROCESSES": _number(env, "WEB_PROCESSES", min(os.cpu_count() or 1, 4), 1, 64),
        # Each may need two of the 15 connections to the database that a process has.
        "WEB_THREADS": _number(env, "WEB_THREADS", 8, 1, 12),
        # How long a client may keep the server waiting: commands/web_worker/pace.py.
        "CLIENT_SECONDS": _number(env, "CLIENT_SECONDS", 20, 1, 600),
        "SAMPLE_DATA": _flag(env, "SAMPLE_DATA", default=not production),
    }


def _application_root(env: Mapping[str, str]) -> str:
    """The path under which the console stands; `/` is the whole host. gunicorn's name for it is read, too."""
    root, script_name = _plain_path(env, "APPLICATION_ROOT"), _plain_path(env, "SCRIPT_NAME")
    if root and script_name and root != script_name:
        raise SettingError("SCRIPT_NAME", "another path than APPLICATION_ROOT says; one of them is enough.")
    return root or script_name or "/"


def _plain_path(env: Mapping[str, str], name: str) -> str:
    path = env.get(name, "").removesuffix("/")
    if path and not is_plain_path(path):
        raise SettingError(name, f"a plain path such as /ops, not {path!r}.")
    return path


def is_plain_path(path: str) -> bool:
    """Whether a path is written in one way only: no `..`, no `//`, no query, nothing escaped."""
    return len(path) <= LONGEST_PATH and PLAIN_PATH.fullmatch(path) is not None


def _database(env: Mapping[str, str]) -> dict[str, Any]:
    url = _database_url(env.get("DATABASE_URL") or "sqlite:///app.db")
    statement_seconds = _number(env, "STATEMENT_TIMEOUT_SECONDS", 30, 1, 86_400)
    lock_seconds = _number(env, "LOCK_TIMEOUT_SECONDS", 5, 1, 3_600)
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # Servers are asked where there is a reason to: connections/pool.py.
            "pool_pre_ping": url.get_backend_name() == "sqlite",
            "hide_parameters": True,
            # What is kept of a row loses no digit of a number on its way.
            "json_serializer": partial(simplejson.dumps, use_decimal=True),
            "json_deserializer": partial(simplejson.loads, use_decimal=True),
        },
        "STATEMENT_TIMEOUT_SECONDS": statement_seconds,
        "LOCK_TIMEOUT_SECONDS": lock_seconds,
    }


def _database_url(address: str) -> URL:
    """The address with the driver that we bring, and a relative SQLite file beside this one."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise SettingError("DATABASE_URL", "this is not the address of a database.") from error
    driver = DRIVERS.get(url.drivername)
    if driver is None:
        raise SettingError("DATABASE_URL", "the console works on sqlite, postgresql and mariadb addresses.")
    url = url.set(drivername=driver)
    if driver == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(ROOT / url.database))
    if driver != "sqlite" and not url.database:
        raise SettingError("DATABASE_URL", "the name of the database is missing.")
    return url


def _redis_url(env: Mapping[str, str]) -> str | None:
    address = env.get("REDIS_URL") or None
    if address and not address.startswith(("redis://", "rediss://", "unix://")):
        raise SettingError("REDIS_URL", "it begins with redis://, rediss:// or unix://.")
    return address


def _sessions(env: Mapping[str, str], production: bool) -> dict[str, Any]:
    idle = _number(env, "SESSION_IDLE_MINUTES", 60, 1, 60 * 24 * 30)
    absolute = _number(env, "SESSION_HOURS", 12, 1, 24 * 30)
    # 0 takes "keep me signed in" away.
    remembered = _number(env, "REMEMBER_DAYS", 14, 0, 365)
    remembered_idle = _number(env, "REMEMBER_IDLE_DAYS", 3, 1, 365)
    # Browsers take a cookie of this name over HTTPS only, and from no neighbouring host.
    prefix = "__Host-" if production else ""
    return {
        "COOKIE_PREFIX": prefix,
        "SESSION_IDLE": timedelta(minutes=idle),
        "SESSION_ABSOLUTE": timedelta(hours=absolute),
        "SESSION_REMEMBERED": timedelta(days=remembered),
        "SESSION_REMEMBERED_IDLE": timedelta(days=remembered_idle),
        "SESSION_COOKIE_NAME": f"{prefix}backoffice_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # One cookie, which outlives the browser where "keep me signed in" was ticked. It is not sent again
        # with every answer: how long a sign-in lasts is decided by its row.
        "PERMANENT_SESSION_LIFETIME": max(timedelta(days=remembered), timedelta(hours=absolute)),
        "SESSION_REFRESH_EACH_REQUEST": False,
        # Flask-Login's own second cookie is not used: no cookie has an empty name.
        "REMEMBER_COOKIE_NAME": "",
    }


def _accounts(env: Mapping[str, str], production: bool) -> dict[str, Any]:
    return {
        "MIN_PASSWORD_LENGTH": _number(env, "MIN_PASSWORD_LENGTH", 12, 8, 64),
        # Words that no password is made of, beside the person's own names: those of the company, for example.
        "PASSWORD_WORDS": _words(env, "PASSWORD_WORDS"),
        # How an administrator gives a user of the application a new password.
        "USER_PASSWORDS": _choice(env, "USER_PASSWORDS", "set", USER_PASSWORDS),
        "SECOND_FACTOR_ROLES": _roles(env, "SECOND_FACTOR_ROLES", "all" if production else "none"),
        "PROOF_LASTS": timedelta(minutes=_number(env, "PROOF_MINUTES", 15, 1, 24 * 60)),
        "SECURITY_LOG_DAYS": _number(env, "SECURITY_LOG_DAYS", 180, 1, 36_500),
    }


def _roles(env: Mapping[str, str], name: str, default: str) -> list[str]:
    """Names of roles, which the application knows: see `backoffice.checked`. `none` is the empty list."""
    names = _words({name: env.get(name) or default}, name)
    return [] if names == ["none"] else names


def _requests(env: Mapping[str, str], production: bool) -> dict[str, Any]:
    return {
        # The other limits on what is sent stand in console/http/guards.py.
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 1_000,
        # Flask has a TRUSTED_HOSTS too, which knows no IPv6 and answers before there can be a page.
        "HOST_NAMES": _host_names(env, production),
        # A form that has been open for hours can still be sent: its token lives as long as the session.
        "WTF_CSRF_TIME_LIMIT": None,
        # Where a form comes from is for console/http/guards.py to say, and not for the referrer alone.
        "WTF_CSRF_SSL_STRICT": False,
        # OPTIONS would answer to strangers what a page can do.
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        "TRUSTED_PROXIES": _number(env, "TRUSTED_PROXIES", 0, 0, 10),
    }


def _host_names(env: Mapping[str, str], production: bool) -> list[str] | None:
    """The names in an address that the console answers to; None for any.

    Where none are given, those of this machine. Whoever serves on every address, in development, means any.
    """
    names = _words(env, "TRUSTED_HOSTS")
    wrong = next((name for name in names if not _is_host_name(name)), None)
    if wrong is not None:
        raise SettingError("TRUSTED_HOSTS", f"names of hosts without scheme and port, not {wrong!r}.")
    host = env.get("HOST") or "localhost"
    if not names and host in EVERY_ADDRESS and not production:
        return None
    known = names or {*THIS_MACHINE, host} - EVERY_ADDRESS
    return sorted({name.strip("[]").lower() for name in known})


def _is_host_name(name: str) -> bool:
    """Whether this is a name, an IPv4 address or an IPv6 address; `.example.com` is all names below it."""
    with contextlib.suppress(ValueError):
        return bool(ip_address(name.strip("[]")))
    return re.fullmatch(r"\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", name) is not None


def _lists(env: Mapping[str, str]) -> dict[str, Any]:
    return {
        "PAGE_SIZE": _number(env, "PAGE_SIZE", 50, 10, 200),
        "COUNT_LIMIT": _number(env, "COUNT_LIMIT", 10_000, 100, 10_000_000),
        "LIST_SECONDS": _number(env, "LIST_SECONDS", 5, 1, 3_600),
        # More rows than these are work for a worker.
        "BACKGROUND_ROWS": _number(env, "BACKGROUND_ROWS", 5_000, 100, 100_000),
    }


def _keep_days(env: Mapping[str, str]) -> int | None:
    """After how many days the content of the history is forgotten; never where nothing is said."""
    if not env.get("HISTORY_KEEP_DAYS"):
        return None
    return _number(env, "HISTORY_KEEP_DAYS", 90, 1, 36_500)


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.get(name) or default
    if value not in choices:
        raise SettingError(name, f"one of {', '.join(choices)}, not {value!r}.")
    return value


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
        raise SettingError(name, f"a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = (env.get(name) or "").lower()
    if text not in FLAGS and text:
        raise SettingError(name, f"1 or 0, not {text!r}.")
    return FLAGS.get(text, default)


def _words(env: Mapping[str, str], name: str) -> list[str]:
    """A list, its entries parted by commas."""
    return [word.strip() for word in env.get(name, "").split(",") if word.strip()]

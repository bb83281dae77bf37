"""Usernames and email addresses: how they are taken in, and when two of them are the same."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, String, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.exceptions import Invalid
from backoffice.models.user import User
from backoffice.statements import AnySession

# Control, format (the direction marks among them), surrogate and private characters, line separators.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def clean_username(text: str) -> str:
    """The username as it is kept: full-width forms folded, spaces around it gone.

    Raises Invalid where it is empty, too long, or holds characters that nobody sees.
    """
    username = _clean(text, "username")
    if not username:
        raise Invalid(_("A username is needed."), "username")
    return _short_enough(username, User.username)


def clean_email(text: str) -> str:
    """The email address as it is kept: folded like a username, its domain in lower case.

    Raises Invalid where it is no email address. Nobody is asked whether mail arrives there.
    """
    email = _short_enough(_clean(text, "email"), User.email)
    try:
        valid = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid(
            _("This is not an email address. One looks like susan@example.com."), "email"
        ) from error
    if "." not in valid.domain:
        raise Invalid(_("This is not an email address: its domain has no dot."), "email")
    return _short_enough(valid.normalized, User.email)


def taken(
    session: AnySession,
    column: InstrumentedAttribute[str],
    value: str,
    except_id: int | None = None,
) -> bool:
    """Whether another user than `except_id` has this username or email, in any case of its letters."""
    others = select(User.id).where(same(column, value)).limit(1)
    if except_id is not None:
        others = others.where(User.id != except_id)
    with session.no_autoflush:
        return session.scalar(others) is not None


def same(column: InstrumentedAttribute[str], value: str) -> ColumnElement[bool]:
    """Whether a column holds `value` in any case of its letters.

    SQLite's `lower()`, and PostgreSQL's in the C locale, leave letters beyond ASCII as they are. Only those
    that `value` has can matter, so they are replaced one by one; most values have none, and use the index.
    """
    held, wanted = func.lower(column), func.lower(literal(value))
    for letter, small in _beyond_ascii(value):
        held = func.replace(held, letter, small, type_=String)
        wanted = func.replace(wanted, letter, small, type_=String)
    return held == wanted


def called(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whether a column holds what somebody typed, as it stands or folded, in any case of its letters."""
    return or_(*(same(column, form) for form in {text, folded(text)}))


def is_storable(text: str) -> bool:
    """Whether every database takes this text: PostgreSQL has no NUL, and none has half a character."""
    return not any(character == "\0" or unicodedata.category(character) == "Cs" for character in text)


def folded(text: str) -> str:
    """The text with full-width and other compatibility forms folded, and single spaces."""
    return re.sub(" +", " ", unicodedata.normalize("NFKC", text)).strip()


def _clean(text: str, field: str) -> str:
    cleaned = folded(text)
    if any(unicodedata.category(character) in UNSEEN for character in cleaned):
        raise Invalid(_("It holds a character that cannot be seen, such as a control character."), field)
    return cleaned


def _short_enough(text: str, column: InstrumentedAttribute[str]) -> str:
    longest = column.type.length
    if len(text) > longest:
        raise Invalid(_("At most %(longest)s characters.", longest=longest), column.key)
    return text


def _beyond_ascii(text: str) -> list[tuple[str, str]]:
    """The letters beyond ASCII that may stand in the place of one in `text`, each with its small form."""
    capitals = {letter.upper() for letter in text if not letter.isascii()}
    letters = capitals | {letter for letter in text if letter.upper() in capitals}
    smalls = {letter: letter.upper().lower() for letter in sorted(letters) if not letter.isascii()}
    return [(one, small) for one, small in smalls.items() if one != small and len(one + small) == 2]

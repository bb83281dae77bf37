"""Usernames and email addresses: how they are taken in, and when two of them are the same."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Connection, func, inspect, or_, select
from sqlalchemy import text as literal_sql
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.exceptions import Invalid
from backoffice.models.folding import few_spellings, same
from backoffice.models.invisible import visible
from backoffice.models.user import User
from backoffice.statements import AnySession

COLLATION = literal_sql(
    "SELECT collation_name FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND table_name = :table AND column_name = :column"
)


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
    spellings = few_spellings(value)
    if spellings and _is_compared_in_any_case(session.connection(), column):
        others = others.where(column.in_(spellings))  # by the column's own index
    if except_id is not None:
        others = others.where(User.id != except_id)
    with session.no_autoflush:
        return session.scalar(others) is not None


def taken_for_table(
    session: AnySession,
    column: InstrumentedAttribute[str],
    value: str,
    except_id: int | None = None,
) -> str | None:
    """What another user has that the table itself takes for the same; else None.

    As the column's collation says, or an index on `lower()`, where the database's is not Unicode's folding.
    """
    same_there = column == value
    if _is_unique_in_any_case(session.connection(), column):
        same_there = or_(same_there, func.lower(column) == func.lower(value))
    others = select(column).where(same_there).limit(1)
    if except_id is not None:
        others = others.where(User.id != except_id)
    with session.no_autoflush:
        return session.scalar(others)


def _is_compared_in_any_case(connection: Connection, column: InstrumentedAttribute[str]) -> bool:
    if connection.dialect.name not in ("mysql", "mariadb"):
        return False
    collation = connection.scalar(COLLATION, {"table": User.__tablename__, "column": column.key})
    return str(collation).endswith("_ci")


def _is_unique_in_any_case(connection: Connection, column: InstrumentedAttribute[str]) -> bool:
    if connection.dialect.name != "postgresql":  # SQLite's is that of ASCII, and MariaDB has no such index
        return False
    indexes = inspect(connection).get_indexes(User.__tablename__)
    expressions = [one.get("expressions", []) for one in indexes if one["unique"]]
    return any(len(each) == 1 and str(each[0]).startswith(f"lower({column.key}") for each in expressions)


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
    if visible(cleaned) != cleaned:
        raise Invalid(_("It holds a character that cannot be seen, such as a control character."), field)
    return cleaned


def _short_enough(text: str, column: InstrumentedAttribute[str]) -> str:
    longest = column.type.length
    if len(text) > longest:
        raise Invalid(_("At most %(longest)s characters.", longest=longest), column.key)
    return text

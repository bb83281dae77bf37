"""The people of these tests, and ways to look at what happened to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Executable, event, select, update
from werkzeug.security import generate_password_hash

from backoffice.accounts.account import find_account
from backoffice.accounts.sessions.session import SignedInAdministrator, start_session
from backoffice.database import transaction
from backoffice.extensions import bcrypt, db
from backoffice.models import Administrator, AdminSession, Operation, User
from tests.conftest import PASSWORD, add_administrator

FOREIGN_HASH = generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")


def add_user(username: str, *, hashed: str | None = None, **columns: Any) -> User:
    """A user who is no administrator, with PASSWORD unless another hash is given."""
    user = User(username=username, email=f"{username}@example.com", **columns)
    if hashed is None:
        user.set_password(PASSWORD)
    else:
        user.password_hash = hashed
    db.session.add(user)
    db.session.commit()
    return user


def add_grant(user: User, role: str = "administrator", **columns: Any) -> Administrator:
    grant = Administrator(user_id=user.id, username=user.username, role=role, **columns)
    db.session.add(grant)
    db.session.commit()
    return grant


def grant_of(username: str) -> Administrator:
    db.session.rollback()
    return db.session.scalars(select(Administrator).where(Administrator.username == username)).one()


def id_of(username: str) -> int:
    """The id of a new administrator."""
    add_administrator(username, "administrator")
    return grant_of(username).id


def signed_in_as(username: str) -> SignedInAdministrator:
    """A sign-in of this administrator, without a browser."""
    account = find_account(grant_of(username).user_id)
    person = start_session(account, remember=False, address=None, user_agent=None)
    assert person is not None
    return person


def reread(thing: object) -> None:
    """Look at a row as it is now, not as it was when this transaction began."""
    db.session.rollback()
    db.session.refresh(thing)


def admin_sessions() -> list[AdminSession]:
    db.session.rollback()
    return list(db.session.scalars(select(AdminSession).order_by(AdminSession.id)))


def write(statement: Executable) -> None:
    """Change something behind the console's back."""
    with transaction(db.session):
        db.session.execute(statement)


def change_sessions(**columns: Any) -> None:
    write(update(AdminSession).values(**columns))


def operations() -> list[tuple[str, str | None, str]]:
    """What was done, to whom, and by whom."""
    db.session.rollback()
    rows = db.session.scalars(select(Operation).order_by(Operation.id))
    return [(row.kind, _whom(row), row.actor_name) for row in rows if not row.kind.endswith(":orm")]


def _whom(act: Operation) -> str | None:
    """By name, which their number leads to as well."""
    row = (act.facts or {})["row"]
    model: type[User | Administrator] = User if row.get("table") == "user" else Administrator
    names = db.session.scalars(select(model.username).where(model.id == int(row["key"]))).all()
    assert not names or names == [row["name"]]
    return str(row["name"])


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def count_checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that bcrypt is asked about from here on; it answers as ever."""
    asked: list[str] = []
    really = bcrypt.check_password_hash

    def check(hashed: str, password: bytes) -> bool:
        asked.append(hashed)
        return bool(really(hashed, password))

    monkeypatch.setattr(bcrypt, "check_password_hash", check)
    return asked

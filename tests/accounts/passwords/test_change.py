"""Changing passwords: one's own, and those of others."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from backoffice.accounts.account import find_account
from backoffice.accounts.authentication import authenticate
from backoffice.accounts.passwords import change
from backoffice.accounts.passwords.change import change_own_password, generate_password, set_password
from backoffice.accounts.sessions.session import find_signed_in
from backoffice.clock import utcnow
from backoffice.exceptions import Conflict, Invalid, NotFound
from backoffice.extensions import bcrypt, db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Change, User
from backoffice.models.password import hash_password
from tests.accounts.people import (
    FOREIGN_HASH,
    add_grant,
    add_user,
    admin_sessions,
    grant_of,
    operations,
    reread,
    signed_in_as,
    statements,
    write,
)
from tests.conftest import PASSWORD

NEW = "a new password, long enough"


@pytest.mark.every_database
def test_changing_ones_own_ends_the_other_sign_ins_only(susan: User) -> None:
    here, elsewhere = signed_in_as("susan"), signed_in_as("susan")
    add_grant(add_user("john"))
    john = signed_in_as("john")
    with acting_as(Actor("person", "susan", susan.id)):
        change_own_password(here, PASSWORD, NEW)
    reread(susan)
    assert susan.check_password(NEW)
    assert find_signed_in(here.token) is not None
    assert find_signed_in(john.token) is not None
    assert find_signed_in(elsewhere.token) is None
    assert operations() == [("user:password:change", "susan", "susan")]


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", NEW, "current_password"),
        ("", NEW, "current_password"),
        ("x" * 10_000, NEW, "current_password"),
        (PASSWORD, "x" * 11, "new_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, "x" * 4097, "new_password"),
        (PASSWORD, "\ud800" * 20, "new_password"),
    ],
)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_is_refused_changes_nothing(susan: User, current: str, new: str, field: str) -> None:
    here, elsewhere = signed_in_as("susan"), signed_in_as("susan")
    with pytest.raises(Invalid) as refusal:
        change_own_password(here, current, new)
    assert refusal.value.field == field
    reread(susan)
    assert susan.check_password(PASSWORD)
    assert find_signed_in(elsewhere.token) is not None
    assert operations() == []


@pytest.mark.every_database
def test_a_change_that_was_overtaken_is_refused(susan: User, monkeypatch: pytest.MonkeyPatch) -> None:
    here = signed_in_as("susan")
    overtake(susan.id, monkeypatch)
    with pytest.raises(Conflict):
        change_own_password(here, PASSWORD, NEW)
    reread(susan)
    assert susan.check_password("somebody was faster")


def overtake(user_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another change come in while the next password is hashed."""

    def slowly(password: str) -> str:
        monkeypatch.undo()
        set_password(user_id, "somebody was faster")
        return hash_password(password)

    monkeypatch.setattr(change, "hash_password", slowly)


def test_where_there_is_a_console_password_that_is_what_changes(app: Flask) -> None:
    user = add_user("susan", hashed=FOREIGN_HASH)
    add_grant(user, password_hash=hash_password(PASSWORD))
    change_own_password(signed_in_as("susan"), PASSWORD, NEW)
    reread(user)
    assert user.password_hash == FOREIGN_HASH
    assert find_account(user.id).console_hash == grant_of("susan").password_hash
    assert bcrypt.check_password_hash(grant_of("susan").password_hash, NEW)
    assert operations()[0][0] == "administrator:password:change"


@pytest.mark.parametrize("hashed", [None, "", "$2y$04$" + "." * 22 + "a" * 31])
def test_setting_the_password_of_a_user(app: Flask, hashed: str | None) -> None:
    user = add_user("john", hashed=hashed)
    set_password(user.id, NEW)
    reread(user)
    assert user.check_password(NEW)
    assert operations()[0][0] == "user:password:change"


def test_a_hash_of_another_application_is_overwritten_only_by_force(app: Flask) -> None:
    user = add_user("john", hashed=FOREIGN_HASH)
    with pytest.raises(Conflict, match="lock them out"):
        set_password(user.id, NEW)
    reread(user)
    assert user.password_hash == FOREIGN_HASH
    set_password(user.id, NEW, force=True)
    reread(user)
    assert user.check_password(NEW)


def test_an_administrator_with_a_foreign_hash_gets_a_console_password(app: Flask) -> None:
    user = add_user("susan", hashed=FOREIGN_HASH)
    add_grant(user)
    set_password(user.id, NEW)
    reread(user)
    assert user.password_hash == FOREIGN_HASH
    assert bcrypt.check_password_hash(grant_of("susan").password_hash, NEW)


@pytest.mark.every_database
def test_a_grant_of_somebody_who_had_the_id_before_gets_nothing(app: Flask) -> None:
    user = add_user("eve", hashed=FOREIGN_HASH)
    grant = add_grant(user)
    grant.username = "susan"
    db.session.commit()
    with pytest.raises(Conflict):
        set_password(user.id, NEW)
    assert grant_of("susan").password_hash is None


def test_setting_a_password_ends_the_sign_ins(susan: User) -> None:
    person = signed_in_as("susan")
    set_password(susan.id, NEW)
    assert find_signed_in(person.token) is None
    assert admin_sessions()[0].ended_at is not None


def test_a_user_who_is_gone_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        set_password(4711, NEW)


def test_the_record_says_that_and_never_what(susan: User) -> None:
    set_password(susan.id, NEW)
    [(kind, selection, _)] = operations()
    assert (kind, selection) == ("user:password:change", "susan")
    change = db.session.query(Change).order_by(Change.id.desc()).first()
    assert change is not None
    assert NEW not in f"{change.before}{change.after}"


@pytest.mark.every_database
def test_nothing_is_hashed_inside_a_transaction(susan: User, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    with statements() as sent:

        def note(password: str) -> str:
            seen.append(len([statement for statement in sent if "UPDATE" in statement]))
            return hash_password(password)

        monkeypatch.setattr(change, "hash_password", note)
        set_password(susan.id, NEW)
    assert seen == [0]


def test_the_shortest_password_is_a_setting(app: Flask, susan: User) -> None:
    app.config["MIN_PASSWORD_LENGTH"] = 8
    set_password(susan.id, "kRq7#vXz")
    with pytest.raises(Invalid, match="8"):
        set_password(susan.id, "kRq7#vX")


def test_a_password_that_is_made_up_is_long_and_new_each_time() -> None:
    assert len({generate_password() for _ in range(100)}) == 100
    assert len(generate_password()) >= 24


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_password_stays_good_however_old_it_is(susan: User) -> None:
    write(update(Administrator).values(granted_at=utcnow() - timedelta(days=3650)))
    assert authenticate("susan", PASSWORD) is not None
    assert signed_in_as("susan").required_action is None

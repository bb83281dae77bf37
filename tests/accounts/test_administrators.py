"""Granting access and taking it away; somebody who can administer is always left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from backoffice.accounts.administrators import (
    create_administrator,
    disable,
    enable,
    find_user,
    find_user_exactly,
    follow_rename,
    grant_access,
    revoke,
)
from backoffice.accounts.authentication import authenticate
from backoffice.accounts.protection import active_administrators, protected_user_ids
from backoffice.accounts.sessions.session import find_signed_in
from backoffice.clock import utcnow
from backoffice.exceptions import BackofficeError, Conflict, Invalid, NotFound
from backoffice.extensions import bcrypt, db
from backoffice.history import Actor, acting_as, operation
from backoffice.models import Administrator, Change, User
from tests.accounts.people import (
    FOREIGN_HASH,
    add_grant,
    add_user,
    grant_of,
    id_of,
    operations,
    reread,
    signed_in_as,
    write,
)
from tests.conftest import PASSWORD, add_administrator

pytestmark = pytest.mark.every_database

ROUNDS = 8


def acting(username: str) -> Any:
    grant = grant_of(username)
    return acting_as(Actor("person", username, grant.user_id))


def test_a_new_administrator_is_a_user_and_a_grant_in_one_operation(app: Flask) -> None:
    with acting_as(Actor("command", "manage.py create-admin")):
        create_administrator(" Susan ", "Susan@EXAMPLE.com", "editor", PASSWORD)
    grant = grant_of("Susan")
    assert grant.user is not None
    assert (grant.user.email, grant.role, grant.granted_by) == (
        "Susan@example.com",
        "editor",
        "manage.py create-admin",
    )
    assert authenticate("susan", PASSWORD) is not None
    assert operations() == [("administrator:grant", "Susan", "manage.py create-admin")]
    recorded = db.session.scalars(select(Change.table_name).order_by(Change.id)).all()
    assert sorted(recorded) == ["backoffice_administrator", "user"]


@pytest.mark.parametrize(
    ("username", "email", "role", "password", "field"),
    [
        ("SUSAN", "other@example.com", "editor", PASSWORD, "username"),
        ("other", "SUSAN@example.com", "editor", PASSWORD, "email"),
        ("a\u202eb", "other@example.com", "editor", PASSWORD, "username"),
        ("other", "no address", "editor", PASSWORD, "email"),
        ("other", "other@example.com", "king", PASSWORD, "role"),
        ("other", "other@example.com", "editor", "short", "password"),
    ],
)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_new_administrator_that_cannot_be(
    susan: User, username: str, email: str, role: str, password: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        create_administrator(username, email, role, password)
    assert refusal.value.field == field
    assert db.session.query(User).count() == db.session.query(Administrator).count() == 1


def test_users_are_found_by_both_their_names_or_the_difference_is_said(app: Flask) -> None:
    susan, john = add_user("susan"), add_user("john")
    assert find_user("SUSAN") is susan
    assert find_user("nobody\0") is None
    assert find_user_exactly("susan", "SUSAN@example.com") is susan
    assert find_user_exactly("nobody", "nobody@example.com") is None
    for username, email, reason in (
        ("susan", "new@example.com", "another email"),
        ("new", john.email, "john"),
        ("susan", john.email, "two different users"),
    ):
        with pytest.raises(Conflict, match=reason):
            find_user_exactly(username, email)


def test_a_user_who_is_there_keeps_their_password(app: Flask) -> None:
    user = add_user("susan")
    grant_access(user.id, "viewer")
    assert authenticate("susan", PASSWORD) is not None
    assert grant_of("susan").password_hash is None


@pytest.mark.parametrize("hashed", [FOREIGN_HASH, ""], ids=["foreign", "empty"])
def test_a_user_whose_own_password_cannot_be_read_gets_one_for_the_console(app: Flask, hashed: str) -> None:
    user = add_user("susan", hashed=hashed)
    grant_access(user.id, "viewer", "for this place alone")
    assert authenticate("susan", "for this place alone") is not None
    reread(user)
    assert user.password_hash == hashed


def test_access_is_granted_once(susan: User) -> None:
    with pytest.raises(Conflict, match="already"):
        grant_access(susan.id, "viewer")
    assert grant_of("susan").role == "administrator"
    with pytest.raises(NotFound):
        grant_access(4711, "viewer")


def test_a_grant_that_was_disabled_is_given_anew(susan: User) -> None:
    add_grant(add_user("john"), "viewer", disabled_at=utcnow())
    grant_access(grant_of("john").user_id, "editor")
    grant = grant_of("john")
    assert (grant.role, grant.is_active) == ("editor", True)


def test_whoever_has_the_id_of_an_administrator_who_is_gone_inherits_nothing(susan: User) -> None:
    john = add_user("john", hashed=FOREIGN_HASH)
    grant = add_grant(john, password_hash="old:" + FOREIGN_HASH)
    person = signed_in_as("john")
    write(update(User).where(User.id == grant.user_id).values(username="eve"))
    grant_access(grant.user_id, "viewer")
    assert grant_of("eve").password_hash is None
    disable(grant_of("eve").id)
    grant_access(grant.user_id, "viewer", "for this place alone")
    assert grant_of("eve").is_active
    assert find_signed_in(person.token) is None
    assert bcrypt.check_password_hash(grant_of("eve").password_hash, "for this place alone")


def test_disabling_closes_and_enabling_opens(susan: User) -> None:
    john = id_of("john")
    person = signed_in_as("john")
    with acting("susan"):
        disable(john)
        assert authenticate("john", PASSWORD) is None
        assert find_signed_in(person.token) is None
        enable(john)
    assert authenticate("john", PASSWORD) is not None
    assert find_signed_in(person.token) is None
    assert operations() == [
        ("administrator:disable", "john", "susan"),
        ("administrator:enable", "john", "susan"),
    ]


def test_revoking_takes_the_grant_and_leaves_the_user(susan: User) -> None:
    john = id_of("john")
    person = signed_in_as("john")
    with acting("susan"):
        revoke(john)
    assert find_signed_in(person.token) is None
    assert authenticate("john", PASSWORD) is None
    assert find_user("john") is not None
    with pytest.raises(NotFound):
        revoke(john)


@pytest.mark.parametrize("take_away", [disable, revoke])
def test_nobody_takes_their_own_access_away(susan: User, take_away: Callable[[int], None]) -> None:
    add_administrator("john", "administrator")
    with acting("susan"), pytest.raises(Conflict, match="your own"):
        take_away(grant_of("susan").id)
    assert grant_of("susan").is_active


@pytest.mark.parametrize("take_away", [disable, revoke])
def test_the_last_active_administrator_stays(susan: User, take_away: Callable[[int], None]) -> None:
    add_grant(add_user("disabled"), disabled_at=utcnow())
    add_grant(add_user("renamed"))
    add_grant(add_user("gone"))
    add_administrator("viewer", "viewer")
    write(update(User).where(User.username == "renamed").values(username="other"))
    write(delete(User).where(User.username == "gone"))
    with pytest.raises(Conflict, match="last active administrator"):
        take_away(grant_of("susan").id)
    assert [grant.username for grant in active_administrators()] == ["susan"]
    for username in ("disabled", "renamed", "gone", "viewer"):
        take_away(grant_of(username).id)


def test_a_grant_whose_user_is_gone_is_not_enabled(susan: User) -> None:
    add_grant(add_user("john"), disabled_at=utcnow())
    write(delete(User).where(User.username == "john"))
    with pytest.raises(Conflict, match="anew"):
        enable(grant_of("john").id)


def test_who_cannot_be_deleted(susan: User) -> None:
    john, viewer = add_administrator("john", "administrator"), add_administrator("viewer", "viewer")
    plain = add_user("plain")
    assert protected_user_ids(susan.id) == {susan.id}
    assert protected_user_ids(viewer.id) == {viewer.id, susan.id, john.id}
    assert protected_user_ids(plain.id) == {plain.id, susan.id, john.id}
    assert protected_user_ids(None) == {susan.id, john.id}
    write(update(Administrator).where(Administrator.username == "susan").values(disabled_at=utcnow()))
    assert protected_user_ids(susan.id) == {susan.id, john.id}
    assert protected_user_ids(john.id) == {john.id}


def test_a_grant_follows_a_renaming_by_the_console_only(susan: User) -> None:
    with operation("user:update"):
        follow_rename(susan.id, "susan", "susan2")
        susan.username = "susan2"
    assert grant_of("susan2").is_active
    write(update(User).where(User.id == susan.id).values(username="susan3"))
    with operation("user:update"):
        follow_rename(susan.id, "susan3", "susan4")
        susan.username = "susan4"
    assert not grant_of("susan2").is_active


def void(_result: object) -> None:
    """What is given back does not matter here."""


def in_parallel(app: Flask, *acts: Callable[[], None]) -> list[BackofficeError | None]:
    """Do these at the same moment, and say what was refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[], None]) -> BackofficeError | None:
        with app.app_context():
            start.wait()
            try:
                act()
            except BackofficeError as error:
                return error
            return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("take_away", [disable, revoke])
def test_two_who_take_each_others_access_away_at_once_leave_one(
    app: Flask, susan: User, take_away: Callable[[int], None]
) -> None:
    for _round in range(ROUNDS):
        john = find_user("john") or add_user("john")
        for user in (susan, john):
            write(delete(Administrator).where(Administrator.user_id == user.id))
            add_grant(user)
        ids = {user.username: (user.id, grant_of(user.username).id) for user in (susan, john)}
        db.session.rollback()

        def act(username: str, other: str, ids: dict[str, tuple[int, int]] = ids) -> Callable[[], None]:
            def run() -> None:
                with acting_as(Actor("person", username, ids[username][0])):
                    take_away(ids[other][1])

            return run

        refused = in_parallel(app, act("susan", "john"), act("john", "susan"))
        assert sum(error is None for error in refused) == 1, refused
        db.session.rollback()
        assert len(active_administrators()) == 1


def test_two_who_delete_each_other_at_once_leave_one(app: Flask, susan: User) -> None:
    john = add_administrator("john", "administrator")
    ids = {"susan": susan.id, "john": john.id}

    def act(username: str, other: str) -> Callable[[], None]:
        def run() -> None:
            with acting_as(Actor("person", username, ids[username])), operation("user:delete"):
                if ids[other] in protected_user_ids(ids[username], lock=True):
                    raise Conflict("protected")
                db.session.execute(delete(User).where(User.id == ids[other]))
                db.session.execute(delete(Administrator).where(Administrator.user_id == ids[other]))

        return run

    for _round in range(ROUNDS):
        db.session.rollback()
        refused = in_parallel(app, act("susan", "john"), act("john", "susan"))
        assert sum(error is None for error in refused) == 1, refused
        db.session.rollback()
        [left] = active_administrators()
        other = ({"susan", "john"} - {left.username}).pop()
        ids[other] = add_administrator(other, "administrator").id


def test_one_name_is_given_to_one_of_several_who_want_it_at_once(app: Flask) -> None:
    def act(username: str, email: str) -> Callable[[], None]:
        return lambda: void(create_administrator(username, email, "viewer", PASSWORD))

    for round_ in range(3):
        name = f"susan{round_}"
        names = (name, name, name.upper(), name)
        db.session.rollback()
        refused = in_parallel(app, *(act(username, f"{name}@example.com") for username in names))
        assert sum(error is None for error in refused) == 1, refused
        db.session.rollback()
        assert db.session.query(User).count() == db.session.query(Administrator).count() == round_ + 1


def test_access_is_granted_once_to_somebody_who_gets_it_twice_at_once(app: Flask) -> None:
    user_id = add_user("susan").id
    db.session.rollback()
    refused = in_parallel(app, *(lambda: void(grant_access(user_id, "viewer")),) * 3)
    assert sum(error is None for error in refused) == 1, refused
    db.session.rollback()
    assert db.session.query(Administrator).count() == 1

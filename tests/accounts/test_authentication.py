"""Who somebody is: the right answer for the right reason, the same answer and work for every wrong one."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.accounts.account import Account
from backoffice.accounts.authentication import authenticate
from backoffice.accounts.passwords import change
from backoffice.accounts.passwords.change import renew_hash, set_password
from backoffice.clock import utcnow
from backoffice.extensions import bcrypt, db
from backoffice.models import User
from backoffice.models.password import LONGEST_PASSWORD_BYTES, hash_password
from tests.accounts.people import (
    FOREIGN_HASH,
    add_grant,
    add_user,
    admin_sessions,
    count_checks,
    operations,
    reread,
)
from tests.browsing import submit, without_chance
from tests.conftest import PASSWORD

pytestmark = pytest.mark.every_database


def username_of(account: Account | None) -> str | None:
    return account.user.username if account else None


def test_by_username_or_email_in_any_case(susan: User) -> None:
    for name in ("susan", "SUSAN", " susan ", "susan@example.com", "Susan@Example.COM", "\uff53usan"):
        assert username_of(authenticate(name, PASSWORD)) == "susan", name


def test_the_exact_name_wins_over_one_in_another_case(app: Flask) -> None:
    for name in ("Susan", "susan", "SUSAN"):
        user = User(username=name, email=f"{name}@{name}.example.com")
        user.set_password(f"{name}, {PASSWORD}")
        db.session.add(user)
        try:
            db.session.commit()
        except Exception:  # noqa: BLE001 - this database lets only one of them in
            db.session.rollback()
            return
        add_grant(user)
    for name in ("Susan", "susan", "SUSAN"):
        assert username_of(authenticate(name, f"{name}, {PASSWORD}")) == name
        assert authenticate(name, f"{name.swapcase()}, {PASSWORD}") is None


def test_a_username_wins_over_an_equal_email(susan: User) -> None:
    impostor = User(username="susan@example.com", email="impostor@example.com")
    impostor.set_password("another password")
    db.session.add(impostor)
    db.session.commit()
    add_grant(impostor)
    assert username_of(authenticate("susan@example.com", "another password")) == "susan@example.com"
    assert username_of(authenticate("susan", PASSWORD)) == "susan"


def no_such_user() -> None:
    pass


def no_administrator() -> None:
    add_user("mallory")


def disabled() -> None:
    add_grant(add_user("mallory"), disabled_at=utcnow())


def foreign_hash() -> None:
    add_grant(add_user("mallory", hashed=FOREIGN_HASH))


def no_hash() -> None:
    add_grant(add_user("mallory", hashed=""))


def foreign_console_hash() -> None:
    add_grant(add_user("mallory"), password_hash=FOREIGN_HASH)


def renamed() -> None:
    user = add_user("eve")
    add_grant(user)
    user.username = "mallory"
    db.session.commit()


def other_password() -> None:
    add_grant(add_user("mallory", hashed=hash_password("something else")))


REFUSALS = [
    no_such_user, no_administrator, disabled, foreign_hash, no_hash, foreign_console_hash, renamed,
    other_password,
]  # fmt: skip


def test_every_refusal_is_the_same_answer_after_one_check_at_the_present_cost(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, pages = count_checks(monkeypatch), set()
    for prepare in REFUSALS:
        forget_mallory(prepare)
        del asked[:]
        answer = submit(client, "/login", username="mallory", password=PASSWORD)
        assert answer.status_code == 401, prepare
        assert [hashed[:7] for hashed in asked] == ["$2b$04$"], prepare
        pages.add(without_chance(answer.text))
    assert len(pages) == 1
    assert admin_sessions() == []


def forget_mallory(prepare: Callable[[], None]) -> None:
    for table in ("backoffice_administrator", '"user"'):
        db.session.connection().exec_driver_sql(f"DELETE FROM {table}")
    db.session.commit()
    prepare()


def test_nobodys_hash_costs_what_is_set(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config["BCRYPT_LOG_ROUNDS"] = 6
    asked = count_checks(monkeypatch)
    assert authenticate("nobody", "anything") is None
    assert [hashed[:7] for hashed in asked] == ["$2b$06$"]


def test_a_name_that_was_changed_is_refused_and_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    renamed()
    with caplog.at_level(logging.WARNING):
        assert authenticate("mallory", PASSWORD) is None
    assert "another name" in caplog.text


def test_what_cannot_be_a_password_costs_nothing(susan: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_work(*_args: object) -> bool:
        raise AssertionError("bcrypt was asked")

    monkeypatch.setattr(bcrypt, "check_password_hash", no_work)
    for name in ("susan", "nobody"):
        for password in ("a" * (LONGEST_PASSWORD_BYTES + 1), "\ud800"):
            assert authenticate(name, password) is None


def test_what_cannot_be_a_name_is_nobodys(susan: User) -> None:
    for name in ("", "  ", "susan\0", "\ud800", "x" * 1000, "%", "susan' OR '1'='1"):
        assert authenticate(name, PASSWORD) is None


def test_the_console_password_is_what_counts_where_there_is_one(app: Flask) -> None:
    grant = add_grant(add_user("susan"), password_hash=hash_password("for the console"))
    assert username_of(authenticate("susan", "for the console")) == "susan"
    assert authenticate("susan", PASSWORD) is None
    assert grant.user is not None
    assert grant.user.check_password(PASSWORD)


def test_a_hash_of_a_lower_cost_is_renewed_at_sign_in(app: Flask, client: FlaskClient, susan: User) -> None:
    old = susan.password_hash
    raise_cost(app, 5)
    submit(client, "/login", username="susan", password="wrong password")
    reread(susan)
    assert susan.password_hash == old
    submit(client, "/login", username="susan", password=PASSWORD)
    reread(susan)
    assert susan.password_hash is not None
    assert susan.password_hash.startswith("$2b$05$")
    assert susan.check_password(PASSWORD)
    assert operations() == [("user:password:renew", "susan", "susan")]


def test_a_console_hash_is_renewed_in_its_place(app: Flask) -> None:
    grant = add_grant(add_user("susan", hashed=FOREIGN_HASH), password_hash=hash_password(PASSWORD))
    raise_cost(app, 5)
    account = authenticate("susan", PASSWORD)
    assert account is not None
    renew_hash(account.user.id, PASSWORD, account.console_hash)
    reread(grant)
    assert grant.password_hash is not None
    assert grant.password_hash.startswith("$2b$05$")
    assert grant.user is not None
    assert grant.user.password_hash == FOREIGN_HASH
    assert operations()[0][0] == "administrator:password:renew"


def test_a_hash_that_changed_meanwhile_is_not_overwritten(
    app: Flask, susan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_cost(app, 5)
    account = authenticate("susan", PASSWORD)
    assert account is not None
    overtake(monkeypatch, susan.id)
    renew_hash(account.user.id, PASSWORD, account.console_hash)
    reread(susan)
    assert susan.check_password("changed meanwhile")
    assert [kind for kind, *_ in operations()] == ["user:password:change"]


def overtake(monkeypatch: pytest.MonkeyPatch, user_id: int) -> None:
    """Let another change come in while the password is hashed, which is slow."""

    def slowly(password: str) -> str:
        monkeypatch.undo()
        set_password(user_id, "changed meanwhile")
        return hash_password(password)

    monkeypatch.setattr(change, "hash_password", slowly)


def raise_cost(app: Flask, rounds: int) -> None:
    app.config["BCRYPT_LOG_ROUNDS"] = rounds
    bcrypt.init_app(app)

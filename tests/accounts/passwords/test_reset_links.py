"""One-time links: made by an administrator, used by whom they are for, once, within the hour."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from backoffice.accounts.administrators import disable, enable, grant_access
from backoffice.accounts.authentication import authenticate
from backoffice.accounts.passwords.change import set_password
from backoffice.accounts.passwords.reset_links import choose_password, create_link
from backoffice.accounts.sessions.session import find_signed_in
from backoffice.commands.housekeeping import tidy_up
from backoffice.exceptions import BackofficeError, Conflict, Invalid, Throttled
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Operation, PasswordLink, SecurityEvent, User
from backoffice.models.password import hash_password
from tests.accounts.factors import MFA_CHALLENGE, add_authenticator, code_of, second
from tests.accounts.people import (
    FOREIGN_HASH,
    add_grant,
    add_user,
    grant_of,
    operations,
    reread,
    signed_in_as,
    write,
)
from tests.browsing import sign_in, submit, token_of
from tests.conftest import PASSWORD, add_administrator

NEW = "a new password, long enough"
OTHER = "quite another one, as long"
PAGE = "/password"
LINK = re.compile(r'value="http://localhost/password#([\w-]{43})"')
sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def link_for(client: FlaskClient, user_id: int) -> str:
    """The code of a link that is made on the user's page."""
    page = f"/admin/user/password/?id={user_id}"
    answer = submit(client, page, "/admin/user/password-link/", id=user_id)
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    return code_on(answer)


def code_on(page: TestResponse) -> str:
    found = LINK.search(page.text)
    assert found, page.text
    return found[1]


def choose(client: FlaskClient, code: str, password: str = NEW) -> TestResponse:
    return submit(client, PAGE, code=code, password=password, again=password)


def events() -> list[tuple[str, str | None]]:
    db.session.rollback()
    found = db.session.scalars(select(SecurityEvent).order_by(SecurityEvent.id))
    return [(event.kind, event.name) for event in found if event.kind.startswith("password")]


def test_an_administrator_chooses_a_password_with_a_link(app: Flask, signed_in: FlaskClient) -> None:
    john = add_administrator("john", "editor")
    before = signed_in_as("john")
    code = link_for(signed_in, john.id)
    assert code not in signed_in.get(f"/admin/user/password/?id={john.id}").text
    stranger = app.test_client()
    answer = choose(stranger, code)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "Your new password is set" in stranger.get("/login").text
    assert stranger.get("/admin/").status_code == 302
    assert find_signed_in(before.token) is None
    sign_in(stranger, "john", NEW)
    assert operations() == [("user:password:change", "john", "john")]
    act = db.session.scalars(select(Operation).where(Operation.kind == "user:password:change")).one()
    assert (act.facts or {})["link"] == "susan"
    assert choose(app.test_client(), code, OTHER).status_code == 422
    made, used, changed, refused = events()
    assert (made, used, changed) == (
        ("password-link:made", "john"),
        ("password-link:used", "john"),
        ("password:changed", "john"),
    )
    assert refused == ("password-link:refused", "john")


def test_the_table_and_the_log_hold_no_code(
    app: Flask, susan: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    code = create_link(add_user("john").id).code
    link = db.session.scalars(select(PasswordLink)).one()
    assert code not in f"{vars(link)}"
    assert (link.username, link.used_at) == ("john", None)
    choose_password(code, NEW)
    assert code not in caplog.text
    assert NEW not in caplog.text


@sqlite
def test_a_link_leaves_the_second_factor_as_it_is(app: Flask, susan: User) -> None:
    secret, _codes = add_authenticator("susan")
    stranger = app.test_client()
    assert choose(stranger, create_link(susan.id).code).location == "/login"
    assert sign_in(stranger, "susan", NEW).location == MFA_CHALLENGE
    assert stranger.get("/admin/account/").status_code == 302
    assert second(stranger, code_of(secret)).location == "/admin/"


def test_a_user_of_the_application_chooses_one_too(app: Flask, signed_in: FlaskClient) -> None:
    john = add_user("john", hashed=FOREIGN_HASH)
    assert "no longer be able to sign in" in signed_in.get(f"/admin/user/password/?id={john.id}").text
    answer = choose(app.test_client(), link_for(signed_in, john.id))
    assert answer.location == "/password/done"
    assert "Your new password is set" in app.test_client().get("/password/done").text
    reread(john)
    assert john.check_password(NEW)
    # What came with the whole address, and spaces around it, is taken too.
    code = link_for(signed_in, john.id)
    assert choose(app.test_client(), f" http://localhost/password#{code}\n", OTHER).status_code == 303


@pytest.mark.parametrize("hashed", [FOREIGN_HASH, ""], ids=["foreign", "none"])
def test_who_is_granted_access_without_a_password_gets_a_link(
    app: Flask, signed_in: FlaskClient, hashed: str
) -> None:
    john = add_user("john", hashed=hashed)
    code = code_on(submit(signed_in, "/admin/administrator/grant/", username="john", role="viewer"))
    assert authenticate("john", PASSWORD) is None
    assert choose(app.test_client(), code).location == "/login"
    sign_in(app.test_client(), "john", NEW)
    reread(john)
    assert john.password_hash == hashed
    assert [kind for kind, *_ in operations()] == ["administrator:grant", "administrator:password:change"]


def outlive(john: User) -> None:
    link = db.session.scalars(select(PasswordLink)).one()
    write(update(PasswordLink).values(created_at=link.created_at - timedelta(minutes=61)))


def rename(john: User) -> None:
    write(update(User).where(User.id == john.id).values(username="johnny"))


def grant(john: User) -> None:
    """Whoever made the link may not have been one who could make it now."""
    grant_access(john.id, "administrator")


def let_in_and_out(john: User) -> None:
    grant_access(john.id, "viewer")
    create_link(john.id)
    disable(grant_of("john").id)
    enable(grant_of("john").id)


@pytest.mark.parametrize(
    "change",
    [
        outlive,
        rename,
        grant,
        let_in_and_out,
        lambda john: set_password(john.id, OTHER),
        lambda john: create_link(john.id),
        lambda john: write(delete(User).where(User.id == john.id)),
    ],
)
@sqlite
def test_a_link_is_void_when_things_have_changed(
    app: Flask, signed_in: FlaskClient, change: Callable[[User], object]
) -> None:
    john = add_user("john")
    key, code = john.id, link_for(signed_in, john.id)
    change(john)
    db.session.rollback()
    hashed = db.session.scalar(select(User.password_hash).where(User.id == key))
    refused = choose(app.test_client(), code)
    unknown = choose(app.test_client(), "x" * 43)
    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert "This link does not work, or not any more." in refused.text
    assert said(refused) == said(unknown)
    db.session.rollback()
    assert db.session.scalar(select(User.password_hash).where(User.id == key)) == hashed


def said(page: TestResponse) -> str:
    return re.sub(r'value="[^"]*"', "", page.text)


@sqlite
def test_what_is_wrong_is_said_and_the_code_stays(app: Flask, signed_in: FlaskClient) -> None:
    john = add_user("john")
    code, client = link_for(signed_in, john.id), app.test_client()
    for password, again, reason in (
        ("short", "short", "at least 12"),
        ("john.example12", "john.example12", "too little of it is left"),
        (NEW, OTHER, "not the same"),
        ("", "", "fill this in"),
    ):
        answer = submit(client, PAGE, code=code, password=password, again=again)
        assert answer.status_code == 422
        assert reason in answer.text
        assert f'value="{code}"' in answer.text
        assert NEW not in answer.text
    assert submit(client, PAGE, code="", password=NEW, again=NEW).status_code == 422
    assert client.post(PAGE, data={"code": code, "password": NEW, "again": NEW}).status_code == 400
    assert choose(client, code).status_code == 303


@pytest.mark.every_database
def test_of_many_at_once_one_sets_the_password(app: Flask, susan: User) -> None:
    code, together = create_link(susan.id).code, Barrier(4)

    def use(number: int) -> bool:
        with app.app_context(), acting_as(visitor(f"192.0.2.{number}")):
            together.wait()
            try:
                return choose_password(code, f"{NEW} {number}")
            except BackofficeError:
                return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1
    assert [kind for kind, *_ in operations()] == ["user:password:change"]
    reread(susan)
    assert any(susan.check_password(f"{NEW} {number}") for number in range(4))


def visitor(address: str) -> Actor:
    return Actor("visitor", "visitor", None, address)


@sqlite
def test_codes_cannot_be_tried_for_long(app: Flask, susan: User) -> None:
    code = create_link(susan.id).code
    for number in range(30):  # one customer's network
        with acting_as(visitor(f"2001:db8::{number}")), pytest.raises(Invalid):
            choose_password("x", NEW)
    with acting_as(visitor("2001:db8::ffff")), pytest.raises(Throttled):
        choose_password(code, NEW)
    with acting_as(visitor("192.0.2.2")):
        assert choose_password(code, NEW)


@sqlite
def test_nobody_sets_the_password_of_an_administrator(
    app: Flask, signed_in: FlaskClient, susan: User
) -> None:
    john = add_administrator("john", "viewer")
    page = f"/admin/user/password/?id={john.id}"
    assert "Administrators choose their passwords themselves" in signed_in.get(page).text
    assert 'name="password"' not in signed_in.get(page).text
    assert submit(signed_in, page, password=NEW, again=NEW).status_code == 409
    own = f"/admin/user/password/?id={susan.id}"
    assert signed_in.get(own).location == "/admin/account/"
    for address, sent in (
        (own, {"password": NEW, "again": NEW}),
        ("/admin/user/password-link/", {"id": susan.id}),
    ):
        assert submit(signed_in, page, address, **sent).status_code == 409
    add_administrator("edith", "editor")
    editor = app.test_client()
    sign_in(editor, "edith")
    token = token_of(editor.get("/admin/account/"))
    both = {"csrf_token": token, "password": NEW, "again": NEW, "id": john.id}
    assert editor.post(page, data=both).status_code == 403
    assert editor.post("/admin/user/password-link/", data=both).status_code == 403
    reread(john)
    assert john.check_password(PASSWORD)
    assert db.session.scalar(select(PasswordLink.id)) is None


@sqlite
def test_whether_passwords_of_users_can_be_set_is_a_setting(app: Flask, signed_in: FlaskClient) -> None:
    john = add_user("john")
    page = f"/admin/user/password/?id={john.id}"
    assert 'name="password"' in signed_in.get(page).text
    app.config["USER_PASSWORDS"] = "link"
    assert 'name="password"' not in signed_in.get(page).text
    assert submit(signed_in, page, password=NEW, again=NEW).status_code == 409
    assert link_for(signed_in, john.id)
    reread(john)
    assert john.check_password(PASSWORD)


@sqlite
def test_a_viewer_makes_no_links(app: Flask, client: FlaskClient) -> None:
    add_administrator("victor", "viewer")
    sign_in(client, "victor")
    token = token_of(client.get("/admin/account/"))
    form = {"csrf_token": token, "id": add_user("john").id}
    answer = client.post("/admin/user/password-link/", data=form)
    assert answer.status_code == 403
    assert client.get("/admin/user/password-link/").status_code == 405


@sqlite
def test_who_is_disabled_gets_no_link(signed_in: FlaskClient) -> None:
    john = add_user("john")
    add_grant(john, disabled_at=grant_of("susan").granted_at)
    with pytest.raises(Conflict, match="enable it first"):
        create_link(john.id)


@sqlite
def test_who_was_let_in_meanwhile_gets_no_link(app: Flask) -> None:
    """Whoever asked for it may not be one who can make it for an administrator."""
    john = add_user("john")
    grant_access(john.id, "viewer")
    with pytest.raises(Conflict, match="changed meanwhile"):
        create_link(john.id, lambda account: account.grant is None)
    assert db.session.scalar(select(PasswordLink.id)) is None


@sqlite
def test_old_links_are_forgotten(app: Flask, susan: User) -> None:
    create_link(susan.id)
    tidy_up()
    link = db.session.scalars(select(PasswordLink)).one()
    write(update(PasswordLink).values(created_at=link.created_at - timedelta(hours=25)))
    tidy_up()
    assert db.session.scalar(select(PasswordLink.id)) is None


@sqlite
def test_a_link_clears_the_duty_to_change_a_password(app: Flask, susan: User) -> None:
    set_password(susan.id, "made up for susan by nobody", temporary=True)
    assert grant_of("susan").password_made_up_at is not None
    choose_password(create_link(susan.id).code, NEW)
    assert grant_of("susan").password_made_up_at is None


@sqlite
def test_a_console_password_does_not_depend_on_the_one_of_the_application(app: Flask) -> None:
    """The application may change its own hash while the link is on its way."""
    john = add_user("john", hashed=FOREIGN_HASH)
    add_grant(john, password_hash=hash_password(PASSWORD))
    code = create_link(john.id).code
    write(update(User).values(password_hash=FOREIGN_HASH[:-1] + "x"))
    assert choose_password(code, NEW)
    assert db.session.scalars(select(Administrator.password_hash)).one() is not None
    assert authenticate("john", NEW) is not None

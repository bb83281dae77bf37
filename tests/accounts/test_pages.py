"""The pages of one's own account and of the administrators."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from backoffice.accounts.passwords.change import set_password
from backoffice.extensions import db
from backoffice.models import Administrator, User
from tests.accounts.people import add_grant, add_user, grant_of, operations, reread, write
from tests.browsing import sign_in, submit, token_of
from tests.conftest import PASSWORD, add_administrator

NEW = "a new password, long enough"
MADE_UP = "0123fedc4567ba9889abcdef"
ACCOUNT, ADMINISTRATORS = "/admin/account/", "/admin/administrator/"


def change(client: FlaskClient, current: str, new: str, again: str | None = None) -> tuple[int, str]:
    answer = submit(
        client, ACCOUNT, current_password=current, new_password=new, new_password_again=again or new
    )
    return answer.status_code, answer.text


def test_changing_ones_own_password(app: Flask, signed_in: FlaskClient, susan: User) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, "susan")
    assert change(signed_in, PASSWORD, NEW)[0] == 303
    assert "Your password was changed" in signed_in.get(ACCOUNT).text
    assert elsewhere.get(ACCOUNT).status_code == 302
    sign_in(elsewhere, "susan", NEW)
    assert operations() == [("user:password:change", "susan", "susan")]


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_is_wrong_with_it_is_said_at_its_field(signed_in: FlaskClient, susan: User) -> None:
    for current, new, again, field, reason in (
        ("wrong", NEW, NEW, "current_password", "not your current password"),
        (PASSWORD, "short", "short", "new_password", "at least 12"),
        (PASSWORD, NEW, "another", "new_password_again", "not the same"),
    ):
        status, page = change(signed_in, current, new, again)
        assert status == 422
        assert re.search(rf'id="{field}-error">.*?{reason}', page, re.DOTALL), (field, page)
        assert NEW not in page
        assert PASSWORD not in page
    reread(susan)
    assert susan.check_password(PASSWORD)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_viewer_changes_their_own_password_too(app: Flask, client: FlaskClient) -> None:
    victor = add_administrator("victor", "viewer")
    sign_in(client, "victor")
    assert change(client, PASSWORD, NEW)[0] == 303
    reread(victor)
    assert victor.check_password(NEW)


def test_granting_access_to_a_user_who_keeps_the_password(signed_in: FlaskClient) -> None:
    add_user("john")
    answer = submit(signed_in, f"{ADMINISTRATORS}grant/", username="JOHN", role="editor")
    assert answer.location == ADMINISTRATORS
    assert "john can sign in now" in signed_in.get(ADMINISTRATORS).text
    grant = grant_of("john")
    assert (grant.role, grant.granted_by) == ("editor", "susan")
    assert operations() == [("administrator:grant", "john", "susan")]


def test_a_password_that_was_made_up_is_changed_before_anything_else(app: Flask, client: FlaskClient) -> None:
    susan = add_administrator("susan", "administrator")
    set_password(susan.id, MADE_UP, temporary=True)
    elsewhere = app.test_client()
    sign_in(elsewhere, "susan", MADE_UP)
    sign_in(client, "susan", MADE_UP)
    page = client.get("/admin/", follow_redirects=True)
    assert page.request.path == ACCOUNT
    assert "Your password is a temporary one" in page.text
    assert 'href="/admin/user/"' not in page.text
    assert "preferences" not in page.text
    token = token_of(page)
    for address in ("/admin/user/", "/admin/administrator/", "/admin/history/", "/admin/palette/"):
        assert client.get(address).location == ACCOUNT
    for address in ("/admin/account/preferences/", "/admin/user/new/", "/admin/administrator/grant/"):
        assert client.post(address, data={"csrf_token": token, "username": "john"}).location == ACCOUNT
    assert client.get("/admin/palette/", headers={"Accept": "application/json"}).status_code == 403
    assert client.post("/admin/theme/", data={"csrf_token": token, "theme": "dark"}).status_code == 303
    for current, new in (("wrong", NEW), (MADE_UP, MADE_UP), (MADE_UP, "short")):
        assert change(client, current, new)[0] == 422
    assert grant_of("susan").password_made_up_at is not None
    assert change(client, MADE_UP, NEW)[0] == 303
    assert grant_of("susan").password_made_up_at is None
    assert "Your password was changed" in client.get("/admin/").text
    assert client.get("/admin/user/").status_code == 200
    assert elsewhere.get(ACCOUNT).location.startswith("/login")
    sign_in(app.test_client(), "susan", NEW)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_the_current_password_cannot_be_tried_for_long(signed_in: FlaskClient) -> None:
    assert [change(signed_in, "wrong", NEW)[0] for _ in range(10)] == [422] * 10
    assert change(signed_in, PASSWORD, NEW)[0] == 429


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_grant_that_cannot_be_is_explained_and_what_was_typed_is_kept(signed_in: FlaskClient) -> None:
    for username, reason in (("nobody", "no user"), ("susan", "already"), ("", "fill this in")):
        answer = submit(signed_in, f"{ADMINISTRATORS}grant/", username=username, role="viewer")
        assert answer.status_code == 422
        assert reason in answer.text
        assert f'value="{username}"' in answer.text
    answer = submit(signed_in, f"{ADMINISTRATORS}grant/", username="susan", role="king")
    assert answer.status_code == 422
    assert grant_of("susan").role == "administrator"


def act(client: FlaskClient, verb: str, username: str) -> int:
    form = {"csrf_token": token_of(client.get(ADMINISTRATORS)), "id": grant_of(username).id}
    return client.post(f"{ADMINISTRATORS}{verb}/", data=form).status_code


def test_disabling_enabling_and_revoking(app: Flask, signed_in: FlaskClient) -> None:
    add_administrator("john", "editor")
    john = app.test_client()
    sign_in(john, "john")
    assert act(signed_in, "disable", "john") == 303
    assert "disabled" in signed_in.get(ADMINISTRATORS).text
    assert john.get(ACCOUNT).status_code == 302
    assert act(signed_in, "enable", "john") == 303
    sign_in(john, "john")
    page = signed_in.get(f"{ADMINISTRATORS}revoke/?id={grant_of('john').id}")
    assert "john" in page.text
    assert john.get(ACCOUNT).status_code == 200
    assert act(signed_in, "revoke", "john") == 303
    assert john.get(ACCOUNT).status_code == 302
    assert [kind for kind, *_ in operations()] == [
        "administrator:disable",
        "administrator:enable",
        "administrator:revoke",
    ]


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_ones_own_access_and_the_last_administrators_stay(signed_in: FlaskClient) -> None:
    for verb in ("disable", "revoke"):
        assert act(signed_in, verb, "susan") == 409
    add_administrator("john", "administrator")
    for verb in ("disable", "revoke"):
        assert act(signed_in, verb, "susan") == 409
    assert signed_in.get(ADMINISTRATORS).status_code == 200


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_grant_whose_user_is_gone_is_listed_and_can_be_revoked(signed_in: FlaskClient) -> None:
    add_grant(add_user("john"))
    write(delete(User).where(User.username == "john"))
    assert "user gone or renamed" in signed_in.get(ADMINISTRATORS).text
    assert act(signed_in, "revoke", "john") == 303


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", ["", "0", "-1", "4711", "9" * 30, "x", "1 OR 1=1", "\u0661", "1.0"])
def test_an_administrator_who_is_not_there_is_not_found(signed_in: FlaskClient, key: str) -> None:
    assert signed_in.get(f"{ADMINISTRATORS}revoke/", query_string={"id": key}).status_code == 404
    token = token_of(signed_in.get(ADMINISTRATORS))
    for verb in ("disable", "enable", "revoke"):
        answer = signed_in.post(f"{ADMINISTRATORS}{verb}/", data={"csrf_token": token, "id": key})
        assert answer.status_code == 404


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_nobody_but_an_administrator_sees_or_changes_who_they_are(app: Flask, susan: User) -> None:
    add_user("john")
    for role in ("editor", "viewer"):
        add_administrator(role, role)
        client = app.test_client()
        sign_in(client, role)
        token = token_of(client.get(ACCOUNT))
        for address in ("", "grant/", f"revoke/?id={grant_of(role).id}"):
            assert client.get(f"{ADMINISTRATORS}{address}").status_code == 403
        for verb in ("grant", "disable", "enable", "revoke"):
            form = {"csrf_token": token, "id": grant_of("susan").id, "username": "john", "role": "viewer"}
            assert client.post(f"{ADMINISTRATORS}{verb}/", data=form).status_code == 403
        assert ADMINISTRATORS not in client.get(ACCOUNT).text
    assert db.session.query(Administrator).count() == 3


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_nothing_is_changed_by_opening_an_address(signed_in: FlaskClient) -> None:
    add_administrator("john", "administrator")
    key = grant_of("john").id
    for verb in ("disable", "enable"):
        assert signed_in.get(f"{ADMINISTRATORS}{verb}/?id={key}").status_code == 405
    assert signed_in.get(f"{ADMINISTRATORS}revoke/?id={key}").status_code == 200
    assert grant_of("john").is_active
    assert signed_in.post(f"{ADMINISTRATORS}disable/", data={"id": key}).status_code == 400
    assert grant_of("john").is_active

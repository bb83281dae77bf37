"""Taking a second factor away from somebody who has lost it: by another administrator, or in the shell."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice.accounts.sessions.session import has_second_factor
from backoffice.extensions import db
from backoffice.models import Operation, Passkey, SecurityEvent, User
from tests.accounts.factors import FACTORS, add_authenticator, events, password, second
from tests.accounts.people import grant_of, id_of, operations
from tests.browsing import sign_in, submit, token_of
from tests.conftest import add_administrator
from tests.managing import refused, succeed

SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
RESET = "/admin/administrator/second-factor/"


def add_all(username: str) -> tuple[int, list[str]]:
    grant_id = grant_of(username).id
    _secret, codes = add_authenticator(username)
    about = {"credential_id": b"1", "credential_digest": "1", "public_key": b"1", "user_handle": "1"}
    db.session.add(Passkey(administrator_id=grant_id, name="a key", **about))
    db.session.commit()
    return grant_id, codes


def test_another_administrator_resets_it(app: Flask, signed_in: FlaskClient) -> None:
    add_administrator("john", "editor")
    grant_id, codes = add_all("john")
    john = app.test_client()
    password(john, "john")
    assert second(john, codes[0]).status_code == 303
    assert f'href="{RESET}?id={grant_id}"' in signed_in.get("/admin/administrator/").text
    asked = submit(signed_in, f"{RESET}?id={grant_id}", id=grant_id)
    assert asked.status_code == 422
    assert "Please say how" in asked.text
    assert has_second_factor(grant_id)

    answer = submit(signed_in, f"{RESET}?id={grant_id}", id=grant_id, made_sure="by telephone")
    assert answer.location == "/admin/administrator/"
    assert not has_second_factor(grant_id)
    assert john.get(FACTORS).status_code == 302
    assert sign_in(app.test_client(), "john").location == "/admin/"
    assert operations() == [("administrator:second-factor:reset", "john", "susan")]
    act = db.session.scalars(select(Operation).where(Operation.kind.endswith("reset"))).one()
    page = signed_in.get(f"/admin/history/details/?id={act.id}").text
    assert "Reset the second factor: “john”" in page
    assert "by calling a number that I knew before" in page
    event = db.session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "second-factor:reset")).one()
    assert (event.administrator_id, event.name, json.loads(event.facts)) == (
        grant_id,
        "john",
        {"made_sure": "by telephone", "by": "susan"},
    )


@SQLITE
def test_nobody_resets_their_own_nor_without_the_right_to(app: Flask, signed_in: FlaskClient) -> None:
    grant_id, _codes = add_all("susan")
    assert f"{RESET}?id={grant_id}" not in signed_in.get("/admin/administrator/").text
    answer = submit(signed_in, f"{RESET}?id={grant_id}", id=grant_id, made_sure="in person")
    assert answer.status_code == 409
    assert submit(signed_in, f"{RESET}?id={grant_id}", RESET, id=grant_id, made_sure="x").status_code == 422
    add_administrator("john", "editor")
    john = app.test_client()
    sign_in(john, "john")
    form = {"csrf_token": token_of(john.get(FACTORS)), "id": grant_id, "made_sure": "in person"}
    assert john.post(RESET, data=form).status_code == 403
    assert john.get(f"{RESET}?id={grant_id}").status_code == 403
    assert has_second_factor(grant_id)
    assert set(events()) == {"access:refused"}
    for key in ("", "x", "0", "4711", "9" * 30):
        assert signed_in.get(RESET, query_string={"id": key}).status_code == 404


def test_in_the_shell(app: Flask, susan: User) -> None:
    grant_id, _codes = add_all("susan")
    assert "susan was reset" in succeed("reset-second-factor", "SUSAN")
    assert not has_second_factor(grant_id)
    assert operations()[0][0] == "administrator:second-factor:reset"
    assert "no administrator nobody" in refused("reset-second-factor", "nobody")
    assert id_of("john")

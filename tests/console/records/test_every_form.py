"""Whatever form and page there is: no form without its token, passwords masked, and a way out in view."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from backoffice.clock import utcnow
from backoffice.models import Administrator, User
from tests.accounts.people import add_user, admin_sessions, change_sessions, operations, write
from tests.browsing import token_of

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

INPUT = re.compile(r"<input[^>]*>")
PASSWORD_FIELD = re.compile(r'name="(?:password|again|current_password|new_password\w*|proof_password)"')
SIGN_OUT = re.compile(r'<form[^>]*method="post"[^>]*action="/logout"')
# Without a row to be about, these have no page.
WORDS = {"<export_type>": "csv", "<token>": "x", "<fingerprint>/<path:name>": "x/y"}


def addresses(app: Flask, method: str) -> list[str]:
    found = [rule.rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    for part, word in WORDS.items():
        found = [address.replace(part, word) for address in found]
    return found


def test_no_form_is_taken_without_its_token(app: Flask, signed_in: FlaskClient, susan: User) -> None:
    posts, open_before = addresses(app, "POST"), [row.ended_at for row in admin_sessions()]
    assert len(posts) > 40
    elsewhere = token_of(app.test_client().get("/login"))
    for address in posts:
        for form in ({}, {"csrf_token": ""}, {"csrf_token": elsewhere}):
            answer = signed_in.post(address, data={"id": str(susan.id), **form})
            assert answer.status_code == 400, (address, form, answer.status)
    assert (operations(), [row.ended_at for row in admin_sessions()]) == ([], open_before)


def inputs(client: FlaskClient, address: str) -> list[str]:
    """The fields for a password on this page."""
    fields = [tag for tag in INPUT.findall(client.get(address).text) if PASSWORD_FIELD.search(tag)]
    assert fields, address
    return fields


def test_passwords_are_masked_and_managers_are_welcome(app: Flask, signed_in: FlaskClient) -> None:
    mary = add_user("mary")
    inside = ["/admin/account/", f"/admin/user/password/?id={mary.id}"]
    fields = [field for address in inside for field in inputs(signed_in, address)]
    fields += [field for address in ("/login", "/password") for field in inputs(app.test_client(), address)]
    change_sessions(proved_at=utcnow().replace(year=2020))
    fields += inputs(signed_in, "/admin/proof/")
    assert len(fields) == 9
    for field in fields:
        assert 'type="password"' in field, field
        assert re.search(r'autocomplete="(current|new)-password"', field), field
        assert "maxlength" not in field, field


def test_the_way_out_is_on_every_page(app: Flask, signed_in: FlaskClient) -> None:
    without = ["/login", "/password", "/password/done"]
    answers = {address: signed_in.get(address) for address in {*addresses(app, "GET")} - {*without}}
    pages = {address: answer.text for address, answer in answers.items()
             if (answer.status_code, answer.mimetype) == (200, "text/html")}  # fmt: skip
    assert len(pages) > 12
    assert [address for address, page in pages.items() if not SIGN_OUT.search(page)] == []


def test_so_it_is_for_those_who_have_something_to_do_first(app: Flask, signed_in: FlaskClient) -> None:
    app.config["SECOND_FACTOR_ROLES"] = ["administrator"]
    for address in ("/admin/second-factor/", "/admin/second-factor/authenticator/"):
        assert SIGN_OUT.search(signed_in.get(address).text), address
    change_sessions(proved_at=None)
    assert SIGN_OUT.search(signed_in.get("/admin/proof/").text)
    write(update(Administrator).values(password_made_up_at=utcnow()))
    assert SIGN_OUT.search(signed_in.get("/admin/account/").text)

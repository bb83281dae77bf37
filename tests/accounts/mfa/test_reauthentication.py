"""Showing again who one is: before what, how, and what becomes of what was being done."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from backoffice.accounts.mfa import check
from backoffice.accounts.rate_limits.buckets import count
from backoffice.accounts.rate_limits.policy import OWN_PASSWORD
from backoffice.clock import utcnow
from backoffice.console.records import selection_page
from backoffice.extensions import db
from backoffice.models import Administrator, Post, SecurityEvent, User
from tests.accounts.device import PRESENT, VERIFIED, Device, passkey_form, passkey_form_in
from tests.accounts.factors import FACTORS, add_authenticator, code_of
from tests.accounts.people import add_user, admin_sessions, change_sessions, grant_of, operations
from tests.accounts.sessions.test_session import COOKIE, cookie_of, is_signed_in, other_browser
from tests.browsing import sign_in, submit, token_of
from tests.conftest import PASSWORD, add_administrator

ADMINISTRATORS, PROOF = "/admin/administrator/", "/admin/proof/"
ON_SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
INPUT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
FIELD = 'name="proof_password"'
JSON = {"Accept": "application/json"}


@pytest.fixture
def stale(signed_in: FlaskClient) -> FlaskClient:
    """A browser in which susan signed in some time ago."""
    age()
    return signed_in


def age() -> None:
    change_sessions(proved_at=utcnow() - timedelta(minutes=16))


def carried(page: TestResponse) -> list[tuple[str, str]]:
    """What the form of a question carries."""
    form = page.text[page.text.index('<form class="card form"') :]
    return [(name, unescape(value)) for name, value in INPUT.findall(form)]


def answer(
    client: FlaskClient, page: TestResponse, password: str = PASSWORD, code: str | None = None
) -> TestResponse:
    """Give the password, and the code, that a page asks for, as a browser sends it."""
    address = re.search(r'<form class="card form" method="post" action="([^"]+)"', page.text)
    assert address, page.text
    fields: dict[str, list[str]] = {"proof_password": [password]}
    if code is not None:
        fields["proof_code"] = [code]
    for name, value in carried(page):
        fields.setdefault(name, []).append(value)
    return client.post(unescape(address[1]), data=fields)


def events() -> list[str]:
    db.session.rollback()
    kinds = select(SecurityEvent.kind).where(SecurityEvent.kind.like("proof:%")).order_by(SecurityEvent.id)
    return list(db.session.scalars(kinds))


def test_what_was_being_done_goes_on_after(app: Flask, stale: FlaskClient, susan: User) -> None:
    add_administrator("john", "editor")
    john, before = grant_of("john").id, cookie_of(stale)
    form_elsewhere = token_of(stale.get("/admin/post/new/"))
    page = submit(stale, ADMINISTRATORS, f"{ADMINISTRATORS}disable/", id=john)
    assert page.status_code == 403
    assert FIELD in page.text
    assert ("id", str(john)) in carried(page)
    assert "Sign out" in page.text
    assert grant_of("john").is_active
    refused = answer(stale, page, "a wrong password")
    assert (refused.status_code, grant_of("john").is_active) == (403, True)
    assert "This is not your password." in refused.text
    assert "a wrong password" not in refused.text
    done = answer(stale, refused)
    assert (done.status_code, done.location) == (303, ADMINISTRATORS)
    assert not grant_of("john").is_active
    assert events() == ["proof:asked", "proof:refused", "proof:given"]
    # A new token: the old cookie opens nothing; what was open in another tab can be sent all the same.
    assert cookie_of(stale) != before
    assert is_signed_in(stale)
    assert not is_signed_in(other_browser(app, before))
    saved = stale.post("/admin/post/new/", data={"csrf_token": form_elsewhere, "body": "typed elsewhere"})
    assert saved.status_code == 303
    assert submit(stale, ADMINISTRATORS, f"{ADMINISTRATORS}enable/", id=john).status_code == 303
    assert len(admin_sessions()) == 1


@ON_SQLITE
def test_signing_in_counts_and_how_long_is_a_setting(app: Flask, signed_in: FlaskClient) -> None:
    for minutes, is_asked in ((14, False), (15, True)):
        change_sessions(proved_at=utcnow() - timedelta(minutes=minutes))
        assert (signed_in.get("/admin/user/export/csv/").status_code == 303) is is_asked
    app.config["PROOF_LASTS"] = timedelta(hours=1)
    assert signed_in.get("/admin/user/export/csv/").status_code == 200
    change_sessions(proved_at=None)
    assert signed_in.get("/admin/user/export/csv/").status_code == 303


@ON_SQLITE
def test_every_way_in_which_access_is_changed_asks(app: Flask, stale: FlaskClient, susan: User) -> None:
    add_administrator("john", "administrator")
    add_user("mary")
    john, users_id = grant_of("john").id, grant_of("john").user_id
    sign_in(app.test_client(), "john")
    age()
    [session] = [row.id for row in admin_sessions() if row.administrator_id == john]
    token = token_of(stale.get("/admin/account/"))
    named = {"username": "john", "email": "other@example.com"}
    forms: dict[str, dict[str, Any]] = {
        f"{ADMINISTRATORS}grant/": {"username": "mary", "role": "viewer"},
        f"{ADMINISTRATORS}role/": {"id": john, "role": "viewer"},
        f"{ADMINISTRATORS}disable/": {"id": john},
        f"{ADMINISTRATORS}enable/": {"id": john},
        f"{ADMINISTRATORS}revoke/": {"id": john},
        "/admin/sessions/end/": {"id": session, "of": john},
        "/admin/sessions/end-all/": {"of": john},
        f"/admin/user/edit/?id={users_id}": named,
    }
    for address, form in forms.items():
        page = stale.post(address, data={"csrf_token": token, **form})
        assert (page.status_code, FIELD in page.text) == (403, True), address
        for name, value in form.items():
            assert (name, str(value)) in carried(page), (address, name)
        answered = stale.post(
            address, data={"csrf_token": token, **form}, headers={"Accept": "application/json"}
        )
        assert (answered.status_code, answered.is_json) == (403, True)
    assert operations() == []
    assert db.session.get_one(User, users_id).email == "john@example.com"
    # Nobody is asked about a user who has no access.
    marys = db.session.scalars(select(User.id).where(User.username == "mary")).one()
    edited = submit(stale, f"/admin/user/edit/?id={marys}", username="mary", email="m@example.com")
    assert edited.status_code == 303


@ON_SQLITE
def test_changing_a_factor_asks_first(app: Flask, stale: FlaskClient, susan: User) -> None:
    add_administrator("john", "editor")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("second_factor")]
    assert len(rules) > 7
    token = token_of(stale.get("/admin/account/"))
    form = {"csrf_token": token, "id": grant_of("john").id, "made_sure": "in person"}
    for rule in rules:
        if rule.methods and "POST" in rule.methods:
            page = stale.post(rule.rule, data=form)
            assert (page.status_code, FIELD in page.text) == (403, True), rule.rule
    for address in (FACTORS, f"{FACTORS}authenticator/"):
        assert stale.get(address).location == f"{PROOF}?next={address}"
    assert operations() == []


def test_names_of_administrators_change_after_reauthentication(stale: FlaskClient, susan: User) -> None:
    susans = grant_of("susan").user_id
    edit = f"/admin/user/edit/?id={susans}"
    page = submit(stale, edit, username="susanna", email="susan@example.com")
    assert (page.status_code, FIELD in page.text) == (403, True)
    assert answer(stale, page).status_code == 303
    assert grant_of("susanna").is_active
    renamed = db.session.scalar(select(db.func.max(db.metadata.tables["backoffice_operation"].c.id)))
    age()
    undoing = f"/admin/history/undo/?id={renamed}"
    page = submit(stale, undoing, previewed="1")
    assert (page.status_code, FIELD in page.text) == (403, True)
    assert grant_of("susanna").is_active
    assert answer(stale, page).status_code == 303
    assert grant_of("susan").is_active


@ON_SQLITE
def test_a_form_with_secrets_asks_when_it_is_opened(stale: FlaskClient, susan: User) -> None:
    mary = add_user("mary")
    address = f"/admin/user/password/?id={mary.id}"
    opened = stale.get(address)
    assert (opened.status_code, opened.location) == (
        303,
        f"{PROOF}?next=/admin/user/password/?id%3D{mary.id}",
    )
    page = stale.get(opened.location)
    assert FIELD in page.text
    on = answer(stale, page)
    assert (on.status_code, on.location) == (303, address)
    form = {"csrf_token": token_of(stale.get(address)), "password": "a fine new password"}
    age()  # while it was being filled in
    late = stale.post(address, data={**form, "again": form["password"]})
    assert (late.status_code, late.location) == (303, opened.location)
    assert form["password"] not in late.text + stale.get(late.location).text


@ON_SQLITE
def test_a_file_comes_after_reauthentication(stale: FlaskClient) -> None:
    for kind, mimetype in (("csv", "text/csv"), ("jsonl", "application/jsonl")):
        export = f"/admin/user/export/{kind}/?search=susan"
        asked = stale.get(export)
        assert asked.status_code == 303
        page = answer(stale, stale.get(asked.location))
        assert page.status_code == 200
        assert f'content="0; url={export}"' in page.text
        assert stale.get(export).mimetype == mimetype
        age()
    assert stale.get("/admin/post/export/csv/").status_code == 200


@ON_SQLITE
def test_the_question_leads_nowhere_else(stale: FlaskClient, susan: User) -> None:
    for address in ("https://evil.example/", "//evil.example", "/logout", ""):
        age()
        page = stale.get(PROOF, query_string={"next": address})
        assert answer(stale, page).location == "/admin/"
        assert stale.get(PROOF, query_string={"next": address}).location == "/admin/"


@pytest.fixture
def many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """More posts than one press of a button deletes, all of them by john."""
    monkeypatch.setattr(selection_page, "TYPED_ABOVE", 5)
    john = add_user("john")
    rows = [{"body": f"post {number}", "user_id": john.id, "timestamp": utcnow()} for number in range(6)]
    db.session.execute(insert(Post), rows)
    db.session.commit()
    return john.id


@ON_SQLITE
def test_many_rows_are_deleted_after_reauthentication(stale: FlaskClient, many: int) -> None:
    asked = submit(stale, "/admin/post/", "/admin/post/action/", action="delete", matching="1")
    form = {"typed": "6", "url": "/admin/post/"}
    page = submit(stale, asked.location, **form)
    assert (page.status_code, FIELD in page.text) == (403, True)
    assert db.session.query(Post).count() == 6
    assert answer(stale, page).location == "/admin/post/"
    db.session.rollback()
    assert db.session.query(Post).count() == 0


@ON_SQLITE
def test_rows_that_go_along_count_too(stale: FlaskClient, many: int) -> None:
    asked = submit(stale, "/admin/user/", "/admin/user/delete/", id=many)
    along = {"along:post.user_id": "delete", "seen": "post.user_id"}
    page = submit(stale, asked.location, **along)
    assert (page.status_code, FIELD in page.text) == (403, True)
    # Where they stay it is one user.
    asked = submit(stale, "/admin/user/", "/admin/user/delete/", id=many)
    assert submit(stale, asked.location, seen="post.user_id").status_code == 303


@pytest.mark.every_database
def test_guessing_ends_the_session(app: Flask, stale: FlaskClient, susan: User) -> None:
    page = stale.get(PROOF)
    for _ in range(OWN_PASSWORD.attempts):
        page = answer(stale, page, "a wrong password")
        assert page.status_code == 403
    ended = answer(stale, page)
    assert ended.location.startswith("/login")
    assert "Too many attempts" in stale.get(ended.location).text
    assert not is_signed_in(stale)
    assert admin_sessions()[0].ended_at is not None
    assert events()[-1] == "proof:throttled"
    # Whoever knows the password is not locked out: signing in counts.
    sign_in(stale, "susan")
    assert stale.get("/admin/user/export/csv/").status_code == 200


@ON_SQLITE
def test_a_question_needs_its_token_and_a_session(app: Flask, stale: FlaskClient) -> None:
    assert stale.post(PROOF, data={"proof_password": PASSWORD}).status_code == 400
    stranger = app.test_client()
    form = {"csrf_token": token_of(stranger.get("/login")), "proof_password": PASSWORD}
    answered = stranger.post(PROOF, data=form)
    assert answered.location.startswith("/login")
    assert not is_signed_in(stranger)
    assert stranger.get_cookie(COOKIE) is not None


@ON_SQLITE
def test_a_right_password_in_a_session_that_just_ended_opens_nothing(stale: FlaskClient) -> None:
    page = stale.get(PROOF)
    change_sessions(ended_at=utcnow())
    assert answer(stale, page).location.startswith("/login")
    assert db.session.query(Administrator).count() == 1


def test_who_has_a_second_factor_shows_it_too(app: Flask, stale: FlaskClient, susan: User) -> None:
    app_secret, codes = add_authenticator("susan")
    add_administrator("john", "editor")
    page = submit(stale, ADMINISTRATORS, f"{ADMINISTRATORS}disable/", id=grant_of("john").id)
    assert 'name="proof_code"' in page.text
    for code in ("", "000000"):
        page = answer(stale, page, code=code)
        assert (page.status_code, grant_of("john").is_active) == (403, True)
        assert "This code is wrong" in page.text
    done = answer(stale, page, code=code_of(app_secret))
    assert (done.status_code, grant_of("john").is_active) == (303, False)
    age()
    page = submit(stale, ADMINISTRATORS, f"{ADMINISTRATORS}enable/", id=grant_of("john").id)
    assert answer(stale, page, code=codes[0]).status_code == 303
    assert grant_of("john").is_active


@ON_SQLITE
def test_a_passkey_is_proof_enough(app: Flask, signed_in: FlaskClient, susan: User) -> None:
    device = Device()
    form = passkey_form(signed_in, "/admin/second-factor/")
    made = signed_in.post(
        "/admin/second-factor/passkeys/", data={**form.fields, "answer": device.make(form.options)}
    )
    assert made.status_code == 200
    age()
    add_administrator("john", "editor")
    john = grant_of("john").id
    page = submit(signed_in, ADMINISTRATORS, f"{ADMINISTRATORS}disable/", id=john)
    form = passkey_form_in(page.text)
    assert form.options["userVerification"] == "required"
    device.flags = PRESENT
    unsure = {**form.fields, "id": str(john), "proof_password": "", "answer": device.use(form.options)}
    assert signed_in.post(f"{ADMINISTRATORS}disable/", data=unsure).status_code == 403
    assert grant_of("john").is_active
    device.flags = PRESENT | VERIFIED
    sure = {**unsure, "answer": device.use(form.options)}
    assert signed_in.post(f"{ADMINISTRATORS}disable/", data=sure).status_code == 303
    assert not grant_of("john").is_active


@ON_SQLITE
def test_who_uses_up_the_codes_elsewhere_ends_no_session(app: Flask, stale: FlaskClient, susan: User) -> None:
    add_authenticator("susan")
    app_limit = check.WRONG_FOR_ONE_PERSON
    for _ in range(app_limit.attempts):
        count((app_limit, str(grant_of("susan").id)))
    page = submit(stale, "/admin/administrator/grant/", username="x", role="viewer")
    refused = answer(stale, page, code="000000")
    assert refused.status_code == 403
    assert "Too many attempts" in refused.text
    assert is_signed_in(stale)


@ON_SQLITE
def test_deleting_somebody_who_has_access_asks(app: Flask, stale: FlaskClient) -> None:
    add_administrator("john", "editor")
    for name, is_asked in (("mary", False), ("john", True)):
        key = grant_of("john").user_id if is_asked else add_user(name).id
        question = submit(stale, "/admin/user/", "/admin/user/delete/", id=key).location
        shown = INPUT.findall(stale.get(question).text)
        page = stale.post(question, data={name: unescape(value) for name, value in shown})
        assert (page.status_code == 403 and FIELD in page.text) is is_asked, name
    assert answer(stale, page).status_code == 303
    assert db.session.scalars(select(User.username).where(User.username == "john")).all() == []

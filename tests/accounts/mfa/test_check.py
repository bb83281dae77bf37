"""A second factor: codes of an app and recovery codes, each once, at sign-in and on one's own page."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from backoffice.accounts.account import find_account
from backoffice.accounts.administrators import grant_access
from backoffice.accounts.mfa import recovery_codes, totp
from backoffice.accounts.mfa.check import tidy_up, verify_code
from backoffice.accounts.sessions import has_second_factor
from backoffice.accounts.sessions.session import start_session
from backoffice.clock import utcnow
from backoffice.console.auth import pending_login
from backoffice.exceptions import Throttled
from backoffice.extensions import db
from backoffice.models import Authenticator, RecoveryCode, Throttle, UsedChallenge, User
from tests.accounts.factors import (
    CODES,
    FACTORS,
    MFA_CHALLENGE,
    add_authenticator,
    code_of,
    events,
    forget_step,
    password,
    second,
)
from tests.accounts.people import admin_sessions, grant_of, operations, write
from tests.browsing import sign_in, submit, token_of
from tests.conftest import PASSWORD

SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
ACCOUNT = "/admin/account/"
SETTING_UP = f"{FACTORS}authenticator/"


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with a copy of this one's cookie."""
    cookie, other = client.get_cookie("backoffice_session"), app.test_client()
    assert cookie is not None
    other.set_cookie("backoffice_session", cookie.value)
    return other


# Setting up, and signing in


def test_setting_up_an_app_and_signing_in_with_it(app: Flask, signed_in: FlaskClient) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, "susan")
    page = signed_in.get(SETTING_UP).text
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page))
    enrolment = html.unescape(re.search(r'name="enrolment"[^>]*value="([^"]+)"', page)[1])  # type: ignore[index]
    assert len(secret) == 32
    assert 'src="data:image/svg+xml' in page
    assert f"secret={secret}" in html.unescape(page)
    again = submit(signed_in, SETTING_UP, enrolment=enrolment, code="000000")
    assert again.status_code == 422
    assert secret[:4] in again.text
    assert not has_second_factor(grant_of("susan").id)

    first = code_of(secret)
    done = submit(signed_in, SETTING_UP, enrolment=enrolment, code=first)
    codes = CODES.findall(done.text)
    assert len(set(codes)) == recovery_codes.HOW_MANY
    assert done.headers["Cache-Control"] == "no-store"
    assert is_signed_in(signed_in)
    assert not is_signed_in(elsewhere)
    page = signed_in.get(FACTORS).text
    assert "10 of 10 are left" in page
    assert secret[:4] not in page
    assert not any(code in page for code in codes)
    stored = db.session.scalars(select(Authenticator)).one()
    assert secret not in stored.encrypted_secret

    assert second_step_of(elsewhere, first) == 401  # it was used to set the app up
    forget_step()
    assert second_step_of(elsewhere, code_of(secret)) == 303
    assert is_signed_in(elsewhere)
    assert admin_sessions()[-1].method == "totp"
    assert operations() == [("administrator:second-factor:add", "susan", "susan")]
    assert events() == ["second-factor:added", "recovery-codes:made", "second-factor:refused"]


def second_step_of(client: FlaskClient, code: str) -> int:
    assert password(client).location == MFA_CHALLENGE
    assert not is_signed_in(client)
    return second(client, code).status_code


def test_the_password_alone_opens_nothing(client: FlaskClient, susan: User) -> None:
    add_authenticator("susan")
    answer = submit(client, "/login?next=/admin/post/", username="susan", password=PASSWORD, remember="y")
    assert answer.location == f"{MFA_CHALLENGE}?next=/admin/post/"
    assert not is_signed_in(client)
    assert admin_sessions() == []
    account = find_account(susan.id)
    assert start_session(account, remember=False, address=None, user_agent=None) is None
    assert admin_sessions() == []


@SQLITE
def test_what_was_wanted_is_kept_through_both_steps(client: FlaskClient, susan: User) -> None:
    secret, _codes = add_authenticator("susan")
    answer = submit(client, "/login?next=/admin/post/", username="susan", password=PASSWORD, remember="y")
    wrong = submit(client, answer.location, code="12")
    assert wrong.status_code == 401
    assert "This code is wrong" in wrong.text
    code = code_of(secret)
    right = submit(client, answer.location, code=f" {code[:3]} {code[3:]}")
    assert right.location == "/admin/post/"
    assert admin_sessions()[0].remembered
    assert events() == ["second-factor:refused"]


def test_a_recovery_code_stands_in_once_and_one_is_told(app: Flask, client: FlaskClient, susan: User) -> None:
    _secret, codes = add_authenticator("susan")
    assert second_step_of(client, f" {codes[0].lower().replace('-', ' ')} ") == 303
    page = client.get(FACTORS).text
    assert "You used a recovery code. 9 are left" in page
    assert "9 of 10 are left" in page
    assert admin_sessions()[0].method == "recovery"
    again = app.test_client()
    assert second_step_of(again, codes[0]) == 401
    assert second_step_of(again, codes[1]) == 303
    assert events() == ["recovery-codes:used", "second-factor:refused", "recovery-codes:used"]
    new = CODES.findall(submit(client, FACTORS, f"{FACTORS}recovery-codes/").text)
    assert len(new) == 10
    assert not is_signed_in(again)
    assert second_step_of(again, codes[2]) == 401
    assert second_step_of(again, new[0]) == 303
    stored = db.session.scalars(select(RecoveryCode.digest)).all()
    assert not any(code.replace("-", "") in stored for code in codes)


# Once


def at_once(app: Flask, act: Callable[[], object], times: int = 6) -> list[object]:
    """What so many get who do it at the same moment."""

    def one(_number: int) -> object:
        with app.app_context():
            try:
                return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as several:
        return list(several.map(one, range(times)))


@pytest.mark.every_database
def test_of_many_at_once_one_code_lets_one_in(app: Flask, susan: User) -> None:
    secret, codes = add_authenticator("susan")
    grant_id, code = grant_of("susan").id, code_of(secret)
    apps = at_once(app, lambda: totp.consume_code(grant_id, code))
    assert sorted(map(bool, apps)) == [False] * 5 + [True]
    recovery = at_once(app, lambda: recovery_codes.consume_code(grant_id, codes[3].replace("-", "")))
    assert sorted(map(bool, recovery)) == [False] * 5 + [True]


@pytest.mark.every_database
def test_a_sign_in_waits_once_and_not_for_long(app: Flask, client: FlaskClient, susan: User) -> None:
    secret, codes = add_authenticator("susan")
    password(client)
    thief = copy_of(app, client)
    late = copy_of(app, client)
    assert second(client, code_of(secret)).status_code == 303
    forget_step()
    answer = thief.post(MFA_CHALLENGE, data={"csrf_token": token_of(thief.get("/login")), "code": codes[0]})
    assert answer.location == "/login"
    assert not is_signed_in(thief)
    assert recovery_codes.count_left(grant_of("susan").id) == 10
    assert late.get(MFA_CHALLENGE).location == "/login"


@SQLITE
def test_a_sign_in_does_not_wait_for_long_nor_for_another_password(
    app: Flask, client: FlaskClient, susan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_authenticator("susan")
    password(client)
    assert client.get(MFA_CHALLENGE).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(pending_login, "LASTS", timedelta())
        assert copy_of(app, client).get(MFA_CHALLENGE).location == "/login"
    other = User()
    other.set_password("another password entirely")
    write(update(User).values(password_hash=other.password_hash))
    assert client.get(MFA_CHALLENGE).location == "/login"
    assert "took too long" in client.get("/login").text


@pytest.mark.every_database
def test_five_wrong_codes_end_a_sign_in(app: Flask, client: FlaskClient, susan: User) -> None:
    secret, _codes = add_authenticator("susan")
    password(client)
    copies = [copy_of(app, client) for _ in range(5)]
    for copy in copies[:4]:  # one waiting sign-in, in whatever window
        assert second(copy, "000000").status_code == 401
    fifth = second(copies[4], "000000")
    assert fifth.location == "/login"
    assert "wrong five times" in copies[4].get("/login").text
    assert client.get(MFA_CHALLENGE).location == "/login"
    assert second_step_of(app.test_client(), code_of(secret)) == 303


@pytest.mark.every_database
def test_twenty_wrong_codes_an_hour_whatever_the_browser(
    app: Flask, client: FlaskClient, susan: User
) -> None:
    secret, codes = add_authenticator("susan")
    grant_id = grant_of("susan").id
    for _ in range(20):
        assert verify_code(grant_id, "000000") is None
    for code in (code_of(secret), codes[0]):
        with pytest.raises(Throttled):
            verify_code(grant_id, code)
    password(client)
    answer = second(client, code_of(secret))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 180
    assert "Too many attempts" in answer.text
    assert events() == ["second-factor:throttled"]
    write(update(Throttle).values(free_at=utcnow()))
    assert second(client, code_of(secret)).status_code == 303


@SQLITE
def test_what_is_no_code_is_refused(app: Flask, susan: User) -> None:
    add_authenticator("susan")
    for code in ("", "1", "\uff11\uff12\uff13\uff14\uff15\uff16", "0" * 24, "x" * 5000, "12345\x7f"):
        assert second_step_of(app.test_client(), code) == 401, code


@SQLITE
def test_the_second_step_alone_leads_to_the_first(client: FlaskClient, susan: User) -> None:
    add_authenticator("susan")
    token = token_of(client.get("/login"))
    assert client.get(MFA_CHALLENGE).location == "/login"
    assert client.post(MFA_CHALLENGE, data={"csrf_token": token, "code": "000000"}).location == "/login"
    json = {"Accept": "application/json"}
    assert client.post(MFA_CHALLENGE, data={"csrf_token": token}, headers=json).status_code == 401
    password(client)
    assert client.post(MFA_CHALLENGE, data={"code": "000000"}).status_code == 400


@SQLITE
def test_setting_up_does_not_wait_for_ever(app: Flask, signed_in: FlaskClient) -> None:
    old = totp.new_enrolment(grant_of("susan").id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(totp, "SETTING_UP_LASTS", timedelta(seconds=-1))
        answer = submit(signed_in, SETTING_UP, enrolment=old.encrypted, code=code_of(old.secret))
    assert answer.status_code == 422
    assert "took too long" in answer.text
    assert old.encrypted not in answer.text
    assert not has_second_factor(grant_of("susan").id)


@pytest.mark.every_database
def test_challenges_that_were_used_long_ago_are_forgotten(app: Flask) -> None:
    for name, age in (("old", timedelta(hours=2)), ("new", timedelta(minutes=5))):
        db.session.add(UsedChallenge(digest=name, used_at=utcnow() - age))
    db.session.commit()
    tidy_up()
    assert db.session.scalars(select(UsedChallenge.digest)).all() == ["new"]


# Required by role, and taken away


def test_who_has_to_set_one_up_can_do_nothing_else(app: Flask, signed_in: FlaskClient) -> None:
    app.config["SECOND_FACTOR_ROLES"] = ["administrator"]
    open_pages = {"second_factor.index", "second_factor.authenticator_view", "second_factor.add_passkey_view"}
    token = token_of(signed_in.get(FACTORS))
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin") or rule.endpoint in open_pages | {"theme.index", "proof.index"}:
            continue
        address = rule.rule.replace("<export_type>", "csv").replace("<token>", "x")
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = signed_in.open(address, method=method, data={"csrf_token": token})
            assert (answer.status_code, answer.location) == (302, FACTORS), address
    answer = signed_in.get("/admin/user/", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    page = signed_in.get(FACTORS).text
    assert "Your role requires a second factor" in page
    assert "/admin/user/" not in page
    assert signed_in.post("/admin/theme/", data={"csrf_token": token, "theme": "dark"}).status_code == 303
    enrolment = totp.new_enrolment(grant_of("susan").id)
    form = {"enrolment": enrolment.encrypted, "code": code_of(enrolment.secret)}
    assert "I have kept them" in submit(signed_in, SETTING_UP, **form).text
    assert is_signed_in(signed_in)


def test_the_last_one_that_is_required_stays(app: Flask, signed_in: FlaskClient) -> None:
    secret, _codes = add_authenticator("susan")
    app.config["SECOND_FACTOR_ROLES"] = ["administrator"]
    answer = submit(signed_in, FACTORS, f"{SETTING_UP}remove/")
    assert answer.status_code == 409
    assert "Your role requires a second factor" in answer.text
    assert has_second_factor(grant_of("susan").id)
    # It can be moved to another app, though, after which the old one's codes are worth nothing.
    enrolment = totp.new_enrolment(grant_of("susan").id)
    moved = submit(signed_in, SETTING_UP, enrolment=enrolment.encrypted, code=code_of(enrolment.secret))
    assert moved.status_code == 303
    forget_step()
    assert verify_code(grant_of("susan").id, code_of(secret)) is None
    app.config["SECOND_FACTOR_ROLES"] = []
    assert submit(signed_in, FACTORS, f"{SETTING_UP}remove/").status_code == 303
    assert not has_second_factor(grant_of("susan").id)
    assert recovery_codes.count_left(grant_of("susan").id) == 0
    assert events() == ["second-factor:added", "second-factor:removed"]
    assert submit(signed_in, FACTORS, f"{FACTORS}recovery-codes/").status_code == 409


@SQLITE
def test_a_grant_that_goes_to_somebody_else_takes_no_factor_along(app: Flask, susan: User) -> None:
    user_id, grant_id = susan.id, grant_of("susan").id
    _secret, codes = add_authenticator("susan")
    write(update(User).values(username="eve", email="eve@example.com"))
    grant_access(user_id, "viewer")
    assert grant_of("eve").id == grant_id
    assert not has_second_factor(grant_id)
    assert verify_code(grant_id, codes[0]) is None

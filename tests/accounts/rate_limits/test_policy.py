"""How often it may be tried to sign in, and that nobody is kept out by what others try."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backoffice.accounts.rate_limits.policy import ADDRESS, DEVICE, NAME
from backoffice.extensions import bcrypt, db
from backoffice.models import SecurityEvent, Throttle, TrustedDevice, User
from backoffice.models.password import LONGEST_PASSWORD_BYTES
from backoffice.security import network_of
from tests.accounts.people import count_checks, grant_of
from tests.browsing import sign_in, submit, token_of, without_chance
from tests.conftest import PASSWORD, add_administrator, made_app, migrate
from tests.managing import manage, succeed
from tests.test_security_document import LIMITS
from tests.waiting import SECONDS

pytestmark = pytest.mark.every_database

WRONG = "not the password"
COOKIE = "backoffice_browser"


class Guesser:
    """A browser at the sign-in page, in which one name after the other is tried."""

    def __init__(self, client: FlaskClient) -> None:
        self._client, self._token = client, token_of(client.get("/login"))

    def tries(self, name: str, password: str = WRONG, **request: Any) -> TestResponse:
        form = {"csrf_token": self._token, "username": name, "password": password}
        return self._client.post("/login", data=form, **request)

    def statuses(self, number: int, name: str, **request: Any) -> list[int]:
        return [self.tries(name, **request).status_code for _ in range(number)]


@pytest.fixture
def guesser(client: FlaskClient) -> Guesser:
    return Guesser(client)


def trusted_device(app: Flask, name: str = "susan") -> FlaskClient:
    """A browser in which this person has signed in before, and out again."""
    client = app.test_client()
    sign_in(client, name)
    submit(client, "/admin/account/", "/logout")
    return client


def total(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def token_in(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_a_hundred_wrong_passwords_keep_nobody_out_who_was_here_before(
    app: Flask, susan: User, guesser: Guesser, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, checks = trusted_device(app), count_checks(monkeypatch)
    assert guesser.statuses(100, "susan") == [401] * 10 + [429] * 90
    assert len(checks) == 10
    assert guesser.tries("susan", PASSWORD).status_code == 429
    assert Guesser(app.test_client()).tries("SUSAN", PASSWORD).status_code == 429
    sign_in(owner, "susan")


def test_a_name_that_nobody_has_is_limited_just_so(app: Flask, susan: User) -> None:
    outcomes = []
    for name in ("susan", "nobody"):
        stranger = Guesser(app.test_client())
        answers = [stranger.tries(name) for _ in range(12)]
        assert [answer.headers.get("Retry-After") for answer in answers[:10]] == [None] * 10
        pages = [re.sub(r'value="[^"]*"', "", without_chance(answer.text)) for answer in answers]
        outcomes.append([(answer.status_code, page) for answer, page in zip(answers, pages, strict=True)])
    assert outcomes[0] == outcomes[1]


def test_the_answer_says_how_long_to_wait_and_keeps_what_was_typed(guesser: Guesser) -> None:
    guesser.statuses(10, "nobody")
    answer = guesser.tries("nobody")
    assert answer.status_code == 429
    assert 300 < int(answer.headers["Retry-After"]) <= 360
    assert "Too many attempts. Please try again in 6 minutes." in answer.text
    assert 'value="nobody"' in answer.text
    assert WRONG not in answer.text
    as_json = guesser.tries("nobody", headers={"Accept": "application/json"})
    assert (as_json.status_code, as_json.json and as_json.json["error"]["status"]) == (429, 429)
    assert as_json.headers["Retry-After"]


def test_many_at_once_are_not_more_than_the_limit(
    app: Flask, susan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["WEB_THREADS"] = 100
    checks = count_checks(monkeypatch)

    def guess(_number: int) -> int:
        return Guesser(app.test_client()).tries("susan").status_code

    with ThreadPoolExecutor(8) as several:
        outcomes = Counter(several.map(guess, range(24)))
    assert outcomes == {401: 10, 429: 14}
    assert len(checks) == 10


def test_from_one_address_there_are_only_so_many_whatever_the_names(app: Flask, guesser: Guesser) -> None:
    claimed = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(31)]
    outcomes = [guesser.tries(f"user{n}", headers=claimed[n]).status_code for n in range(31)]
    assert outcomes == [401] * 30 + [429]
    assert total(Throttle) == 61  # what is refused leaves nothing behind of a name
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert guesser.tries("user31", environ_overrides=elsewhere).status_code == 401


def test_a_right_password_uses_nothing_up(app: Flask, susan: User, guesser: Guesser) -> None:
    guesser.statuses(9, "susan")
    for _ in range(12):
        sign_in(app.test_client(), "susan")
    assert guesser.statuses(2, "susan") == [401, 429]


def test_a_trusted_device_has_an_allowance_of_its_own(app: Flask, susan: User, guesser: Guesser) -> None:
    one, other = trusted_device(app), trusted_device(app)
    assert Guesser(one).statuses(11, "susan") == [401] * 10 + [429]
    assert guesser.statuses(1, "susan") == [401]
    sign_in(other, "susan")
    submit(other, "/admin/account/", "/logout")
    # It is known for those only who have signed in there.
    add_administrator("john", "viewer")
    assert Guesser(other).statuses(11, "john") == [401] * 10 + [429]


def test_a_browser_is_known_by_a_cookie_that_opens_nothing(app: Flask, susan: User) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, "what somebody else put there")
    [*_others, attributes] = [
        header for header in sign_in(client, "susan").headers.getlist("Set-Cookie") if COOKIE in header
    ]
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=7776000"):
        assert attribute in attributes
    first = token_in(client)
    submit(client, "/admin/account/", "/logout")
    assert client.get("/admin/").status_code == 302
    sign_in(client, "susan")
    second = token_in(client)
    assert len({"what somebody else put there", first, second}) == 3
    [row] = db.session.scalars(select(TrustedDevice)).all()
    assert row.administrator_id == grant_of("susan").id
    assert second not in row.token_digest


def test_one_browser_of_two_people_is_known_for_both(app: Flask, susan: User) -> None:
    add_administrator("john", "viewer")
    client = trusted_device(app)
    sign_in(client, "john")
    submit(client, "/admin/account/", "/logout")
    Guesser(app.test_client()).statuses(10, "susan")
    sign_in(client, "susan")
    assert total(TrustedDevice) == 2


def test_over_https_its_name_keeps_neighbours_away(app: Flask, susan: User) -> None:
    app.config.update(SESSION_COOKIE_SECURE=True, COOKIE_PREFIX="__Host-")
    client = app.test_client()
    page = client.get("/login", base_url="https://localhost")
    form = {"csrf_token": token_of(page), "username": "susan", "password": PASSWORD}
    answer = client.post(
        "/login", base_url="https://localhost", data=form, headers={"Referer": page.request.url}
    )
    [cookie] = [header for header in answer.headers.getlist("Set-Cookie") if COOKIE in header]
    assert cookie.startswith("__Host-backoffice_browser=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_what_cannot_be_a_password_costs_nothing(
    app: Flask, susan: User, guesser: Guesser, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = count_checks(monkeypatch)
    assert guesser.tries("susan", "a" * (LONGEST_PASSWORD_BYTES + 1)).status_code == 401
    assert guesser.tries("susan", "\N{EURO SIGN}" * LONGEST_PASSWORD_BYTES).status_code == 401
    assert guesser.tries("s" * 1000, WRONG).status_code == 401
    assert (checks, total(Throttle), total(SecurityEvent)) == ([], 0, 0)


def test_ones_own_password_is_not_guessed_either(signed_in: FlaskClient) -> None:
    fields = {"new_password": "a new password, long", "new_password_again": "a new password, long"}
    outcomes = [
        submit(signed_in, "/admin/account/", current_password=WRONG, **fields).status_code for _ in range(11)
    ]
    assert outcomes == [422] * 10 + [429]


def test_while_many_sign_in_the_pages_are_served(
    app: Flask, signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["WEB_THREADS"] = 8
    busy, run_operation = threading.Semaphore(0), threading.Event()
    really: Callable[..., bool] = bcrypt.check_password_hash

    def slowly(hashed: str, password: bytes) -> bool:
        busy.release()
        run_operation.wait(SECONDS)
        return really(hashed, password)

    monkeypatch.setattr(bcrypt, "check_password_hash", slowly)

    def guess(number: int) -> TestResponse:
        return Guesser(app.test_client()).tries(f"user{number}")

    with ThreadPoolExecutor(30) as several:
        guesses = [several.submit(guess, number) for number in range(30)]
        assert all(busy.acquire(timeout=SECONDS) for _ in range(4))  # half of the threads check a password
        turned_away = guess(31)
        assert turned_away.status_code == 503
        assert turned_away.headers["Retry-After"]
        assert "Many people are signing in right now." in turned_away.text
        assert signed_in.get("/admin/account/").status_code == 200
        run_operation.set()
        outcomes = Counter(guess.result().status_code for guess in guesses)
    assert outcomes[401] >= 4
    assert set(outcomes) <= {401, 503}
    assert guess(32).status_code == 401  # and the turns were given back


def test_unlocking_a_person(app: Flask, susan: User, guesser: Guesser) -> None:
    browser = Guesser(trusted_device(app))
    for name in ("susan", "susan@example.com", "john"):
        guesser.statuses(11, name, environ_overrides={"REMOTE_ADDR": f"192.0.2.{len(name)}"})
    browser.statuses(11, "susan")
    assert succeed("unlock", "Susan@example.com") == "Cleared 5 limits of Susan@example.com.\n"
    assert succeed("unlock", "susan") == "Nothing counted against susan.\n"
    assert browser.tries("susan", PASSWORD).status_code == 303
    assert guesser.tries("john").status_code == 429
    assert succeed("unlock", "John") == "Cleared 2 limits of John.\n"
    cleared = select(SecurityEvent.administrator_id).where(SecurityEvent.kind == "limits:cleared")
    number = grant_of("susan").id
    assert db.session.scalars(cleared.order_by(SecurityEvent.id)).all() == [number, number, None]


def test_unlocking_an_address_or_everybody(app: Flask, susan: User, guesser: Guesser) -> None:
    place = {"REMOTE_ADDR": "2001:db8::7"}
    for number in range(31):
        guesser.tries(f"user{number}", environ_overrides=place)
    assert guesser.tries("susan", environ_overrides=place).status_code == 429
    assert "Cleared 1 limit " in succeed("unlock", "--address", "2001:db8::ffff")
    assert guesser.tries("susan", environ_overrides=place).status_code == 401
    assert "Cleared" in succeed("unlock", "--all")
    assert total(Throttle) == 0
    assert manage("unlock").exit_code == 2
    assert manage("unlock", "susan", "--all").exit_code == 2


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_which_attempts_count_together(address: str, network: str) -> None:
    assert network_of(address) == network


def test_addresses_are_those_that_trusted_proxies_say(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'proxied.db'}"
    migrate(url)
    app = made_app(url, TRUSTED_PROXIES="1")
    stranger = Guesser(app.test_client())
    forwarded = [{"X-Forwarded-For": f"203.0.113.1, 198.51.100.{number % 2}"} for number in range(62)]
    outcomes = [stranger.tries(f"user{n}", headers=forwarded[n]).status_code for n in range(62)]
    assert outcomes == [401] * 60 + [429] * 2


def test_each_limit_has_a_name_of_its_own() -> None:
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)
    assert max(len(limit.name) for limit in LIMITS) <= Throttle.limit_name.type.length
    assert NAME.attempts <= DEVICE.attempts < ADDRESS.attempts

"""What other sites may have a browser ask of us: to follow a link."""

import json
from pathlib import Path

import pytest
from flask import Flask

from backoffice import create_app
from tests.conftest import settings

LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
SCRIPT = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


def status(app: Flask, method: str, headers: dict[str, str], url: str = "http://localhost") -> int:
    return app.test_client().open("/login", method=method, headers=headers, base_url=url).status_code


# A form that is let through has no token here, which is 400.
@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_may_all_that_they_do(bare_app: Flask, site: str) -> None:
    for kind in (LINK, FETCH, SCRIPT):
        assert status(bare_app, "GET", {"Sec-Fetch-Site": site, **kind}) == 200
    assert status(bare_app, "POST", {"Sec-Fetch-Site": site, **LINK}) == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site", "another"])
def test_other_sites_may_link(bare_app: Flask, site: str) -> None:
    for method in ("GET", "HEAD"):
        assert status(bare_app, method, {"Sec-Fetch-Site": site, **LINK}) == 200
        for kind in (FRAME, SCRIPT, FETCH, {}):
            assert status(bare_app, method, {"Sec-Fetch-Site": site, **kind}) == 403
    for kind in (LINK, FRAME, SCRIPT, FETCH):
        headers = {"Sec-Fetch-Site": site, "Origin": "http://localhost", **kind}
        assert status(bare_app, "POST", headers) == 403


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_what_older_browsers_say_counts(bare_app: Flask, header: str) -> None:
    for here in ("http://localhost", "http://LOCALHOST:80", "https://localhost", "http://localhost/page?a=b"):
        assert status(bare_app, "POST", {header: here}) == 400, here
    for elsewhere in (
        "null",
        "http://evil.example",
        "http://localhost:3000",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "ftp://localhost",
        "localhost",
        "http://[",
    ):
        assert status(bare_app, "POST", {header: elsewhere}) == 403, elsewhere


def test_the_origin_counts_before_the_referrer(bare_app: Flask) -> None:
    assert status(bare_app, "POST", {"Origin": "null", "Referer": "http://localhost/"}) == 403


def test_what_came_unencrypted_does_not_send_to_what_is_encrypted(bare_app: Flask) -> None:
    assert status(bare_app, "POST", {"Origin": "https://localhost"}, "https://localhost") == 400
    assert status(bare_app, "POST", {"Origin": "http://localhost"}, "https://localhost") == 403


def test_behind_a_proxy_the_name_is_that_of_the_proxy(tmp_path: Path) -> None:
    names = {"TRUSTED_PROXIES": "1", "TRUSTED_HOSTS": "console.example.com"}
    app = create_app(settings(f"sqlite:///{tmp_path / 'none.db'}", **names))
    forwarded = {"X-Forwarded-Host": "console.example.com", "X-Forwarded-Proto": "https"}
    assert status(app, "POST", {**forwarded, "Origin": "https://console.example.com"}) == 400
    assert status(app, "POST", {**forwarded, "Origin": "https://www.example.com"}) == 403


def test_the_page_says_it_in_words_and_the_log_in_one(
    bare_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Origin": "http://evil.example\n", "Sec-Fetch-Site": "cross-site"}
    headers = {name: text.strip() for name, text in headers.items()}
    answer = bare_app.test_client().post("/login", headers=headers)
    assert "Another site sent you here" in answer.text
    [line] = [record.getMessage() for record in caplog.records if record.name == "backoffice.security"]
    event = json.loads(line)
    assert (event["kind"], event["request_id"]) == ("request:refused", answer.headers["X-Request-ID"])
    assert event["facts"] == {"page": "POST /login", "reason": "origin"}
    spoken = bare_app.test_client().post("/login", headers={**headers, "Accept": "application/json"})
    assert spoken.json is not None
    assert spoken.json["error"]["status"] == 403

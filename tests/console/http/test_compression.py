"""Pages are compressed, with care."""

import gzip

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from backoffice.console.http import compression

LONG = "<p>susan</p>" * 1_000


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("backoffice", static_folder=None)
    compression.init_app(app)
    app.add_url_rule("/long", "long", lambda: LONG)
    app.add_url_rule("/short", "short", lambda: "<p>susan</p>")
    app.add_url_rule("/json", "json", lambda: {"names": ["susan"] * 1_000})
    app.add_url_rule("/image", "image", lambda: Response(b"0" * 5_000, mimetype="image/png"))
    app.add_url_rule("/stream", "stream", lambda: Response(iter([LONG, LONG]), mimetype="text/html"))
    return app.test_client()


@pytest.mark.parametrize("path", ["/long", "/json"])
def test_a_page_is_compressed_for_who_takes_it(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.content_encoding == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_length == len(packed.data) < len(plain.data) / 10
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(packed.vary) & set(plain.vary)


@pytest.mark.parametrize("path", ["/short", "/image", "/stream"])
def test_short_answers_files_and_streams_are_not(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("site", "encoding"),
    [("same-origin", "gzip"), ("none", "gzip"), ("same-site", None), ("cross-site", None)],
)
def test_a_page_asked_for_by_another_site_tells_nothing_by_its_length(
    client: FlaskClient, site: str, encoding: str | None
) -> None:
    answer = client.get("/long", headers={"Accept-Encoding": "gzip", "Sec-Fetch-Site": site})
    assert answer.headers.get("Content-Encoding") == encoding


def test_head_says_the_length_of_what_get_would_send(client: FlaskClient) -> None:
    packed = client.get("/long", headers={"Accept-Encoding": "gzip"})
    head = client.head("/long", headers={"Accept-Encoding": "gzip"})
    assert head.content_length == packed.content_length
    assert head.data == b""

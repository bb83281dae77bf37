"""Whom a request comes from, and the number by which it is found again."""

from pathlib import Path

import pytest
from flask import Flask, request

from backoffice import create_app
from tests.conftest import settings

FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


def seen(app: Flask) -> tuple[str | None, str]:
    app.add_url_rule("/seen", "seen", lambda: {"from": request.remote_addr, "scheme": request.scheme})
    answer = app.test_client().get("/seen", headers=FORWARDED).json or {}
    return answer["from"], answer["scheme"]


@pytest.mark.parametrize(
    ("proxies", "expected"),
    [("0", ("127.0.0.1", "http")), ("1", ("198.51.100.7", "https")), ("2", ("203.0.113.9", "http"))],
)
def test_only_as_many_proxies_are_believed_as_there_are(
    tmp_path: Path, proxies: str, expected: tuple[str, str]
) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    assert seen(create_app(settings(url, TRUSTED_PROXIES=proxies))) == expected


def test_every_answer_has_a_number_of_its_own(bare_app: Flask) -> None:
    client = bare_app.test_client()
    numbers = {client.get("/login").headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3

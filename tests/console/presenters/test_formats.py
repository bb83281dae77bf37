"""Times and numbers as people read them."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel

from backoffice.console.presenters import formats

MOMENT = datetime(2026, 3, 5, 14, 0, 23, 123456)


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("backoffice", static_folder=None)
    Babel(app)
    formats.init_app(app)
    with app.test_request_context():
        yield app


def show(app: Flask, template: str, **context: object) -> str:
    return render_template_string(template, **context)


def test_a_time_is_shown_to_the_minute_with_the_exact_one_in_reach(app: Flask) -> None:
    assert show(app, "{{ moment | datetime }}", moment=MOMENT) == (
        '<time datetime="2026-03-05T14:00:23.123456Z" title="2026-03-05 14:00:23.123456 UTC">'
        "5 Mar 2026, 14:00</time>"
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (MOMENT, "5 Mar 2026, 14:00:23.123456 UTC"),
        (MOMENT.replace(microsecond=7), "5 Mar 2026, 14:00:23.000007 UTC"),
        (MOMENT.replace(microsecond=0), "5 Mar 2026, 14:00:23 UTC"),
    ],
)
def test_an_exact_time_keeps_what_is_stored_and_names_its_zone(
    app: Flask, moment: datetime, words: str
) -> None:
    assert f">{words}<" in show(app, "{{ moment | datetime(exact=true) }}", moment=moment)


def test_numbers_are_grouped(app: Flask) -> None:
    assert show(app, "{{ 1234567 | number }}") == "1,234,567"


def test_the_language_and_the_zone_are_named(app: Flask) -> None:
    assert show(app, "{{ language() }} {{ zone() }} {{ place() }}") == "en UTC UTC"

"""Which passwords are good ones, and what is said of the others. No database is asked."""

import ast
import inspect
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter

import pytest
from flask import Flask
from zxcvbn import feedback

from backoffice.accounts.passwords.change import generate_password
from backoffice.accounts.passwords.strength import ADVICE, check_strength
from backoffice.exceptions import Invalid
from tests.conftest import PASSWORD

SUSAN = ("susan", "susan.miller@example.com")


@pytest.fixture(autouse=True)
def request_of_the_shop(bare_app: Flask) -> Iterator[None]:
    bare_app.config["PASSWORD_WORDS"] = ["Acme", "Rocket Shop"]
    with bare_app.test_request_context("https://orders.shopfront.test/"):
        yield


def refusal(password: str) -> str:
    with pytest.raises(Invalid) as refused:
        check_strength(password, SUSAN, "new_password")
    assert refused.value.field == "new_password"
    return str(refused.value)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "kaligrafitabungan",
        "zqxwvjkpbmtf",
        "740916385277",
        "ñandú compás óptico",
        "🦉🐢🌋🎻🚲🍋🪁🧦🧭🎷🧶🪔",
        "  spaces around and within  ",
        "susan likes green tea daily",
        "many words make it long, and nobody minds " * 90,
    ],
)
def test_any_characters_will_do_and_no_kind_is_asked_for(password: str) -> None:
    check_strength(password, SUSAN)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "at least 12 characters"),
        ("\ud800" * 20, "no text"),
        ("x" * 4097, "too long"),
        ("correcthorsebatterystaple", "stolen"),
        ("CorrectHorseBatteryStaple", "stolen"),
        ("iloveyouforever", "stolen"),
        ("x" * 1000, "Repeats such as"),
        ("owl-" * 20, "Repeats such as"),
        ("Tr0ub4dour&3", "does not help very much"),
        ("anna1987anna", "easy to guess"),
    ],
)
def test_what_is_soon_guessed_is_refused_with_advice(password: str, reason: str) -> None:
    assert reason in refusal(password)


@pytest.mark.parametrize(
    "password",
    [
        "susan.example12",
        "SUSANMILLER1",
        "susan" * 800,
        "Susan2026!!!!",
        "5usanmi11er!!",
        "nasus-rellim-1",
        "backofficeadmin1",
        "the console 99",
        "acme acme acme",
        "rocket shop 99",
        "shopfront orders",
    ],
)
def test_what_is_made_of_known_names_is_refused(password: str) -> None:
    assert "too little of it is left" in refusal(password)


def test_the_names_that_the_console_answers_to_are_known(bare_app: Flask) -> None:
    check_strength("brightbakery orders", SUSAN)
    bare_app.config["HOST_NAMES"] = ["console.brightbakery.test"]
    assert "too little of it is left" in refusal("brightbakery orders")


def test_somebody_without_names_is_judged_too() -> None:
    check_strength(PASSWORD, (None, ""))


def test_nothing_takes_long() -> None:
    for password in ("1lI!|" * 800, "a" * 4096, "4@aA" * 1000, "susansusa" * 450):
        began = perf_counter()
        with suppress(Invalid):
            check_strength(password, SUSAN)
        assert perf_counter() - began < 2


def test_passwords_that_are_made_up_are_good_ones() -> None:
    for _ in range(20):
        check_strength(generate_password(), SUSAN)


def test_all_that_zxcvbn_says_is_said_in_our_words() -> None:
    calls = (node for node in ast.walk(ast.parse(inspect.getsource(feedback))) if isinstance(node, ast.Call))
    said = {ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "_"}
    assert len(said) > 20
    assert said == ADVICE.keys()

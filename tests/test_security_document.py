"""docs/security.md keeps its word: no requirement is passed over, and every test that it names exists."""

import ast
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

import config
from backoffice.accounts.mfa import check, one_time_challenges, recovery_codes, totp
from backoffice.accounts.passwords import reset_links
from backoffice.accounts.passwords.strength import SITE_WORDS
from backoffice.accounts.rate_limits import policy
from backoffice.accounts.rate_limits.buckets import Limit
from backoffice.accounts.sessions import expiry, trusted_devices
from backoffice.console.auth import pending_login
from backoffice.console.records.selection_page import TYPED_ABOVE
from backoffice.models.password import LONGEST_PASSWORD_BYTES
from backoffice.permissions import ROLES, matrix
from backoffice.security import event_retention

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "security.md").read_text("utf-8")

# The requirements of levels 1 and 2 in ASVS 5.0.0, by their sections.
SECTIONS = {
    "3.2": "1 2",
    "3.3": "1 2 3 4",
    "3.4": "1 2 3 4 5 6",
    "3.5": "1 2 3 4 5",
    "3.7": "1 2",
    "6.1": "1 2 3",
    "6.2": "1 2 3 4 5 6 7 8 9 10 11 12",
    "6.3": "1 2 3 4",
    "6.4": "1 2 3 4",
    "6.5": "1 2 3 4 5",
    "6.6": "1 2 3",
    "6.8": "1 2 3 4",
    "7.1": "1 2 3",
    "7.2": "1 2 3 4",
    "7.3": "1 2",
    "7.4": "1 2 3 4 5",
    "7.5": "1 2",
    "7.6": "1 2",
    "8.1": "1 2",
    "8.2": "1 2 3",
    "8.3": "1",
    "8.4": "1",
}
REQUIREMENTS = [f"{section}.{number}" for section, numbers in SECTIONS.items() for number in numbers.split()]
ROW = re.compile(r"^\| (\d\.\d\.\d+) \| ([123]) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
# What may stand in place of a test.
WITHOUT_A_TEST = ("This page", "Does not apply", "Gap")

ROWS = {number: shown_by for number, _, _, _, shown_by in ROW.findall(DOCUMENT)}


@cache
def named_in(path: Path) -> frozenset[str]:
    """The tests in a file, which is read and not run."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in functions if name.startswith("test_"))


def test_no_requirement_is_passed_over() -> None:
    assert len(REQUIREMENTS) == 79
    assert [number for number in REQUIREMENTS if number not in ROWS] == []


def test_no_requirement_has_two_rows() -> None:
    assert len(ROW.findall(DOCUMENT)) == len(ROWS) == len(re.findall(r"^\| \d\.", DOCUMENT, re.MULTILINE))


def test_every_test_that_is_named_exists() -> None:
    named = NAMED_TEST.findall(DOCUMENT)
    assert len(named) == DOCUMENT.count("::") > 50
    for path, name in named:
        assert (ROOT / path).exists(), path
        assert name in named_in(ROOT / path), f"{path}::{name}"


@pytest.mark.parametrize("name", ["docs/security.md", "SECURITY.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    assert targets
    for target in targets:
        assert target.startswith("https://") or (ROOT / name).parent.joinpath(target).exists(), target


def test_every_row_is_shown_by_something() -> None:
    unshown = [
        number
        for number, shown_by in ROWS.items()
        if shown_by not in WITHOUT_A_TEST and not NAMED_TEST.search(shown_by)
    ]
    assert unshown == []


def test_nothing_is_left_open() -> None:
    assert "TODO" not in DOCUMENT


# What the code says, the page repeats.

LIMITS = [limit for room in (policy, check, reset_links) for limit in vars(room).values()
          if isinstance(limit, Limit)]  # fmt: skip
PERIODS = {timedelta(minutes=15): "15 minutes", timedelta(hours=1): "an hour", timedelta(days=1): "a day"}
UNITS = {"seconds": 1, "minutes": 60, "hour": 3600, "hours": 3600, "days": 24 * 3600}


def rows_beginning(first: str) -> list[str]:
    return [line for line in DOCUMENT.splitlines() if line.startswith(f"| {first} |")]


def test_the_roles_are_there_as_they_are() -> None:
    assert f"\n\n{matrix()}\n\n" in DOCUMENT


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_each_limit_is_there_as_it_is(limit: Limit) -> None:
    [row] = rows_beginning(f"`{limit.name}`")
    assert row.endswith(f"| {limit.attempts} | {PERIODS[limit.per]} |")


def test_no_limit_is_there_that_is_none() -> None:
    named = re.findall(r"^\| `([a-z:-]+)` \| .* \| \d+ \| .* \|$", DOCUMENT, re.MULTILINE)
    assert sorted(named) == sorted(limit.name for limit in LIMITS)
    assert len(named) == 9


def numbers() -> dict[str, list[int | timedelta]]:
    settings = config.load({"SECRET_KEY": "k" * 40})
    step, late = totp.STEP_SECONDS, totp.LATE_SECONDS
    return {
        "characters of a password": [settings["MIN_PASSWORD_LENGTH"], LONGEST_PASSWORD_BYTES],
        "a code of an authenticator app": [timedelta(seconds=step), late],
        "between a right password and the second factor": [pending_login.LASTS],
        "a passkey's question": [one_time_challenges.LASTS],
        "setting up an authenticator app": [totp.SETTING_UP_LASTS],
        "recovery codes": [recovery_codes.HOW_MANY, recovery_codes.BYTES * 8],
        "a one-time link": [reset_links.VALID_FOR],
        "a re-authentication": [settings["PROOF_LASTS"]],
        "a session unused": [settings["SESSION_IDLE"]],
        "a session at all": [settings["SESSION_ABSOLUTE"]],
        'with "keep me signed in", unused': [settings["SESSION_REMEMBERED_IDLE"]],
        'with "keep me signed in", at all': [settings["SESSION_REMEMBERED"]],
        "sessions at once, of one person": [expiry.MOST_OPEN],
        "a trusted device": [trusted_devices.KEPT_FOR],
        "the security log": [timedelta(days=settings["SECURITY_LOG_DAYS"]), event_retention.MOST],
        "deleting, or undoing what removes, more than 1,000 rows": [TYPED_ABOVE],
    }


@pytest.mark.parametrize("what", numbers())
def test_times_and_numbers_are_there_as_they_are(what: str) -> None:
    [row] = rows_beginning(what)
    said = [
        (int(number.replace(",", "")), unit) for number, unit in re.findall(r"([\d,]*\d)(?: (\w+))?", row)
    ]
    read = {number for number, _unit in said}
    lasting = {timedelta(seconds=UNITS[unit] * number) for number, unit in said if unit in UNITS}
    for value in numbers()[what]:
        assert value in (lasting if isinstance(value, timedelta) else read), row


def test_the_words_of_no_password_are_there() -> None:
    paragraph = DOCUMENT.partition("What is left of them without these words")[2].partition("\n\n")[0]
    assert {*SITE_WORDS, *ROLES} <= {*re.findall(r"`(\w+)`", paragraph)}


def test_every_setting_that_is_named_is_one() -> None:
    known = (ROOT / "config.py").read_text("utf-8")
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)(?:=\S+)?`", DOCUMENT))
    assert len(named) > 15
    assert sorted(name for name in named if f'"{name}"' not in known) == []

"""docs/security.md keeps its word: no requirement is passed over, and every test that it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

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

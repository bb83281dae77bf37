"""The documents keep up with the code: every setting and every command is named in them."""

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
DOCUMENTS = README + "".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))


def settings() -> list[str]:
    """The names that config.py reads from the environment."""
    found = re.findall(r'env(?:\.get\(|, )"([A-Z_]+)"', (ROOT / "config.py").read_text("utf-8"))
    assert len(found) > 15
    return sorted(set(found))


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_what_the_first_run_leaves_out_is_named() -> None:
    marked = re.compile(r"^(@pytest\.mark\.slow|pytestmark = .*mark\.slow|@points\()", re.MULTILINE)
    slow = {path.name for path in (ROOT / "tests").rglob("*.py") if marked.search(path.read_text("utf-8"))}
    assert len(slow) > 5
    assert {name for name in slow if name not in CONTRIBUTING} == set()


def test_every_command_is_documented(bare_app: Flask) -> None:
    names = [name for name in bare_app.cli.commands if name != "routes"]
    assert "seed" in names
    for name in names:
        assert re.search(rf"`[^`]*\b{re.escape(name)}\b|manage\.py {re.escape(name)}\b", DOCUMENTS), name


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_a_model_of_ones_own_takes_under_fifteen_lines() -> None:
    section = README.partition("## A model of your own")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("    ") and " import " not in line]
    assert 5 < len(lines) < 15

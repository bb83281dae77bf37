"""What stands between a fresh clone and a running console: pinned requirements, `make`, and the image."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from backoffice import ROOT
from tests.sources import statements

LOCKS = (ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt")
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; [^\\]+)? \\$", re.MULTILINE)
OURS = {"backoffice", "config", "manage", "migrations", "tests"}


def normal(name: str) -> str:
    """A package's name in the one form that all of its spellings have."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: Path) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in PINNED.finditer(lock.read_text("utf-8"))}


def chosen(names: list[str]) -> set[str]:
    return {normal(re.split(r"[<>=\[; ]", name)[0]) for name in names}


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = chosen(PROJECT["project"]["dependencies"])
DEVELOPMENT = chosen(PROJECT["dependency-groups"]["dev"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_requirement_is_pinned_with_hashes(lock: Path) -> None:
    requirements = re.split(r"\n(?=\S)", lock.read_text("utf-8"))
    for requirement in (text for text in requirements if not text.startswith("#")):
        assert PINNED.match(requirement), requirement
        assert re.search(r"^    --hash=sha256:[0-9a-f]{64}", requirement, re.MULTILINE), requirement


@pytest.mark.parametrize("source", [*LOCKS, ROOT / "pyproject.toml"], ids=lambda path: path.name)
def test_no_requirement_names_where_it_comes_from(source: Path) -> None:
    assert not re.search(r"https?://|file:|index-url|find-links|trusted-host", source.read_text("utf-8"))


def test_what_was_chosen_is_pinned() -> None:
    runtime, development = map(pinned, LOCKS)
    assert runtime.keys() >= RUNTIME
    assert development.keys() >= RUNTIME | DEVELOPMENT
    assert development.items() >= runtime.items(), "run `make lock`: the two would not be installed alike"
    assert not runtime.keys() & DEVELOPMENT, "a development tool is installed in production"


def test_compiled_packages_are_pinned_for_many_platforms() -> None:
    requirements = re.split(r"\n(?=\S)", LOCKS[0].read_text("utf-8"))
    hashes = {text.partition("==")[0]: text.count("--hash") for text in requirements}
    assert min(hashes[name] for name in ("bcrypt", "markupsafe", "psycopg-binary", "sqlalchemy")) > 10


def imports(*parts: str) -> Iterator[tuple[Path, str]]:
    """Each package that the project's files import: the file, and the package's name."""
    for part in parts:
        path = ROOT / part
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for node in statements(file):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                yield from ((file, name.partition(".")[0]) for name in names)


@pytest.mark.parametrize(
    ("parts", "lock"),
    [(("backoffice", "migrations", "config.py", "manage.py"), LOCKS[0]), (("tests",), LOCKS[1])],
    ids=["runtime", "tests"],
)
def test_what_is_imported_is_installed(parts: tuple[str, ...], lock: Path) -> None:
    distributions, known = packages_distributions(), pinned(lock).keys()
    missing = {
        (str(file.relative_to(ROOT)), name)
        for file, name in imports(*parts)
        if name not in OURS | sys.stdlib_module_names
        and known.isdisjoint(map(normal, distributions.get(name, [name])))
    }
    assert not missing, "name what is missing in pyproject.toml, and run `make lock`"


def make(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | environ,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("python", ["false", "/nowhere/python3"])
def test_without_a_python_that_is_new_enough_make_says_so(python: str, tmp_path: Path) -> None:
    done = make("run", f"VENV={tmp_path / 'environment'}", PYTHON=python)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "Backoffice needs Python 3.11 or newer. Name one with: make run PYTHON=/path/to/python3"
    )
    assert not (tmp_path / "environment").exists()


def test_make_run_does_nothing_but_run_where_the_environment_is_there(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").touch()
    done = make("--dry-run", "run", f"VENV={tmp_path}")
    assert done.stdout == f"{tmp_path}/bin/python manage.py run --prepare\n"


def test_every_target_of_the_documents_is_there() -> None:
    targets = set(re.findall(r"^  make (\w+)", make("help").stdout, re.MULTILINE))
    assert {"run", "test"} <= targets
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        named = set(re.findall(r"(?:`|^    )make (\w+)", document.read_text("utf-8"), re.MULTILINE))
        assert named <= targets, document


def found(pattern: str, file: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE))


def test_the_image_holds_all_that_the_console_needs_and_no_more() -> None:
    copied = {part for parts in found(r"^COPY (?!--from)(.+) \S+$", "Dockerfile") for part in parts.split()}
    assert copied == found(r"^!(.+)$", ".dockerignore")
    assert copied == {"backoffice", "config.py", "manage.py", "migrations", "requirements.txt"}


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml"])
def test_containers_are_given_settings_that_there_are(file: str) -> None:
    known = found(r'env, "([A-Z_]+)"', "config.py") | found(r'env\.get\("([A-Z_]+)"', "config.py")
    others = {"PATH", "PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}
    given = found(r"^(?:ENV| +)\s*([A-Z][A-Z_]+)[=:]", file)
    assert given & known
    assert given <= known | others

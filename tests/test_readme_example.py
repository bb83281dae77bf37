"""The README's example, typed to its end into a copy of the project, on each database."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backoffice import ROOT
from tests.conftest import PASSWORD

README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"`(backoffice/[\w/]+\.py)`:\n\n((?:    .*\n|\n)+)")
# What a developer does with the example: in the copy, whose package is another one than this process has.
USE = f"""
import re, sys
from flask_migrate import upgrade
from backoffice import create_app
from backoffice.extensions import db
from backoffice.models import Tag, User
from tests.browsing import sign_in, submit
from tests.conftest import add_administrator, settings

app = create_app(settings(sys.argv[1]))
with app.app_context():
    add_administrator("susan", "administrator")
client = app.test_client()
sign_in(client, "susan", {PASSWORD!r})
for label in ("red", "green"):
    assert submit(client, "/admin/tag/new/", label=label).status_code == 303
again = submit(client, "/admin/tag/new/", label="red")
assert again.status_code == 422, again.status
assert re.search(r'id="label-error">.*Another record has this already', again.text), again.text
key = re.search(r"/admin/tag/edit/\\?id=(\\d+)", client.get("/admin/tag/?label_equals=green").text)[1]
renamed = submit(client, f"/admin/tag/edit/?id={{key}}", label="red")
assert renamed.status_code == 422
assert 'id="label-error"' in renamed.text
assert submit(client, f"/admin/tag/edit/?id={{key}}", label="blue").status_code == 303
assert "blue" in client.get("/admin/tag/?search=blu").text
with app.app_context():
    assert sorted(tag.label for tag in db.session.query(Tag)) == ["blue", "red"]
    db.engine.dispose()
"""


class Copy:
    """A copy of the project, in which files are written and commands run."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        for name in ("backoffice", "migrations", "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("manage.py", "config.py"):
            shutil.copy(ROOT / name, folder)
        own = {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 40, "BACKOFFICE_ENV": "testing"}
        self._environment = {**os.environ, **own}

    def run(self, *arguments: str) -> str:
        """What a command prints that has to succeed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self._environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def type_in(self, name: str, old: str, new: str) -> None:
        """Put something into a file that is there."""
        file = self.folder / name
        text = file.read_text("utf-8")
        assert old in text, name
        file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def copy(tmp_path: Path, database_url: str) -> Copy:
    return Copy(tmp_path / "copy", database_url)


def blocks() -> dict[str, str]:
    """What the example says, by the file that it is to stand in."""
    section = README.partition("## A model of your own")[2].partition("\n## ")[0]
    found = {name: re.sub("^    ", "", text, flags=re.MULTILINE) for name, text in BLOCK.findall(section)}
    assert len(found) == 3
    return found


@pytest.mark.slow
def test_the_example_works_to_its_end(copy: Copy, database_url: str) -> None:
    copy.run("manage.py", "db", "upgrade")
    example = blocks()
    registration = example.pop("backoffice/console/console.py")
    for name, text in example.items():
        (copy.folder / name).write_text(text, "utf-8")
    copy.type_in(
        "backoffice/models/__init__.py",
        "from backoffice.models.throttle",
        "from backoffice.models.tag import Tag\nfrom backoffice.models.throttle",
    )
    console = "backoffice/console/console.py"
    copy.type_in(console, "    return console\n", f"    {registration.strip()}\n    return console\n")
    copy.type_in(console, "RECORDS = ", "from backoffice.console.tags import TagView\nRECORDS = ")
    copy.type_in(console, "RECORDS = ", "from backoffice.models import Tag\nRECORDS = ")
    copy.run("manage.py", "db", "migrate", "-m", "tags table")
    copy.run("manage.py", "db", "upgrade")
    assert "No new upgrade operations detected" in copy.run("manage.py", "db", "check")
    copy.run("-c", USE, database_url)

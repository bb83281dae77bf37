"""Commands in processes of their own, in a copy of the project, which keeps its own `instance/`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backoffice import ROOT

PARTS = ("backoffice", "migrations", "config.py", "manage.py")
Command = subprocess.Popen[str]
Start = Callable[..., Command]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as a fresh clone has it: without a database, a key or a queue."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in PARTS:
        source = ROOT / name
        # With the time of each file, so that what was compiled of it is still good.
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder)
    return folder


@pytest.fixture
def start(copy: Path) -> Iterator[Start]:
    """Start a command of the copy's `manage.py`, with more settings; it is killed at the end if need be."""
    started: list[Command] = []

    def start(*arguments: str, **settings: str) -> Command:
        started.append(
            subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=copy,
                env=os.environ | {"BCRYPT_LOG_ROUNDS": "4"} | settings,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()

"""A small file system of the suite's own, which can be filled up."""

import os
import pwd
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.databases import missing

IS_ROOT = os.geteuid() == 0
AS_ROOT = () if IS_ROOT else ("sudo", "--non-interactive")


class SmallDisk:
    """A file system of so many megabytes, mounted on a folder that is not there yet, which `owner` has.

    The owner is the user who runs the suite, where that is not root.
    """

    def __init__(self, path: Path, megabytes: int, owner: str = "root") -> None:
        self.path = path
        path.mkdir()
        user = pwd.getpwnam(owner) if IS_ROOT else pwd.getpwuid(os.getuid())
        options = f"size={megabytes}m,mode=700,uid={user.pw_uid},gid={user.pw_gid}"
        how = ("-t", "tmpfs", "-o", options, "tmpfs")
        mounted = subprocess.run([*AS_ROOT, "mount", *how, str(path)], check=False)
        if mounted.returncode:
            missing("a file system that can be filled up")

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"

    @property
    def is_full(self) -> bool:
        """Whether it was filled up, and is still so."""
        return self._ballast.exists()

    def fill_up(self) -> None:
        """Leave no room on it."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (2**20, 2**12):
                with suppress(OSError):
                    while ballast.write(b"\0" * size):
                        pass

    def make_room(self) -> None:
        """Leave again the room that there was."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount it."""
        subprocess.run([*AS_ROOT, "umount", "--lazy", str(self.path)], check=True)

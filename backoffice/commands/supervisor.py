"""Processes that start, end and die together."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from flask_babel import gettext as _

import config
from backoffice.exceptions import Conflict

LOOK_SECONDS = 0.2
# A little longer than gunicorn gives a request to end.
STOP_SECONDS = 35
PR_SET_PDEATHSIG = 1


class Supervisor(AbstractContextManager["Supervisor", bool]):
    """Whatever was started inside the `with` is stopped at its end, in an orderly way.

    Ctrl-C, SIGTERM and a terminal that closes lead to that end.
    """

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, signal.default_int_handler)
        return self

    def start(self, name: str, arguments: Sequence[str], descriptors: Sequence[int] = ()) -> None:
        """Start Python with these arguments, and with these open files."""
        self._children[name] = subprocess.Popen(  # noqa: S603 (nothing in it comes from outside)
            [sys.executable, *arguments],
            cwd=config.ROOT,
            pass_fds=descriptors,
            # Ctrl-C reaches this process only, which then stops its children.
            process_group=0,
            preexec_fn=_die_with_parent,
        )

    def wait(self) -> None:
        """Return never, unless interrupted. Raises Conflict when one of the processes has ended by itself."""
        while not (ended := [name for name, child in self._children.items() if child.poll() is not None]):
            time.sleep(LOOK_SECONDS)
        name = ended[0]
        raise Conflict(
            _(
                "The %(name)s has ended by itself (%(code)s), so everything is stopped.",
                name=name,
                code=self._children[name].returncode,
            )
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        children = self._children.values()
        for child in children:
            child.terminate()
        try:
            deadline = time.monotonic() + STOP_SECONDS
            for child in children:
                child.wait(max(0, deadline - time.monotonic()))
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            for child in children:
                child.kill()
        return kind is KeyboardInterrupt


def _die_with_parent() -> None:
    """In a child: have Linux end it with its parent, even after kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

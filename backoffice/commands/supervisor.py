"""Processes that start, end and die together."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType

from flask_babel import gettext as _

import config
from backoffice.exceptions import Conflict

LOOK_SECONDS = 0.2
# What was begun may come to its end for so long.
STOP_SECONDS = 35
# One that is killed more often is not helped by starting it again.
RESTARTS_A_MINUTE = 5
PR_SET_PDEATHSIG = 1


class Supervisor(AbstractContextManager["Supervisor", bool]):
    """Whatever was started inside the `with` is stopped at its end, in an orderly way.

    Ctrl-C, SIGTERM and a terminal that closes lead to that end.
    """

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        # How those are started again that may be, and when they were.
        self._restarts: dict[str, Callable[[], None]] = {}
        self._restarted: dict[str, list[float]] = {}

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, signal.default_int_handler)
        return self

    def start(
        self, name: str, arguments: Sequence[str], descriptors: Sequence[int] = (), *, again: bool = False
    ) -> None:
        """Start Python with these arguments, and with these open files; `again` where it is killed."""
        if again:
            self._restarts[name] = partial(self.start, name, arguments, descriptors, again=True)
        self._children[name] = subprocess.Popen(  # noqa: S603 (nothing in it comes from outside)
            [sys.executable, *arguments],
            cwd=config.ROOT,
            pass_fds=descriptors,
            # Ctrl-C reaches this process only, which then stops its children.
            process_group=0,
            preexec_fn=_die_with_parent,
        )

    def wait(self) -> None:
        """Return never, unless interrupted. Raises Conflict when one ended that is not started again."""
        while True:
            for name, child in list(self._children.items()):
                if child.poll() is not None and not self._start_again(name, child.returncode):
                    raise Conflict(
                        _(
                            "The %(name)s has ended by itself (%(code)s), so everything is stopped.",
                            name=name,
                            code=child.returncode,
                        )
                    )
            time.sleep(LOOK_SECONDS)

    def _start_again(self, name: str, code: int) -> bool:
        """Start what was killed, for want of memory perhaps; what ended with an error of its own is not."""
        began = [at for at in self._restarted.get(name, []) if time.monotonic() - at < 60]
        if name not in self._restarts or code > 0 or len(began) >= RESTARTS_A_MINUTE:
            return False
        self._restarted[name] = [*began, time.monotonic()]
        self._restarts[name]()
        return True

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

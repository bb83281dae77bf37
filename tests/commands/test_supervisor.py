"""Processes that end together, whichever way the end comes."""

import os
import signal
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from multiprocessing.connection import Connection

import pytest

from backoffice.commands.supervisor import Supervisor
from tests.processes import FORKS
from tests.waiting import SECONDS, waited_for


def supervise(output: Connection, complaints: Connection) -> None:
    """Start two children that say who they are and would then run for a minute."""
    os.dup2(output.fileno(), 1)
    os.dup2(complaints.fileno(), 2)
    for number in (signal.SIGINT, signal.SIGHUP):  # ignored where the tests run in the background
        signal.signal(number, signal.default_int_handler)
    with Supervisor() as supervisor:
        supervisor.start("server", child("server"))
        supervisor.start("worker", child("worker"), again=True)
        # A child is there before the supervisor knows it.
        os.write(1, b"supervisor %d\n" % os.getpid())
        supervisor.wait()


def child(name: str) -> tuple[str, str]:
    return "-c", f"import os, time; os.write(1, b'{name} %d\\n' % os.getpid()); time.sleep(60)"


class Supervised:
    """A supervisor in a process of its own, with two children."""

    def __init__(self) -> None:
        (output, its_output), (complaints, its_complaints) = (FORKS.Pipe(duplex=False) for _ in range(2))
        self.process = FORKS.Process(target=supervise, args=(its_output, its_complaints), daemon=True)
        self.process.start()
        its_output.close()
        its_complaints.close()
        self._output, self._complaints = lines_of(output), lines_of(complaints)
        self.children = dict(self.next_child() for _each in range(3))
        self.children.pop("supervisor")

    def next_child(self) -> tuple[str, int]:
        """The name and the number of the process that was started next."""
        name, number = self._output.readline().split()
        return name, int(number)

    def send_signal(self, number: int) -> None:
        assert self.process.pid
        os.kill(self.process.pid, number)

    def ends(self) -> tuple[int | None, str]:
        """Wait for its end and that of its children; gives its exit code, and what it complained about."""
        self.process.join(SECONDS)
        waited_for(lambda: not any(map(is_alive, self.children.values())))
        return self.process.exitcode, self._complaints.read()

    def close(self) -> None:
        self.process.kill()
        self.process.join()
        self._output.close()
        self._complaints.close()


def lines_of(connection: Connection) -> TextIOWrapper:
    """What is written into the other end of a pipe, as text."""
    return os.fdopen(os.dup(connection.fileno()))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def supervised() -> Iterator[Supervised]:
    supervised = Supervised()
    yield supervised
    supervised.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_of_them_cleanly(supervised: Supervised, number: signal.Signals) -> None:
    supervised.send_signal(number)
    assert supervised.ends() == (0, "")


def test_a_worker_that_is_killed_is_started_again_but_not_for_ever(supervised: Supervised) -> None:
    for time_killed in range(6):
        os.kill(supervised.children["worker"], signal.SIGKILL)
        if time_killed < 5:
            supervised.children.update([supervised.next_child()])
    code, complaint = supervised.ends()
    assert code == 1
    assert "The worker has ended by itself (-9)" in complaint


def test_when_the_server_dies_all_end_with_a_failure(supervised: Supervised) -> None:
    os.kill(supervised.children["server"], signal.SIGKILL)
    code, complaint = supervised.ends()
    assert code == 1
    assert "has ended by itself (-9), so everything is stopped." in complaint.splitlines()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_after_kill_9_no_child_is_left(supervised: Supervised) -> None:
    supervised.process.kill()
    assert supervised.ends()[0] == -signal.SIGKILL

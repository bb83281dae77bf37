"""What may become of a database, of the way to it, and of the worker, each with its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.outages.stage import Stage

HICCUPS, A_WHILE = 20, 0.1


def nothing(_stage: Stage) -> None:
    """Where a fault has no end, or is over at once."""


@dataclass(frozen=True)
class Fault:
    """Something that happens, and is over so many seconds later."""

    name: str
    begin: Callable[[Stage], object]
    end: Callable[[Stage], object] = nothing
    seconds: float = 0.0
    # Whether nothing can be changed as long as it lasts.
    stops: bool = False
    # What has to be so before.
    prepare: Callable[[Stage], object] = nothing


def refuse(stage: Stage) -> None:
    stage.proxy.refuse()
    stage.proxy.drop()


def drop_again_and_again(stage: Stage) -> None:
    stage.proxy.admit(one_in=2)
    for _ in range(HICCUPS):
        stage.proxy.drop()
        time.sleep(A_WHILE)


def kill_processes(stage: Stage) -> None:
    stage.kill_web()
    stage.kill_worker()


def start_ahead(stage: Stage) -> None:
    kill_processes(stage)
    for start in (stage.start_web, stage.start_worker):
        start(TEST_SECONDS_AHEAD="3600")


def start_processes(stage: Stage) -> None:
    stage.start_web()
    stage.start_worker()


def kill_queue(stage: Stage) -> None:
    assert stage.queue
    stage.queue.kill()


def start_queue(stage: Stage) -> None:
    assert stage.queue
    stage.queue.start()


FAULTS = (
    Fault("connections cut", lambda stage: stage.proxy.drop()),
    Fault("out of room for 3 s", lambda s: s.server.fill_up(), lambda s: s.server.make_room(), 3, stops=True),
    Fault("no connections for 2 s", refuse, lambda stage: stage.proxy.admit(), 2),
    Fault(
        "cut twenty times in 2 s, every other one refused", drop_again_and_again, lambda s: s.proxy.admit()
    ),
    Fault("server killed, started 1 s later", lambda s: s.server.kill(), lambda s: s.server.start(), 1),
    Fault("each packet 0.1 s late for 3 s", lambda s: s.proxy.delay(0.1), lambda s: s.proxy.delay(0), 3),
    Fault("network frozen for 4 s", lambda s: s.proxy.freeze(), lambda s: s.proxy.thaw(), 4),
    Fault("server stopped for 4 s", lambda s: s.server.stop(), lambda s: s.server.go_on(), 4),
    Fault(
        "read-only for 3 s",
        lambda stage: stage.server.make_read_only(),
        lambda stage: stage.server.make_writable(),
        3,
        stops=True,
    ),
    Fault("worker killed, started at once", lambda s: s.kill_worker(), lambda s: s.start_worker()),
    Fault("server killed, replica promoted", lambda stage: stage.fail_over()),
    Fault("connections silent for good", lambda stage: stage.proxy.strand()),
)

# The same by kinds, while people do one thing or another. On SQLite another writer is what makes it slow.
READ_ONLY = Fault(
    "read-only for 3 s",
    lambda stage: stage.server.make_read_only(),
    lambda stage: stage.server.make_writable(),
    3,
)
PROMOTED = Fault(
    "killed, replica promoted",
    lambda stage: stage.fail_over(),
    prepare=lambda stage: stage.be_followed(),
)
ON_SERVERS_ONLY = (READ_ONLY, PROMOTED)
BY_ACTS = (
    Fault("database away for 2 s", lambda s: s.server.kill(), lambda s: s.server.start(), 2),
    Fault("slow for 3 s", lambda s: s.proxy.delay(0.1), lambda s: s.proxy.delay(0), 3),
    Fault("frozen for 7 s", lambda s: s.proxy.freeze(), lambda s: s.proxy.thaw(), 7),
    Fault("full for 3 s", lambda s: s.server.fill_up(), lambda s: s.server.make_room(), 3),
    READ_ONLY,
    PROMOTED,
    Fault("worker killed", lambda s: s.kill_worker(), lambda s: s.start_worker()),
    Fault("web process killed", lambda s: s.kill_web(), lambda s: s.start_web()),
    Fault("queue killed for 2 s", kill_queue, start_queue, 2),
    Fault("clocks an hour ahead, then all killed", kill_processes, start_processes, prepare=start_ahead),
)

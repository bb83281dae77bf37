"""Every fault, while every act is being done, on every database: a table for each of them.

It says what was lost, what is there twice, and after how many seconds it went on.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from backoffice.extensions import db
from backoffice.models import User
from tests.conftest import add_administrator
from tests.databases import CHOSEN, NAMES
from tests.managing import succeed
from tests.outages.acts import Act, Export, Save, SignIn
from tests.outages.bulk_acts import BulkDelete, BulkEdit, Undo
from tests.outages.faults import BY_ACTS, ON_SERVERS_ONLY, Fault
from tests.outages.stage import SECONDS, Stage
from tests.tables import Record, note_cell

ACTS: dict[str, type[Act]] = {
    "save": Save,
    "bulk delete": BulkDelete,
    "bulk edit": BulkEdit,
    "undo": Undo,
    "export": Export,
    "sign-in": SignIn,
}
# Until the act is under way.
BEFORE = 0.5
TITLE = "Lost / twice / seconds until it went on, on {}"
CASES = [
    pytest.param(kind, fault, id=f"{kind}, {fault.name}")
    for kind in (CHOSEN or NAMES)
    for fault in BY_ACTS
    if kind != "sqlite" or fault not in ON_SERVERS_ONLY
]


@pytest.fixture
def stage(kind: str, tmp_path: Path) -> Iterator[Stage]:
    """A console with pages, a worker, and a queue that can die."""
    with Stage(kind, tmp_path) as stage:
        stage.start_queue()
        with stage.console():
            add_administrator("susan", "administrator")
            db.session.add(User(username="mary", email="mary@example.com"))
            db.session.commit()
        stage.start_web()
        stage.start_worker()
        yield stage


@pytest.mark.long
@pytest.mark.parametrize(("kind", "fault"), CASES)
def test_no_act_is_lost_or_done_twice(stage: Stage, kind: str, fault: Fault, record_property: Record) -> None:
    wrong = {}
    for name, act_of in ACTS.items():
        act = act_of(stage)
        seconds = gone_through(stage, act, fault)
        lost, twice = act.lost_and_twice()
        note_cell(record_property, TITLE.format(kind), fault.name, name, f"{lost} / {twice} / {seconds:.1f}")
        if (lost, twice) != (0, 0):
            wrong[name] = lost, twice
    assert not wrong
    with stage.console():
        succeed("history", "seal")
        assert "Nothing was altered" in succeed("history", "verify")


def gone_through(stage: Stage, act: Act, fault: Fault) -> float:
    """How long an act took to go on after the end of a fault that happened while it was being done."""
    fault.prepare(stage)
    act.prepare()
    is_over = Event()
    with ThreadPoolExecutor(1) as pool:
        going_on = pool.submit(act.go_on, is_over)
        time.sleep(BEFORE)
        fault.begin(stage)
        time.sleep(fault.seconds)
        fault.end(stage)
        over = time.monotonic()
        is_over.set()
        return max(0.0, going_on.result(SECONDS + 60) - over)

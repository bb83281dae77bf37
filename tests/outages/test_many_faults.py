"""A bulk delete and its undo, through whatever may become of a database, of the way to it and of the worker.

Nothing is lost, nothing is done twice, and after each fault work goes on by itself. How many seconds it takes
stands in the table of the run, and is held against nothing: machines differ.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from backoffice import undo
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Operation, Post
from tests.conftest import add_administrator
from tests.databases import CHOSEN
from tests.managing import succeed
from tests.outages.faults import FAULTS, Fault
from tests.outages.operations import begin_deletion
from tests.outages.stage import Stage, seconds_until
from tests.servers import SERVERS
from tests.tables import Record, note_cell

Noted = Callable[[Fault, float], None]
TITLE = "Seconds until a bulk delete of {} rows, and its undo, went on after a fault"
pytestmark = pytest.mark.slow

kinds = pytest.mark.parametrize("kind", [name for name in SERVERS if name in (CHOSEN or SERVERS)])


@pytest.fixture
def stage(kind: str, tmp_path: Path) -> Iterator[Stage]:
    with Stage(kind, tmp_path) as stage:
        yield stage


@kinds
@pytest.mark.parametrize(
    ("rows", "during_delete", "during_undo"),
    [
        pytest.param(12_000, FAULTS[::2], FAULTS[1::2], id="each once"),
        pytest.param(50_000, FAULTS, FAULTS, id="each twice", marks=pytest.mark.long),
    ],
)
def test_nothing_is_lost_and_nothing_done_twice(
    stage: Stage,
    kind: str,
    rows: int,
    during_delete: Sequence[Fault],
    during_undo: Sequence[Fault],
    record_property: Record,
) -> None:
    write_posts(stage, rows)
    before = posts(stage)
    stage.start_worker()
    noted = note(record_property, f"{kind}, delete", rows)
    deletion = gone_through(stage, lambda: begin_deletion(stage), during_delete, rows, noted)
    assert posts(stage) == []
    noted = note(record_property, f"{kind}, undo", rows)
    undoing = gone_through(stage, lambda: begin_undo(stage, deletion), during_undo, rows, noted)
    assert posts(stage) == before
    assert [changes(stage, act) for act in (deletion, undoing)] == [(rows, rows, rows)] * 2
    with stage.console():
        succeed("history", "seal")
        assert "Nothing was altered" in succeed("history", "verify")


def write_posts(stage: Stage, rows: int) -> None:
    """So many posts, no two alike, of somebody who may delete them."""
    began = datetime(2024, 1, 1)
    with stage.console():
        author = add_administrator("susan", "administrator").id
        db.session.execute(
            insert(Post),
            [
                {"body": f"post {i} 🌧", "user_id": author, "timestamp": began + timedelta(microseconds=i)}
                for i in range(rows)
            ],
        )
        db.session.commit()


def posts(stage: Stage) -> list[Any]:
    """Every post, with every column."""
    return stage.ask("SELECT id, body, timestamp, user_id FROM post ORDER BY id")


def note(record_property: Record, column: str, rows: int) -> Noted:
    """Put into the table of the run how long it took after a fault."""
    title = TITLE.format(f"{rows:,}")
    return lambda fault, seconds: note_cell(record_property, title, fault.name, column, f"{seconds:.1f}")


def gone_through(
    stage: Stage,
    start: Callable[[], int],
    faults: Sequence[Fault],
    rows: int,
    noted: Noted,
) -> int:
    """Start an operation, and let one fault after the other happen while it runs; gives its number."""
    stage.be_followed()
    number = start()
    seconds_until(lambda: stage.progress(number).rows > 0)
    for fault in faults:
        assert not stage.progress(number).is_over, f"it was over before: {fault.name}"
        noted(fault, seconds_to_go_on(stage, number, fault))
    seconds_until(lambda: stage.progress(number).is_over)
    assert stage.progress(number) == (rows, "done")
    return number


def begin_undo(stage: Stage, deletion: int) -> int:
    with stage.console(), acting_as(Actor("person", "susan", 1)):
        return undo.undo(db.session.get_one(Operation, deletion), administrator_id=1).id


def seconds_to_go_on(stage: Stage, number: int, fault: Fault) -> float:
    """How long it takes after the end of a fault until the next rows are changed."""
    fault.begin(stage)
    if fault.stops:
        seconds_until(lambda: stage.stands_still(number))
    time.sleep(fault.seconds)
    fault.end(stage)
    return seconds_until(further_than(stage, number))


def further_than(stage: Stage, number: int) -> Callable[[], bool]:
    rows = stage.progress(number).rows

    def is_further() -> bool:
        now = stage.progress(number)
        return now.rows > rows or now.is_over

    return is_further


def changes(stage: Stage, number: int) -> tuple[int, int, int]:
    """How many rows an operation says it changed, how many changes it recorded, and of how many rows."""
    recorded = "SELECT count(*), count(DISTINCT row_key) FROM backoffice_change"
    ((in_all, different),) = stage.ask(f"{recorded} WHERE operation_id = {number}")
    return stage.progress(number).rows, in_all, different

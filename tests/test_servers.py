"""The servers of the suite's own: what may happen to one, and what is there afterwards."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError

from backoffice.database_errors import AWAY, NO_ROOM, READ_ONLY, fault_of
from tests.database_server import DATABASE, DatabaseServer, Died
from tests.databases import CHOSEN
from tests.servers import SERVERS
from tests.waiting import waited_for

pytestmark = pytest.mark.parametrize("kind", [name for name in SERVERS if name in (CHOSEN or SERVERS)])


@pytest.fixture
def server(kind: str) -> Iterator[DatabaseServer]:
    """A server whose database has a small disk of its own."""
    with SERVERS[kind](megabytes=64) as server:
        yield server


@pytest.fixture
def owner(server: DatabaseServer) -> Iterator[Connection]:
    """The owner of the database, who has made a table with a row in it."""
    yield from connected(server)


def connected(server: DatabaseServer) -> Iterator[Connection]:
    engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with suppress(DBAPIError), engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE note (text VARCHAR(200))")
        write(connection)
        yield connection
    engine.dispose()


def write(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO note VALUES ('hello')")


def rows(server: DatabaseServer) -> int:
    return len(server.run("SELECT * FROM note", database=DATABASE))


def test_it_is_killed_and_keeps_what_was_written(server: DatabaseServer, owner: Connection) -> None:
    server.kill()
    with pytest.raises(DBAPIError) as refusal:
        write(owner)
    assert fault_of(refusal.value) is AWAY
    assert rows(server.start()) == 1


def test_one_that_died_by_itself_says_so_and_is_revived(server: DatabaseServer) -> None:
    os.kill(server.processes[0], signal.SIGKILL)
    waited_for(partial(says_that_it_died, server))
    server.revive()
    assert server.run("SELECT 1") == [(1,)]


def says_that_it_died(server: DatabaseServer) -> bool:
    try:
        server.run("SELECT 1")
    except Died:
        return True
    except DBAPIError:
        return False
    return False


def test_it_stops_and_goes_on(server: DatabaseServer, owner: Connection) -> None:
    server.stop()
    waited_for(lambda: {state(pid) for pid in server.processes} == {"T"})
    server.go_on()
    write(owner)
    assert rows(server) == 2


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_it_is_read_only_and_writable_again(server: DatabaseServer, owner: Connection) -> None:
    server.make_read_only()
    waited_for(lambda: refusal_of(owner) == READ_ONLY)
    server.make_writable()
    waited_for(lambda: refusal_of(owner) is None)


def refusal_of(connection: Connection) -> object:
    try:
        write(connection)
    except DBAPIError as error:
        return fault_of(error)
    return None


def test_it_is_full_and_has_room_again(server: DatabaseServer, owner: Connection) -> None:
    server.fill_up()
    refusals = {refusal_of_many(owner) for _ in range(40)}
    assert refusals - {None} == {NO_ROOM}
    server.make_room()
    assert refusal_of_many(owner) is None


def refusal_of_many(connection: Connection) -> object:
    try:
        connection.exec_driver_sql(
            "INSERT INTO note SELECT repeat('x', 200) FROM note AS one"
            " CROSS JOIN (SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) AS four LIMIT 5000"
        )
    except DBAPIError as error:
        return fault_of(error)
    return None


def test_one_that_follows_it_takes_its_place(server: DatabaseServer, owner: Connection) -> None:
    with server.replica() as replica:
        waited_for(partial(has_rows, replica, 1))
        engine = create_engine(replica.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            assert refusal_of(connection) == READ_ONLY
            write(owner)
            waited_for(partial(has_rows, replica, 2))
            server.kill()
            replica.promote()
            waited_for(lambda: refusal_of(connection) is None)
        engine.dispose()
        assert rows(replica) == 3


def has_rows(server: DatabaseServer, number: int) -> bool:
    try:
        return rows(server) == number
    except DBAPIError:
        return False

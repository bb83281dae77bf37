"""A server makes way for another one: nobody is refused, and whoever downloads gets all of the file."""

import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import text

from backoffice.extensions import db
from backoffice.models import User
from tests.commands.conftest import Start
from tests.commands.served import Server, answered, served
from tests.commands.servers import free_port
from tests.commands.test_download import POSTS
from tests.commands.test_run import children_of, said_until_served, signed_in
from tests.conftest import PASSWORD
from tests.waiting import SECONDS, waited_for

ASKED = "GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """What listens, whoever answers: it is there before the servers and after them."""
    with socket.create_server(("127.0.0.1", 0), backlog=2_048) as listener:
        yield listener


@pytest.mark.slow
def test_one_server_takes_over_from_another_on_the_same_socket(listener: socket.socket) -> None:
    old, new = Server(listener), None
    try:
        old.wait()
        kept = [old.client() for _ in range(5)]
        assert {answered(client.send(ASKED))[0] for client in kept} == {200}
        new = Server(listener)
        old.stop()
        assert {answered(client.send(ASKED))[0] for client in kept} == {200}
        while old.process.is_alive():
            assert old.page().startswith("HTTP/1.1 200")
        for _ in range(20):
            assert new.page().startswith("HTTP/1.1 200")
    finally:
        for server in (old, new):
            if server:
                server.kill()


@pytest.mark.slow
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_download_comes_to_its_end_however_long_it_takes(migrated_url: str, susan: User) -> None:
    db.session.execute(text(POSTS))
    db.session.commit()
    with served(DATABASE_URL=migrated_url) as server:
        url = f"http://127.0.0.1:{server.port}"
        browser = signed_in(url, "susan", PASSWORD, "/admin/")
        with browser.open(f"{url}/admin/post/export/csv/?sort=id", timeout=SECONDS) as file:
            got = file.read(1_000)
            server.stop()
            time.sleep(4)  # longer than anybody else is waited for
            with pytest.raises(URLError, match="refused"):
                urlopen(f"{url}/login")
            got += file.read()
        server.process.join(SECONDS)
        assert server.process.exitcode == 0
    assert got.count(b"\n") == 150_001


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose memory it is")
def test_the_processes_share_what_they_only_read(start: Start) -> None:
    port = str(free_port())
    running = start("run", "--no-worker", PORT=port, WEB_PROCESSES="2")
    said_until_served(running)
    urlopen(f"http://127.0.0.1:{port}/login").close()
    (gunicorn,) = children_of(running.pid)
    waited_for(lambda: len(children_of(int(gunicorn))) == 2)
    for process in children_of(int(gunicorn)):
        memory = memory_of(process)
        assert memory["Private_Dirty"] < memory["Rss"] / 4


def memory_of(process: str) -> dict[str, int]:
    """How much memory of which kind a process has, in kB."""
    said = Path(f"/proc/{process}/smaps_rollup").read_text()
    return {name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB$", said, re.MULTILINE)}

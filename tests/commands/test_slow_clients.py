"""Clients that are slow or silent cost no thread, and are not waited for for ever: by two threads."""

import time
from collections.abc import Iterator

import pytest

from tests.commands.served import Client, Server, answered, served
from tests.waiting import waited_for

# How long the server waits for a client that stands still.
PATIENCE = 1
STYLESHEET = "GET /static/x/console.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
ASKED = "GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF_A_HEAD = "GET /login HTTP/1.1\r\nHost: loc"
FORM = (
    "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: {}\r\n\r\n"
)
HALF_A_BODY = FORM.format(1_000_000) + "username=" + "a" * 100_000
# So little waits to be read at the end of a client that does not read.
LITTLE = 2_048
# More than fits between the two.
SILENT, NOT_READING = "", STYLESHEET * 60


@pytest.fixture(scope="module")
def patient() -> Iterator[Server]:
    """A server with two threads, which waits longer than any of these tests takes."""
    with served(WEB_THREADS="2", CLIENT_SECONDS="300") as server:
        yield server


@pytest.fixture(scope="module")
def short_lock_timeout() -> Iterator[Server]:
    """A server with two threads, which waits for a second."""
    with served(WEB_THREADS="2", CLIENT_SECONDS=str(PATIENCE)) as server:
        yield server


@pytest.mark.parametrize("sent", [SILENT, HALF_A_HEAD, HALF_A_BODY, NOT_READING])
def test_pages_go_on_beside_forty_of_them(patient: Server, sent: str) -> None:
    clients = [patient.client(receive=LITTLE).send(sent) for _ in range(40)]
    for _ in range(5):
        assert patient.page().startswith("HTTP/1.1 200")
        assert '"ok"' in patient.page("/healthz")
    assert not any(client.is_closed() for client in clients if sent != NOT_READING)
    for client in clients:
        client.close()


@pytest.mark.parametrize(("sent", "said"), [(SILENT, ""), (HALF_A_HEAD, "408"), (HALF_A_BODY, "408")])
def test_whoever_stands_still_is_let_go(short_lock_timeout: Server, sent: str, said: str) -> None:
    with short_lock_timeout.client() as client:
        answer = client.send(sent).rest()
    assert answer.partition(" ")[2][:3] == said
    assert not said or answer.endswith("Please send it again.")


@pytest.mark.parametrize("sent", [HALF_A_HEAD, HALF_A_BODY])
def test_a_byte_now_and_then_is_standing_still(short_lock_timeout: Server, sent: str) -> None:
    with short_lock_timeout.client() as client:
        began = time.monotonic()
        client.send(sent[:50])
        waited_for(lambda: is_let_go(client))
        # What has come counts as well, so that it is not over sooner than that.
        assert time.monotonic() - began >= PATIENCE


def is_let_go(client: Client) -> bool:
    """Whether one more byte comes too late."""
    try:
        return client.send("a").is_closed()
    except ConnectionError:
        return True


@pytest.mark.slow
def test_slowly_but_steadily_a_form_arrives() -> None:
    # So patient that this machine may be busy between two pieces.
    with served(CLIENT_SECONDS="5") as server, server.client() as client:
        client.send(FORM.format(30_000))
        for _ in range(15):
            time.sleep(0.5)
            client.send("a" * 2_000)
        assert answered(client)[0] == 400  # a form without a token


@pytest.mark.slow
def test_an_answer_that_is_not_taken_is_broken_off(short_lock_timeout: Server) -> None:
    with short_lock_timeout.client(receive=LITTLE) as client:
        client.send(NOT_READING)
        time.sleep(PATIENCE * 4)
        got = client.rest()
    assert 0 < got.count("HTTP/1.1 200") < 60


@pytest.mark.slow
def test_a_kept_connection_waits_longer(short_lock_timeout: Server) -> None:
    with short_lock_timeout.client() as client:
        for _ in range(2):
            assert answered(client.send(ASKED))[0] == 200
            time.sleep(PATIENCE * 2.5)
        client.send("GET ")  # and from here on it is a request like any other
        waited_for(client.is_closed)


# As many as there is room for


def test_whoever_was_waited_for_longest_makes_room() -> None:
    with served(GUNICORN_CMD_ARGS="--worker-connections 20") as server:
        clients = [server.client().send(HALF_A_HEAD) for _ in range(50)]
        for _ in range(3):
            assert server.page().startswith("HTTP/1.1 200")
        waited_for(lambda: sum(client.is_closed() for client in clients) >= 31)
        closed = [client.is_closed() for client in clients]
        assert closed == sorted(closed, reverse=True)
        assert sum(closed) < 40


def test_what_they_send_does_not_add_up(patient: Server) -> None:
    most, each = 128 * 1024 * 1024, 1_900_000
    clients = [patient.client() for _ in range(most // each + 10)]
    for client in clients:
        client.send(FORM.format(2_000_000) + "a" * each)
    waited_for(lambda: sum(client.is_closed() for client in clients) >= 10)
    assert not clients[-1].is_closed()
    assert patient.page().startswith("HTTP/1.1 200")
    for client in clients:
        client.close()

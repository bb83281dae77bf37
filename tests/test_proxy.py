"""The proxy of the suite, between a client and a server that answers what it is told with its own name."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import pytest

from tests.proxy import HOST, Proxy

SOON = 0.2


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def proxy(stack: ExitStack) -> Iterator[Proxy]:
    """A proxy in front of the server `one`."""
    proxy = Proxy(named_server(stack, b"one"))
    yield proxy
    proxy.close()


def named_server(stack: ExitStack, name: bytes) -> int:
    """The port of a server that answers each piece with its name and what it was told."""
    listener = stack.enter_context(socket.create_server((HOST, 0)))
    Thread(target=accept, args=(listener, name), daemon=True).start()
    stack.callback(listener.shutdown, socket.SHUT_RDWR)
    return int(listener.getsockname()[1])


def accept(listener: socket.socket, name: bytes) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        Thread(target=answer, args=(connection, name), daemon=True).start()


def answer(connection: socket.socket, name: bytes) -> None:
    with connection:
        try:
            while said := connection.recv(1_000):
                connection.sendall(name + b":" + said)
        except ConnectionResetError:
            return


@pytest.fixture
def client(proxy: Proxy, stack: ExitStack) -> socket.socket:
    """Somebody who is through to the server."""
    client = connected(proxy, stack)
    assert told(client, b"hello") == b"one:hello"
    return client


def connected(proxy: Proxy, stack: ExitStack) -> socket.socket:
    client = stack.enter_context(socket.create_connection((HOST, proxy.port), 10))
    client.settimeout(10)
    return client


def told(client: socket.socket, what: bytes) -> bytes:
    client.sendall(what)
    return client.recv(1_000)


def is_silent(client: socket.socket) -> bool:
    client.settimeout(SOON)
    try:
        return not client.recv(1_000)
    except TimeoutError:
        return True
    finally:
        client.settimeout(10)


def is_reset(client: socket.socket) -> bool:
    try:
        return not told(client, b"hello")
    except (ConnectionResetError, BrokenPipeError):
        return True


def test_it_passes_on_both_ways(client: socket.socket) -> None:
    assert told(client, b"again") == b"one:again"


def test_it_refuses_who_is_new_and_admits_them_again(
    proxy: Proxy, client: socket.socket, stack: ExitStack
) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        connected(proxy, stack)
    assert told(client, b"hello") == b"one:hello"
    proxy.admit()
    assert told(connected(proxy, stack), b"hello") == b"one:hello"


def test_it_admits_one_in_two(proxy: Proxy, stack: ExitStack) -> None:
    proxy.admit(one_in=2)
    assert [is_let_go(proxy, stack) for _ in range(4)] == [False, True, False, True]


def is_let_go(proxy: Proxy, stack: ExitStack) -> bool:
    try:
        return is_reset(connected(proxy, stack))
    except ConnectionResetError:
        return True


def test_it_drops_who_is_there(proxy: Proxy, client: socket.socket, stack: ExitStack) -> None:
    proxy.drop()
    assert is_reset(client)
    assert told(connected(proxy, stack), b"hello") == b"one:hello"


def test_it_freezes_and_thaws(proxy: Proxy, client: socket.socket, stack: ExitStack) -> None:
    proxy.freeze()
    new = connected(proxy, stack)
    for frozen in (client, new):
        frozen.sendall(b"held")
        assert is_silent(frozen)
    proxy.thaw()
    assert client.recv(1_000) == new.recv(1_000) == b"one:held"


def test_it_strands_who_is_there_and_nobody_else(
    proxy: Proxy, client: socket.socket, stack: ExitStack
) -> None:
    proxy.strand()
    client.sendall(b"held")
    assert is_silent(client)
    assert told(connected(proxy, stack), b"hello") == b"one:hello"


def test_it_delays_each_piece_on_each_way(proxy: Proxy, client: socket.socket) -> None:
    proxy.delay(SOON)
    begun = time.monotonic()
    assert told(client, b"hello") == b"one:hello"
    assert time.monotonic() - begun >= 2 * SOON


def test_it_leads_who_is_new_to_another_server(proxy: Proxy, client: socket.socket, stack: ExitStack) -> None:
    proxy.lead_to(named_server(stack, b"two"))
    assert told(client, b"hello") == b"one:hello"
    assert told(connected(proxy, stack), b"hello") == b"two:hello"


def test_without_a_server_it_lets_go(proxy: Proxy, stack: ExitStack) -> None:
    with socket.create_server((HOST, 0)) as gone:
        proxy.lead_to(gone.getsockname()[1])
    assert is_let_go(proxy, stack)

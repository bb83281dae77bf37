"""A small TCP proxy that can refuse, drop, delay and freeze what is between a client and a server."""

import asyncio
import socket
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count
from threading import Thread
from typing import Any

SECONDS = 60
HOST = "127.0.0.1"


@dataclass(eq=False)
class Link:
    """Two connections, each of which gets what comes from the other one."""

    client: socket.socket
    server: socket.socket
    task: asyncio.Task[None] | None = None
    passes: asyncio.Event = field(default_factory=asyncio.Event)


class Proxy:
    """Leads whoever connects to `port` to the port `target` of this machine, until it is told otherwise."""

    def __init__(self, target: int) -> None:
        self._target, self._delay, self._is_frozen = target, 0.0, False
        self._links: set[Link] = set()
        self._listener: socket.socket | None = None
        # Bound to the port as long as the proxy is there, so that nobody else gets it while it refuses.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind((HOST, 0))
        self.port: int = self._place.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.admit()

    # Who may connect, and whom they reach

    def refuse(self) -> None:
        """Let nobody connect; who is connected stays so."""
        self._do(self._refuse())

    def admit(self, one_in: int = 1) -> None:
        """Let everybody connect again, or one in so many: the others are let go at once."""
        self._do(self._refuse())
        self._do(self._listen(one_in))

    def lead_to(self, target: int) -> None:
        """Lead whoever connects from here on to another server."""
        self._target = target

    # What becomes of the connections that there are

    def drop(self) -> None:
        """Reset every connection."""
        self._do(self._drop())

    def strand(self) -> None:
        """Pass nothing on over the connections that there are, and never close them; new ones are well."""
        self._do(self._set_passing(False))

    def freeze(self) -> None:
        """Pass nothing on at all, however many connect."""
        self._is_frozen = True
        self.strand()

    def thaw(self) -> None:
        """Pass on what was held back, and what comes."""
        self._is_frozen = False
        self._do(self._set_passing(True))

    def delay(self, seconds: float) -> None:
        """Pass each piece on so much later; 0 is at once."""
        self._delay = seconds

    def close(self) -> None:
        """End, with every connection."""
        self._do(self._refuse())
        self._do(self._drop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()
        self._place.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(SECONDS)

    # In the thread of the proxy

    async def _listen(self, one_in: int) -> None:
        self._listener = listener = socket.create_server((HOST, self.port), backlog=200)
        listener.setblocking(False)
        numbers = count()
        self._loop.add_reader(listener, lambda: self._accept(listener, next(numbers) % one_in == 0))

    async def _refuse(self) -> None:
        if self._listener:
            self._loop.remove_reader(self._listener)
            self._listener.close()
        self._listener = None

    def _accept(self, listener: socket.socket, is_admitted: bool) -> None:
        client, _address = listener.accept()
        client.setblocking(False)
        if not is_admitted:
            reset(client)
            return
        link = Link(client, socket.socket())
        self._links.add(link)
        link.task = self._loop.create_task(self._pass_both_ways(link))

    async def _pass_both_ways(self, link: Link) -> None:
        if not self._is_frozen:
            link.passes.set()
        ways: list[asyncio.Task[None]] = []
        try:
            link.server.setblocking(False)
            await self._loop.sock_connect(link.server, (HOST, self._target))
            for source, end in ((link.client, link.server), (link.server, link.client)):
                ways.append(self._loop.create_task(self._pass(link, source, end)))
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # there is no server: the client is let go
        finally:
            await self._cut(link, ways)

    async def _pass(self, link: Link, source: socket.socket, end: socket.socket) -> None:
        while data := await self._loop.sock_recv(source, 65_536):
            await asyncio.sleep(self._delay)
            await link.passes.wait()
            await self._loop.sock_sendall(end, data)

    async def _cut(self, link: Link, ways: list[asyncio.Task[None]]) -> None:
        for way in ways:
            way.cancel()
        try:
            await asyncio.gather(*ways, return_exceptions=True)
        finally:  # it may be cut from both sides at once
            self._close(link)

    def _close(self, link: Link) -> None:
        for end in (link.client, link.server):
            reset(end)
        self._links.discard(link)

    async def _drop(self) -> None:
        tasks = [link.task for link in self._links if link.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in tuple(self._links):  # which were cut before they began
            self._close(link)

    async def _set_passing(self, passing: bool) -> None:
        for link in self._links:
            if passing:
                link.passes.set()
            else:
                link.passes.clear()


def reset(connection: socket.socket) -> None:
    """Close a connection in the way that the other end takes for an accident."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()

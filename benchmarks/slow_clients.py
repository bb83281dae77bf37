"""What a page takes beside clients that are slow or silent, and beside none.

    python -m benchmarks.slow_clients
    python -m benchmarks.slow_clients --clients 500 --pages 1000

Two consoles run as `manage.py run` runs one, on the same database. One has these clients, the other none, and
they are asked for the same pages in turns, so that whatever else the machine does is shared by both. Medians
are in milliseconds.
"""

import argparse
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from flask_migrate import upgrade

import config
from backoffice import create_app
from backoffice.extensions import db
from benchmarks.facts import Facts
from benchmarks.pages import SETTINGS, Client, fill, served

FORM = "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
# What each kind of client sends, and then nothing more. The last one asks for more than fits on the way to
# it, and reads nothing of it.
KINDS = {
    "silent": "",
    "half a header": "GET /login HTTP/1.1\r\nHost: loc",
    "half a body": f"{FORM}Content-Length: 1000000\r\n\r\n{'a' * 50_000}",
    "not reading": "GET /static/x/console.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20,
}
USERS, POSTS = 5_000, 30_000
PAGES = ("list_first", "open_edit_post")
# By then the server has done for them what it can.
SETTLE_SECONDS = 4.0


def main() -> None:
    arguments = parsed()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        url = f"sqlite:///{folder}/slow_clients.db"
        app = create_app(config.load({**SETTINGS, "DATABASE_URL": url}))
        with app.app_context():
            upgrade()
            facts = Facts("sqlite", USERS, POSTS)
            fill(facts)
            db.engine.dispose()
        calm, busy = (Client(stack.enter_context(served(url))[0], facts) for _ in range(2))
        for client in (calm, busy):
            client.login()
        print(f"\n{arguments.clients} clients of each kind, {arguments.pages} pages beside each\n")
        print(f"{'':<16}{'beside nobody':>16}{'beside them':>16}{'times':>8}")
        for kind, sent in {
            **{kind: [text] for kind, text in KINDS.items()},
            "all": [*KINDS.values()],
        }.items():
            with beside(busy.url, sent * arguments.clients):
                tell(kind, *measured(calm, busy, arguments.pages))


def parsed() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=200, help="how many of each kind at once")
    parser.add_argument("--pages", type=int, default=300, help="beside each kind")
    return parser.parse_args()


def measured(calm: Client, busy: Client, pages: int) -> tuple[float, float]:
    """The median seconds that a page takes from the one and from the other, which take turns."""
    times: tuple[list[float], list[float]] = [], []
    for page in PAGES * (pages // len(PAGES)):
        for client, taken in zip((calm, busy), times, strict=True):
            taken.append(timed(client, page))
    return statistics.median(times[0]), statistics.median(times[1])


@contextmanager
def beside(url: str, sent: list[str]) -> Iterator[None]:
    """So many clients that each send one of these, and wait."""
    clients = [client(urlsplit(url).port or 0, text) for text in sent]
    time.sleep(SETTLE_SECONDS)
    yield
    for one in clients:
        one.close()


def client(port: int, text: str) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    one.connect(("127.0.0.1", port))
    one.sendall(text.encode())
    return one


def timed(client: Client, page: str) -> float:
    client.elapsed = 0.0
    getattr(client, page)()
    return client.elapsed


def tell(kind: str, calm: float, busy: float) -> None:
    print(f"{kind:<16}{calm * 1000:>13.1f} ms{busy * 1000:>13.1f} ms{busy / calm:>8.2f}", flush=True)


if __name__ == "__main__":
    main()

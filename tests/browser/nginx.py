"""A real nginx in front of a console, with the configuration that docs/deploying.md shows."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backoffice import ROOT
from tests.commands.servers import connected, free_port
from tests.databases import missing

DOCUMENT = ROOT / "docs" / "deploying.md"
NGINX = shutil.which("nginx", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
# Nothing is written outside of the test's folder. What no console is under is in the log too, as a 404.
AROUND = """
daemon off;
master_process off;
pid pid;
events {}
http {
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    log_format path "$request_uri";
    access_log paths path;
    %s
}
"""


def documented(location: str) -> str:
    """The server of the document with the one of its locations in which this stands."""
    blocks = re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    server = next(block for block in blocks if "upstream console" in block)
    below = next(block for block in blocks if location in block and block != server)
    return re.sub(r" +location / \{.*?\}\n", lambda _: below, server, flags=re.DOTALL)


class Nginx:
    """Where it answers, and what it was asked."""

    def __init__(self, folder: Path, port: int) -> None:
        self.address = f"http://localhost:{port}"
        self._paths = folder / "paths"

    def asked(self) -> list[str]:
        """The path and the query of every request that has come."""
        return self._paths.read_text().splitlines()


@contextmanager
def in_front_of(console_port: int, folder: Path, server: str) -> Iterator[Nginx]:
    """An nginx before a console, with this `server`, but for the names and keys of another machine."""
    if NGINX is None:
        missing("nginx")
    port = free_port()
    for of_there, of_here in (
        ("127.0.0.1:5000", f"127.0.0.1:{console_port}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port}"),
        ("console.example.com", "localhost"),
    ):
        assert of_there in server, of_there
        server = server.replace(of_there, of_here)
    (folder / "nginx.conf").write_text(AROUND % re.sub(r" +ssl_certificate.*\n", "", server))
    command = [str(NGINX), "-p", str(folder), "-e", "errors", "-c", "nginx.conf"]
    with subprocess.Popen(command) as process:
        connected(port).close()
        yield Nginx(folder, port)
        process.terminate()

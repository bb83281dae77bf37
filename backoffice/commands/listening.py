"""The addresses that the console is reached at."""

import errno
import socket

from flask_babel import gettext as _

from backoffice.exceptions import Conflict

# As many as may wait while all threads are at work.
BACKLOG = 2048


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on `host` and `port`; on `localhost`, at both of its addresses.

    Raises Conflict where the port is taken, or the host is no address of this machine.
    """
    if host != "localhost":
        return [_listen(host, port)]
    return [_listen("127.0.0.1", port), *_listen_if_there("::1", port)]


def _listen(address: str, port: int) -> socket.socket:
    try:
        return _open(address, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = _("Port %(port)s is taken. Choose another one with PORT.", port=port)
        else:
            said = str(error.strerror).partition(" (while")[0]
            reason = _("HOST: cannot listen on %(host)s: %(reason)s.", host=address, reason=said)
        raise Conflict(reason) from error


def _listen_if_there(address: str, port: int) -> list[socket.socket]:
    """Nothing where this machine does not have the address; not all have IPv6."""
    try:
        probe = _open(address, 0)
    except OSError:
        return []
    probe.close()
    return [_listen(address, port)]


def _open(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=BACKLOG)

"""What `pool_pre_ping` does at the price of a query each time: take no connection that is dead.

Nothing comes in over a connection at rest. Where something did, the server is asked; and where it was at rest
for a while, since what stands in between may have forgotten it, and then nobody says that it is dead.
"""

from functools import partial
from select import POLLIN, poll
from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

from backoffice.connections.limits import waiting

# A connection that was used so recently is believed.
REST_SECONDS = 5.0
# Of one that is asked whether it is alive, nobody expects more.
PING_SECONDS = 1.0
RESTS_SINCE = "rests_since"


def check_before_use(engine: Engine) -> None:
    """Have no connection of the pool be used that the server does not answer on."""
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_discard_dead, engine))


def _note_rest(_connection: Any, record: Any) -> None:
    record.info[RESTS_SINCE] = monotonic()


def _discard_dead(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    if (_has_rested(record) or _has_arrivals(connection)) and not _answers(engine, connection):
        raise InvalidatePoolError


def _has_rested(record: Any) -> bool:
    since = record.info.get(RESTS_SINCE)
    return since is not None and monotonic() - since > REST_SECONDS


def _has_arrivals(connection: Any) -> bool:
    arrivals = poll()
    arrivals.register(connection.fileno(), POLLIN)
    return bool(arrivals.poll(0))


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        with waiting(connection, PING_SECONDS):
            return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False

"""What was sealed, and what is there now: a page of the chain, read as it was at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, func, select, true
from sqlalchemy.exc import DBAPIError

from backoffice.clock import utcnow
from backoffice.database import is_busy
from backoffice.history.content import FORGETTINGS, OPERATIONS, Contents, Digesting, contents
from backoffice.history.keyring import Keyring
from backoffice.models import UNFINISHED, Seal, State
from backoffice.statements import AnyRow

SEALS: Table = Seal.metadata.tables["backoffice_seal"]
SEALS_A_PAGE = 200
# Whoever could say for ever that something is being forgotten could hide anything behind it.
FORGETTING_TAKES = timedelta(days=1)
NEVER = "no content has this digest"


@dataclass(frozen=True)
class Expected:
    """The digest that an operation's content must have by now; none where it is being forgotten just now.

    Of one that a purge has not come to the end of, the changes do not count: the next purge takes them.
    """

    digest: str | None
    key_id: str
    format: int
    is_whole: bool = True


@dataclass(frozen=True)
class Page:
    """Some seals in their order, and, by the number of the operation, what belongs to each."""

    seals: Sequence[AnyRow]
    expected: Mapping[int, Expected]
    ends: Mapping[int, datetime]
    found: Contents


def read_page(connection: Connection, keys: Keyring, after: int | None) -> Page:
    """The seals that follow the position `after`; None is before all."""
    following = select(SEALS).where(true() if after is None else SEALS.c.position > after)
    with connection.begin():
        seals = connection.execute(following.order_by(SEALS.c.position).limit(SEALS_A_PAGE)).all()
        expected = _expected(connection, seals)
        ends = _ends(connection, list(expected))
        return Page(seals, expected, ends, _contents(connection, keys, expected))


def _expected(connection: Connection, seals: Sequence[AnyRow]) -> dict[int, Expected]:
    """The content as it was sealed, or as it was when something was last forgotten of it."""
    expected = {seal.operation_id: Expected(seal.content_digest, seal.key_id, seal.format) for seal in seals}
    forgotten = (
        select(FORGETTINGS, OPERATIONS.c.state, OPERATIONS.c.started_at)
        .join(OPERATIONS, OPERATIONS.c.id == FORGETTINGS.c.by_id)
        .where(FORGETTINGS.c.operation_id.in_(list(expected)))
        .order_by(FORGETTINGS.c.id)
    )
    for row in connection.execute(forgotten):
        expected[row.operation_id] = _after_forgetting(row, expected[row.operation_id])
    return expected


def _after_forgetting(row: AnyRow, before: Expected) -> Expected:
    if row.content_digest is None:
        is_now = row.state in UNFINISHED and row.started_at > utcnow() - FORGETTING_TAKES
        return Expected(None if is_now else NEVER, before.key_id, before.format, is_whole=False)
    return Expected(row.content_digest, row.key_id, row.format, is_whole=row.state == State.DONE)


def _ends(connection: Connection, numbers: Sequence[int]) -> dict[int, datetime]:
    """When each of these operations that are there ended."""
    ended = func.coalesce(OPERATIONS.c.finished_at, OPERATIONS.c.started_at)
    rows = connection.execute(select(OPERATIONS.c.id, ended).where(OPERATIONS.c.id.in_(numbers)))
    return {row[0]: row[1] for row in rows}


def _contents(connection: Connection, keys: Keyring, expected: Mapping[int, Expected]) -> Contents:
    to_read = {
        number: Digesting(keys.by_id[one.key_id], one.format, one.is_whole)
        for number, one in expected.items()
        if one.key_id in keys.by_id and one.digest is not None
    }
    try:
        return contents(connection, to_read)
    except DBAPIError as error:
        if is_busy(error):
            raise
        return _one_by_one(connection, to_read)


def _one_by_one(connection: Connection, wanted: Mapping[int, Digesting]) -> Contents:
    """Where somebody wrote what no driver can read, everything but that, which is then seen to be altered."""
    together = Contents()
    for number, one in wanted.items():
        try:
            found = contents(connection, {number: one})
        except DBAPIError as error:
            if is_busy(error):
                raise
            continue
        together.digests.update(found.digests)
        together.changes += found.changes
    return together
